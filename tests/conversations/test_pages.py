"""The pages, as a browser without scripts sees them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from techfinder.conversations import queries, rules
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.organisations.models import Organisation
from tests import factories as f
from tests.conversations.world import bodies, conversation, count_messages


@pytest.fixture
def statements(app):
    """The SQL statements that were run."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def key_of(html):
    return re.search(r'name="key"[^>]*value="([0-9a-f]{32})"', html)[1]


def test_the_inbox_takes_four_queries_however_long_it_is(world, statements):
    actor = f.actor_of(world.engineer)
    counts = []
    for n in (1, 6):
        for _ in range(n):
            request = world.other_request()
            with transaction():
                db.session.get(Organisation, world.company.id).max_open_requests = 50
            world.ask(db.session.get(f.User, request.author_id), request=request)
        db.session.expire_all()
        statements.clear()
        page = queries.list_for(actor)
        counts.append(len(statements))
    assert len(page.items) == 7 and counts == [4, 4]


def test_the_inbox_names_the_other_side_and_marks_what_is_new(world, client):
    world.ask(body="Komen jullie langs?")
    f.sign_in(client, world.engineer)
    html = client.get("/berichten").text
    assert "De Kleine Beer" in html and "Komen jullie langs?" in html and "(nieuw)" in html
    f.sign_in(client, world.teacher)
    html = client.get("/berichten").text
    assert "Brandaris Robotica" in html and "Jullie: Komen jullie langs?" in html and "(nieuw)" not in html


@pytest.mark.parametrize(("kind", "words"), [("school", "Zoek aanbod"), ("company", "Bekijk je aanbod"), (None, "Sluit je dan eerst aan")])
def test_an_empty_inbox_says_what_to_do(app, client, kind, words):
    f.sign_in(client, f.member(f.organisation(kind)) if kind else f.user())
    assert words in client.get("/berichten").text


def test_a_whole_talk_without_scripts(world, client):
    f.sign_in(client, world.teacher)
    html = client.get(f"/berichten/nieuw?offer={world.offer.id}&request={world.request.id}").text
    assert "Wij zoeken iemand die een robot laat zien." in html and "groep 7" in html and "28 leerlingen" in html
    address = f"/berichten/nieuw?offer={world.offer.id}&request={world.request.id}"
    form = {"body": "Komen jullie?", "key": key_of(html)}
    there = client.post(address, data=form).location
    assert client.post(address, data=form).location == there and count_messages() == 1
    ident = int(re.search(r"/berichten/(\d+)", there)[1])
    assert client.get(address).location == f"/berichten/{ident}"

    f.sign_in(client, world.engineer)
    html = client.get(f"/berichten/{ident}?tekst=ja").text
    assert "Ja, we komen graag" in html and "Even niet" in html and "We komen graag. Welke dagen" in html
    form = {"body": "Dinsdag?", "key": key_of(html)}
    for _ in range(2):
        assert client.post(f"/berichten/{ident}", data=form).status_code == 302
    assert bodies(world.teacher, ident) == ["Komen jullie?", "Dinsdag?"]
    assert "Kunnen jullie helpen?" not in client.get(f"/berichten/{ident}").text


def test_even_niet_is_one_click(world, client):
    ident = world.ask()
    f.sign_in(client, world.engineer)
    html = client.get(f"/berichten/{ident}").text
    assert html.count('name="reason"') == 5
    client.post(f"/berichten/{ident}/even-niet", data={"reason": "too_far", "key": key_of(html)})
    assert conversation(ident).state == "declined"
    assert "Brandaris Robotica kan even niet: het is te ver." in client.get(f"/berichten/{ident}").text


def test_an_empty_message_comes_back_with_the_reason_beside_it(world, client):
    ident = world.ask()
    f.sign_in(client, world.engineer)
    answer = client.post(f"/berichten/{ident}", data={"body": "   ", "key": "x"})
    assert answer.status_code == 422 and 'id="body-error"' in answer.text and "Schrijf eerst je bericht." in answer.text
    answer = client.post(f"/berichten/{ident}", data={"body": "lang " * 1100, "key": "x"})
    assert answer.status_code == 422 and "lang lang lang" in answer.text


def test_reading_a_page_changes_nothing_and_a_post_marks_it_read(world, client):
    ident = world.ask()
    f.sign_in(client, world.engineer)
    html = client.get(f"/berichten/{ident}").text
    assert queries.unread_count(f.actor_of(world.engineer)) == 1
    assert re.search(r'<span class="tf-count">1<', html) and 'hx-trigger="load"' in html and "Markeer als gelezen" in html
    last = re.search(r'"tot": (\d+)', html)[1]
    answer = client.post(f"/berichten/{ident}/gelezen", data={"tot": last}, headers={"HX-Request": "true"})
    assert answer.status_code == 204 and queries.unread_count(f.actor_of(world.engineer)) == 0
    assert 'class="tf-count"' not in client.get(f"/berichten/{ident}").text
    f.sign_in(client, world.teacher)
    assert "Gelezen" in client.get(f"/berichten/{ident}").text


def test_new_messages_come_without_a_reload(world, client):
    ident = world.ask()
    f.sign_in(client, world.teacher)
    html = client.get(f"/berichten/{ident}").text
    ask = re.search(r'hx-get="([^"]+)"', html)[1].replace("&amp;", "&")
    assert client.get(ask).status_code == 204
    world.reply(world.engineer, ident, "Ja hoor!")
    html = client.get(ask).text
    assert html.strip().startswith('<li class="tf-msg"') and "Ja hoor!" in html and "Komen jullie langs?" not in html
    assert client.get(re.search(r'hx-get="([^"]+)"', html)[1].replace("&amp;", "&")).status_code == 204
    assert client.get(f"/berichten/{ident}/nieuw?na=zeven").status_code == 200


def test_what_people_type_is_never_markup(world, client):
    nasty = "<img src=x onerror=alert(1)>"
    with transaction():
        db.session.get(Organisation, world.company.id).name = nasty
    world.request = f.support_request(world.school, world.teacher, title=nasty, description=nasty)
    f.sign_in(client, world.teacher)
    assert "<img" not in client.get(f"/berichten/nieuw?offer={world.offer.id}&request={world.request.id}").text
    ident = world.ask(body=nasty)
    world.decline(world.engineer, ident, text=nasty)
    for path in ("/berichten", f"/berichten/{ident}", f"/berichten/{ident}/nieuw?na=0"):
        html = client.get(path).text
        assert "<img" not in html and "&lt;img" in html, path


def test_what_is_held_says_so_on_the_own_side(world, client):
    world.request = f.support_request(world.school, world.newcomer)
    f.sign_in(client, world.newcomer)
    address = f"/berichten/nieuw?offer={world.offer.id}&request={world.request.id}"
    assert "De coördinator kijkt eerst of je bij deze school werkt" in client.get(address).text
    there = client.post(address, data={"body": "Hoi", "key": "n1"}).location
    html = client.get(there).text
    assert "Wacht op de coördinator, meestal binnen 2 schooldagen" in html and "leest dit nog niet" in html


def test_a_school_without_a_request_is_led_to_making_one(app, client, world):
    f.sign_in(client, f.member(f.school()))
    assert "Maak eerst een aanvraag" in client.get(f"/berichten/nieuw?offer={world.offer.id}").text


def test_a_school_with_more_requests_chooses_one(world, client):
    other = f.support_request(world.school, world.teacher, title="Iets met stroom")
    f.sign_in(client, world.teacher)
    html = client.get(f"/berichten/nieuw?offer={world.offer.id}").text
    assert "Voor welke aanvraag is het?" in html and f"request={other.id}" in html and "<textarea" not in html


def test_a_vague_request_says_what_is_missing(world, client):
    vague = f.support_request(world.school, world.teacher, pupils=None, period_from=None, period_until=None)
    f.sign_in(client, world.teacher)
    html = client.get(f"/berichten/nieuw?offer={world.offer.id}&request={vague.id}").text
    assert "het aantal leerlingen en de periode" in html and "<textarea" not in html


def test_a_full_company_says_when_and_keeps_what_was_typed(world, client):
    with transaction():
        db.session.get(Organisation, world.company.id).max_open_requests = 1
    request = world.other_request()
    f.sign_in(client, world.teacher)
    address = f"/berichten/nieuw?offer={world.offer.id}&request={world.request.id}"
    assert client.get(address).status_code == 200
    # meanwhile another school takes the last place
    world.ask(db.session.get(f.User, request.author_id), request=request, at=None)
    answer = client.post(address, data={"body": "Mijn lange verhaal", "key": "x"})
    assert answer.status_code == 422 and "vol tot" in answer.text and "Mijn lange verhaal" in answer.text
    html = client.get(address).text
    assert "heeft al genoeg vragen liggen" in html and "Zoek ander aanbod" in html and "<textarea" not in html


def test_a_company_puts_itself_forward_with_one_of_its_offers(world, client):
    f.sign_in(client, world.engineer)
    second = f.offer(world.company, title="Soldeer een lampje")
    html = client.get(f"/berichten/nieuw?request={world.request.id}").text
    assert "Met welk aanbod stel je je voor?" in html
    address = f"/berichten/nieuw?offer={second.id}&request={world.request.id}"
    assert "Soldeer een lampje” helpen we jullie graag" in client.get(address).text
    there = client.post(address, data={"body": "Wij helpen graag", "key": "x"}).location
    f.sign_in(client, world.teacher)
    html = client.get(there).text
    assert "Brandaris Robotica stelde zich voor" in html and "Past dit bij jullie?" in html and "Nee, dank je" in html


def test_nobody_else_starts_about_it(world, client):
    f.sign_in(client, f.user())
    assert client.get(f"/berichten/nieuw?offer={world.offer.id}").status_code == 404
    assert client.get(f"/berichten/nieuw?request={world.request.id}").status_code == 404
    f.sign_in(client, world.teacher)
    assert client.get("/berichten/nieuw").status_code == 404
    assert client.get(f"/berichten/nieuw?offer={world.offer.id}&request={world.other_request().id}").status_code == 404


def test_a_new_organisation_that_writes_to_many_is_told_why_it_stops_and_keeps_its_text(app, client):
    school = f.school(created_at=now() - timedelta(days=1))
    teacher = f.member(school)
    f.sign_in(client, teacher)
    for n in range(rules.FIRST_MESSAGES_A_DAY["new"] + 1):
        offer, request = f.offer(f.company()), f.support_request(school, teacher)
        answer = client.post(f"/berichten/nieuw?offer={offer.id}&request={request.id}", data={"body": f"Vraag nummer {n}", "key": f"k{n}"})
        assert answer.status_code == (302 if n < rules.FIRST_MESSAGES_A_DAY["new"] else 422)
    assert "Morgen kun je verder" in answer.text and f"Vraag nummer {n}" in answer.text
