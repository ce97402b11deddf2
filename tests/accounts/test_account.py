"""My account: name, address, what is mine, and leaving."""

import json
from dataclasses import replace

import pytest
from flask import session
from sqlalchemy import event, select

from techfinder.accounts import privacy
from techfinder.accounts.actor import load_actor
from techfinder.accounts.models import Token, User
from techfinder.accounts.passwords import hash_password
from techfinder.core.audit import AuditEntry
from techfinder.core.db import db, transaction
from tests import factories
from tests.accounts.mails import link_in, mails
from tests.accounts.test_sign_in import SECRET, ask_link, signed_in_as, without_nonces

EMAIL, ERASE = "/account/mailadres", "/account/privacy/wissen"
NEW = "nieuw@school.example"


def fresh(person) -> User:
    db.session.expire_all()
    return db.session.get(User, person.id)


@pytest.fixture
def me(client) -> User:
    person = factories.user()
    factories.sign_in(client, person)
    return person


def test_the_account_pages_show_themselves(client, me):
    for path in ("", "/naam", "/mailadres", "/wachtwoord", "/twee-stappen", "/privacy", "/e-mailvoorkeuren"):
        page = client.get(f"/account{path}")
        assert page.status_code == 200 and page.text.count("<h1") == 1, path


def test_the_overview_names_where_somebody_works(client):
    school = factories.school(name="De Kleine Beer")
    factories.sign_in(client, factories.member(school, verified=False))
    page = client.get("/account").text
    assert "De Kleine Beer" in page and "wacht op controle" in page


def test_name_and_language_are_kept(client, me):
    client.post("/account/naam", data={"name": "  Noor Bakker ", "locale": "en"})
    assert (fresh(me).name, fresh(me).locale) == ("Noor Bakker", "en")
    page = client.post("/account/naam", data={"name": "", "locale": "nl"})
    assert page.status_code == 422 and fresh(me).name == "Noor Bakker"


def test_a_new_address_counts_once_it_is_confirmed_there_and_the_old_one_is_told(client, me):
    old = me.email
    earlier = ask_link(client.application.test_client(), me)
    client.post(EMAIL, data={"email": NEW.upper()})
    link = link_in(mails(NEW, "accounts/confirm_new_email")[0])
    assert client.get(link).status_code == 200 and fresh(me).email == old
    assert client.post(link).status_code == 302 and fresh(me).email == NEW
    assert mails(old, "accounts/email_changed") and NEW not in mails(old, "accounts/email_changed")[0]["text"]
    assert client.get("/account").status_code == 200
    assert client.post(link).status_code == 410 and client.get(earlier).status_code == 410


def test_an_address_that_is_taken_answers_the_same_and_cannot_be_had(client, me):
    other = factories.user()
    pages = set()
    for email in (NEW, other.email):
        page = client.post(EMAIL, data={"email": email})
        pages.add((page.status_code, without_nonces(page.text).replace(email, "…")))
    assert len(pages) == 1 and [m["template"] for m in mails(other.email)] == ["accounts/address_taken"]
    link = link_in(mails(NEW)[0])
    with transaction():
        db.session.get(User, other.id).email = NEW
    assert client.post(link).status_code == 410 and fresh(me).email != NEW


def test_a_new_address_asks_for_the_password_of_who_has_one(client):
    person = factories.user(password_hash=hash_password(SECRET))
    factories.sign_in(client, person)
    assert client.post(EMAIL, data={"email": NEW, "current_password": "mis"}).status_code == 422 and not mails(NEW)
    assert client.post(EMAIL, data={"email": NEW, "current_password": SECRET}).status_code == 200 and mails(NEW)


def test_signing_out_everywhere_leaves_only_this_browser(client, me):
    elsewhere = client.application.test_client()
    factories.sign_in(elsewhere, me)
    client.post("/account/uitloggen/overal")
    assert client.get("/account").status_code == 200 and elsewhere.get("/account").status_code == 302


def test_signing_out_is_a_post(client, me):
    assert client.get("/account/uitloggen").status_code in (404, 405) and signed_in_as(client) == me.id
    client.post("/account/uitloggen")
    assert signed_in_as(client) is None


def test_everything_that_is_theirs_is_in_one_file(client, me, monkeypatch):
    monkeypatch.setitem(privacy.exporters, "notes", lambda user_id: [{"about": user_id}])
    answer = client.get("/account/privacy/mijn-gegevens.json")
    content = json.loads(answer.text)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert content["account"]["email"] == me.email and content["notes"] == [{"about": me.id}]
    assert content["notifications"]["messages"] is True
    assert "password_hash" not in answer.text and "epoch" not in answer.text


def test_an_erased_account_keeps_its_row_without_a_name(client, me, monkeypatch):
    erased = []
    monkeypatch.setitem(privacy.erasers, "notes", lambda user_id, at: erased.append(user_id))
    link = ask_link(client.application.test_client(), me)
    email = me.email
    assert client.post(ERASE, data={"typed": "wissen"}).status_code == 422 and fresh(me).email == email
    assert client.post(ERASE, data={"typed": email}).status_code == 302
    row = fresh(me)
    assert (row.email, row.name, row.password_hash, row.totp_secret) == (None, "", None, None) and row.erased_at
    assert signed_in_as(client) is None and erased == [me.id]
    assert client.post(link).status_code == 410 and not db.session.scalars(select(Token)).all()
    assert mails(email, "accounts/erased")
    assert email not in json.dumps([e.details for e in db.session.scalars(select(AuditEntry))])


def test_every_package_lets_go_of_an_erased_member(client):
    school, company = factories.school(), factories.company()
    teacher, volunteer = factories.member(school), factories.member(company)
    factories.offer(company)
    factories.support_request(school, teacher)
    for person in (teacher, volunteer):
        email = person.email
        factories.sign_in(client, person)
        content = json.loads(client.get("/account/privacy/mijn-gegevens.json").text)
        assert set(privacy.exporters) <= set(content)
        assert client.post(ERASE, data={"typed": email}).status_code == 302
        assert fresh(person).erased_at and not factories.actor_of(fresh(person)).seats


def test_after_erasing_the_address_can_begin_anew(client, me):
    email = me.email
    client.post(ERASE, data={"typed": email})
    client.post("/account/inloggen", data={"email": email})
    assert mails(email)[-1]["template"] == "accounts/no_account"


def test_an_eraser_that_fails_erases_nothing(client, me, monkeypatch):
    def fail(user_id, at):
        raise ValueError

    monkeypatch.setitem(privacy.erasers, "notes", fail)
    assert client.post(ERASE, data={"typed": me.email}).status_code == 500
    assert fresh(me).erased_at is None and fresh(me).name


def test_the_only_administrator_must_hand_over_before_leaving(client):
    country = factories.region()
    boss = factories.coordinator(country, role="administrator")
    factories.sign_in(client, boss)
    assert client.post(ERASE, data={"typed": boss.email}).status_code == 422 and fresh(boss).erased_at is None
    factories.coordinator(country, role="administrator")
    assert client.post(ERASE, data={"typed": boss.email}).status_code == 302 and fresh(boss).erased_at


def test_an_actor_costs_two_queries(client, me):
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    with client.application.test_request_context():
        session["_user_id"] = f"{me.id}.{me.epoch}"
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert load_actor().user_id == me.id
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert sum(one.startswith("SELECT") for one in statements) == 2


def test_demo_people_can_be_tried_in_demo_mode_only(client):
    demo = factories.coordinator(factories.region(), role="administrator", is_demo=True)
    real = factories.user()
    path = "/account/inloggen/proef"
    assert client.post(path, data={"user_id": demo.id}).status_code == 404 and demo.name not in client.get("/account/inloggen").text
    settings = client.application.config["SETTINGS"]
    client.application.config["SETTINGS"] = replace(settings, demo=True)
    try:
        assert demo.name in client.get("/account/inloggen").text
        assert client.post(path, data={"user_id": real.id}).status_code == 404 and signed_in_as(client) is None
        assert client.post(path, data={"user_id": demo.id}).status_code == 302
        assert client.get("/beheer/rollen").status_code == 200
    finally:
        client.application.config["SETTINGS"] = settings
