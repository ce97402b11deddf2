"""Staff posts: who gives them, how long they count, who is asked to decide; and blocking."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from techfinder.accounts import health
from techfinder.accounts.models import StaffPost, User
from techfinder.accounts.queries import active_coordinators, find_user
from techfinder.accounts.service.people import block_user, reset_second_factor, unblock_user
from techfinder.accounts.service.posts import end_post, grant_post
from techfinder.core.clock import today
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed
from tests import factories
from tests.accounts.mails import link_in, mails
from tests.accounts.test_sign_in import ask_link, signed_in_as

POSTS = "/beheer/rollen"
NEW = "nieuw@netwerk.example"


@pytest.fixture
def country(app):
    return factories.region(name="Nederland")


@pytest.fixture
def boss(client, country) -> User:
    person = factories.coordinator(country, role="administrator", name="Hester Vos")
    factories.sign_in(client, person)
    return person


def posts_of(email: str) -> list[StaffPost]:
    db.session.expire_all()
    return list(db.session.scalars(select(StaffPost).join(User, User.id == StaffPost.user_id).where(User.email == email)))


def grant(client, region, **values):
    return client.post(POSTS, data={"email": NEW, "name": "Douwe Haan", "role": "coordinator", "scope": f"region:{region.id}", **values})


def test_an_administrator_gives_a_post_to_somebody_new_who_can_begin_from_the_mail(client, boss, country):
    south = factories.region(parent=country, name="Brabant-Oost")
    assert grant(client, south).status_code == 302
    [post] = posts_of(NEW)
    assert (post.role, post.region_id, post.ends_on) == ("coordinator", south.id, None)
    mail = mails(NEW, "accounts/post_granted")[0]
    assert "Brabant-Oost" in mail["text"]
    browser = client.application.test_client()
    assert browser.post(link_in(mail)).headers["Location"] == "/account/twee-stappen?next=/account/twee-stappen"
    assert signed_in_as(browser) == find_user(NEW).id
    assert "Douwe Haan" in client.get(POSTS).text


def test_giving_the_same_post_again_moves_its_end(client, boss, country):
    until = today() + timedelta(days=400)
    grant(client, country)
    grant(client, country, until=until.isoformat())
    assert [post.ends_on for post in posts_of(NEW)] == [until]


@pytest.mark.parametrize("change", [{"until": "2020-01-01"}, {"scope": ""}, {"email": "geen-adres"}, {"role": "koning"}, {"scope": "region:999999"}])
def test_a_post_that_cannot_be_is_refused_on_the_page(client, boss, country, change):
    page = grant(client, country, **change)
    assert page.status_code == 422 and not posts_of(NEW) and "tf-summary" in page.text


def test_ending_a_post_takes_its_power_at_once(client, boss, country):
    second = factories.coordinator(country, role="administrator")
    browser = client.application.test_client()
    factories.sign_in(browser, second)
    assert browser.get(POSTS).status_code == 200
    [post] = posts_of(second.email)
    client.post(f"{POSTS}/{post.id}/stop")
    assert browser.get(POSTS).status_code == 404 and mails(second.email, "accounts/post_ended")


def test_the_last_administrator_stays(client, boss):
    [post] = posts_of(boss.email)
    client.post(f"{POSTS}/{post.id}/stop")
    assert posts_of(boss.email)[0].ends_on is None


@pytest.mark.parametrize("role", ["coordinator", "reader", None])
def test_only_administrators_give_posts_or_block(client, country, role):
    person = factories.coordinator(country, role=role) if role else factories.user()
    factories.sign_in(client, person)
    assert client.get(POSTS).status_code == 404 and grant(client, country).status_code == 404 and not posts_of(NEW)
    assert client.post(f"/beheer/mensen/{person.id}/blokkeer", data={"reason": "x"}).status_code == 404


def test_the_services_themselves_ask_for_an_administrator(app, country):
    coordinator = factories.coordinator(country)
    actor = factories.actor_of(coordinator)
    post = posts_of(coordinator.email)[0].id
    for act in (
        lambda: grant_post(actor, NEW, "administrator"), lambda: end_post(actor, post),
        lambda: block_user(actor, coordinator.id, "x"), lambda: unblock_user(actor, coordinator.id),
        lambda: reset_second_factor(actor, coordinator.id),
    ):  # fmt: skip
        with pytest.raises(NotAllowed), transaction():
            act()
    weak = replace(factories.actor_of(factories.coordinator(country, role="administrator")), strong=False)
    with pytest.raises(NotAllowed), transaction():
        grant_post(weak, NEW, "administrator")


def test_a_blocked_person_is_signed_out_and_not_let_in(client, boss):
    person = factories.user(name="Kees Kwaad")
    browser = client.application.test_client()
    factories.sign_in(browser, person)
    link = ask_link(client.application.test_client(), person)
    assert "Kees Kwaad" in client.get("/beheer/mensen?q=kwaad").text
    assert client.post(f"/beheer/mensen/{person.id}/blokkeer", data={"reason": ""}).status_code == 422
    client.post(f"/beheer/mensen/{person.id}/blokkeer", data={"reason": "Stuurt reclame aan scholen."})
    assert browser.get("/account").status_code == 302 and browser.post(link).status_code == 410
    assert client.get(f"/beheer/mensen/{person.id}").status_code == 200
    client.post(f"/beheer/mensen/{person.id}/laat-toe")
    assert browser.post(ask_link(browser, person)).status_code == 302 and signed_in_as(browser) == person.id


def test_before_blocking_one_reads_who_it_is(client, boss):
    person = factories.member(factories.school(name="De Kleine Beer"), name="Marieke")
    page = client.get(f"/beheer/mensen/{person.id}").text
    assert "De Kleine Beer" in page and "beheerder" in page


def test_nobody_blocks_themselves(client, boss):
    assert client.post(f"/beheer/mensen/{boss.id}/blokkeer", data={"reason": "oeps"}).status_code == 422
    assert client.get(POSTS).status_code == 200


def test_a_case_goes_up_to_the_nearest_active_coordinator_and_in_the_end_to_the_administrator(app, country):
    south = factories.region(parent=country)
    east = factories.region(parent=south)
    boss = factories.coordinator(country, role="administrator")

    def who(region):
        return [person.id for person in active_coordinators(region.id if region else None)]

    assert who(east) == who(south) == who(None) == [boss.id]
    above = factories.coordinator(south)
    factories.coordinator(south, role="reader")
    assert who(east) == who(south) == [above.id] and who(country) == [boss.id]
    near = factories.coordinator(east)
    assert who(east) == [near.id] and who(south) == [above.id]
    with transaction():
        db.session.get(User, near.id).blocked_at = factories.AT
    assert who(east) == [above.id]
    with transaction():
        posts_of(above.email)[0].ends_on = today() - timedelta(days=1)
    assert who(east) == [boss.id]


def test_doctor_names_the_regions_without_a_coordinator(app, country):
    assert health._administrators()[0] is False
    with_one, without = factories.region(parent=country, name="Wel"), factories.region(parent=country, name="Niet")
    factories.coordinator(with_one)
    factories.coordinator(country, role="administrator")
    well, sentence = health._coordinators()
    assert well and without.name in sentence and with_one.name not in sentence
    assert health._administrators()[0] is True


def test_doctor_warns_of_demo_mode_among_real_people(app):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, demo=True)
    try:
        factories.user(is_demo=True)
        assert health._demo_mode()[0] is True
        factories.user()
        assert health._demo_mode()[0] is False
    finally:
        app.config["SETTINGS"] = settings


def test_the_lists_of_posts_and_people_ask_as_much_for_many_as_for_one(client, boss, country):
    def queries(path):
        statements = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    paths = (POSTS, "/beheer/mensen?q=sam")
    few = [queries(path) for path in paths]
    for _ in range(8):
        factories.coordinator(factories.region(parent=country), name="Sam de Boer")
    assert [queries(path) for path in paths] == few and max(few) <= 8, few


def test_the_first_administrator_comes_from_the_command_line(app, country):
    result = app.test_cli_runner().invoke(args=["user", "create", "--email", NEW, "--role", "administrator", "--name", "Noor"])
    assert result.exit_code == 0, result.output
    assert posts_of(NEW)[0].role == "administrator" and link_in({"text": result.output}).startswith("/account/link/")


def test_the_command_line_says_which_regions_there_are(app, country):
    run = app.test_cli_runner().invoke
    result = run(args=["user", "create", "--email", NEW, "--role", "coordinator", "--region", "atlantis"])
    assert result.exit_code == 1 and country.slug in result.output and not posts_of(NEW)
    assert run(args=["user", "create", "--email", NEW, "--role", "coordinator", "--region", country.slug]).exit_code == 0
    assert posts_of(NEW)[0].region_id == country.id
    result = run(args=["user", "create", "--email", "geen-adres", "--role", "administrator"])
    assert result.exit_code == 1 and "not a complete email address" in result.output  # commands speak English, as their help does
