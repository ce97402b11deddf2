"""The public page, cards and the company's own list."""

import pytest
from sqlalchemy import event

from techfinder.core.db import db, transaction
from techfinder.offers import queries
from techfinder.offers.models import StartingPoint
from techfinder.organisations.models import Organisation
from tests import factories

SECRETS = {"contact_name": "Soraya Haddad", "contact_email": "soraya@geheim.example", "contact_phone": "06-12345678"}


def page(client, offer, reader=None):
    browser = client.application.test_client()
    if reader is not None:
        factories.sign_in(browser, reader)
    return browser.get(f"/aanbod/{offer.id}")


def count_queries(work):
    seen = []

    def note(_conn, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_page_says_what_a_teacher_decides_on(client):
    company = factories.company(name="Brandaris", reply_days=2)
    offer = factories.offer(company, title="Bouw een robot", max_groups_per_day=2, cost_cents=1250, school_arranges="Een digibord.")
    text = page(client, offer).text
    for part in ("Bouw een robot", "Brandaris", "groep 7-8", "90 minuten", "tot 30 leerlingen", "2 groepen per dag", "€ 12,50",
                 "reiskosten inbegrepen", "tot 30 km", "Helmond", "Een digibord.", "blijft verantwoordelijk",
                 "binnen 2 schooldagen", 'rel="canonical"'):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("who", ["visitor", "teacher", "colleague elsewhere", "own company", "coordinator", "administrator"])
def test_nobody_sees_contact_details_on_the_page(client, who):
    area = factories.region()
    company = factories.company(region_id=area.id)
    offer = factories.offer(company, **SECRETS)
    reader = {
        "visitor": lambda: None, "teacher": lambda: factories.member(factories.school()),
        "colleague elsewhere": lambda: factories.member(factories.company()), "own company": lambda: factories.member(company),
        "coordinator": lambda: factories.coordinator(area), "administrator": lambda: factories.coordinator(area, "administrator"),
    }[who]()  # fmt: skip
    answer = page(client, offer, reader)
    assert answer.status_code == 200
    assert not [value for value in SECRETS.values() if value in answer.text]


def test_a_vog_is_for_the_two_sides_only(client):
    company, school = factories.company(), factories.school()
    offer = factories.offer(company, vog=True)
    sides = [factories.member(company), factories.member(school)]
    others = [None, factories.member(factories.company()), factories.member(school, role="member", verified=False)]
    assert ["<dt>VOG</dt>" in page(client, offer, who).text for who in sides] == [True, True]
    assert ["<dt>VOG</dt>" in page(client, offer, who).text for who in others] == [False] * 3


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "paused", "archived", "rejected"])
def test_what_is_not_public_does_not_exist_for_others(client, state):
    company = factories.company()
    offer = factories.offer(company, state=state)
    assert page(client, offer).status_code == 404
    assert page(client, offer, factories.member(factories.company())).status_code == 404
    assert page(client, offer, factories.member(company)).status_code == 200


def test_a_persons_place_is_shown_as_its_municipality(client):
    company = factories.company(place="Deurne", municipality="Deurne", postcode="5751 AA")
    points = [
        StartingPoint(position=n, label="Bij Soraya thuis", personal=True, postcode="5709 XZ", place="Stiphout", municipality="Helmond",
                      lat=51.4793, lon=5.6570, radius_km=12) for n in range(2)
    ]  # fmt: skip
    offer = factories.offer(company, points=points)
    for reader in (None, factories.member(factories.school()), factories.member(company)):
        text = page(client, offer, reader).text
        assert "regio Helmond" in text and text.count("regio Helmond</strong>") == 1
        assert not [s for s in ("5709", "Stiphout", "Soraya") if s in text]


def test_a_full_company_says_until_when_and_what_to_do(client):
    company = factories.company()
    offer = factories.offer(company)
    with transaction():
        db.session.get(Organisation, company.id).full_until = factories.AT.replace(year=2099)
    text = page(client, offer).text
    assert "vol tot" in text and f"offer={offer.id}" not in text


def test_a_teacher_sees_the_kilometres_from_the_own_school(client):
    offer = factories.offer(factories.company())
    school = factories.school(**factories.GRONINGEN)
    assert "km van jullie school, verder dan het bedrijf reist" in page(client, offer, factories.member(school)).text
    near = page(client, offer, factories.member(factories.school())).text
    assert "minder dan 1 km van jullie school</dd>" in near
    assert "van jullie school" not in page(client, offer).text


def test_material_can_be_fetched_by_whoever_sees_the_offer(client, app):
    company = factories.company()
    offer = factories.offer(company)
    assert client.get(f"/aanbod/{offer.id}/materiaal").status_code == 404


def test_cards_come_in_order_without_what_may_not_be_seen_in_a_fixed_number_of_queries(app):
    company = factories.company()
    offers = [factories.offer(company, title=f"Les {n}") for n in range(5)]
    hidden = factories.offer(company, state="paused")
    anybody = factories.actor_of(factories.member(factories.school()))
    every = [o.id for o in offers]
    ids = [every[3], hidden.id, 99999, every[0]]
    db.session.rollback()
    cards = []
    assert count_queries(lambda: cards.extend(queries.cards(anybody, ids))) == 2
    assert [c["title"] for c in cards] == ["Les 3", "Les 0"]
    assert cards[0]["facts"] == {"level": "groep 7-8", "duration": "90 minuten", "cost": "gratis", "place": "Helmond"}
    db.session.rollback()
    assert count_queries(lambda: queries.cards(anybody, every)) == 2


def test_a_slow_company_is_not_shamed_and_a_full_one_has_a_badge(app):
    slow = factories.offer(factories.company(reply_days=12))
    full = factories.offer(factories.company(reply_days=1, full_until=factories.AT.replace(year=2099)))
    first, second = queries.cards(factories.actor_of(factories.user()), [slow.id, full.id])
    assert first["reply"] == "" and first["badges"] == []
    assert second["reply"] and second["badges"][0][0].startswith("vol tot")


def test_the_own_list_asks_the_same_number_of_queries_for_one_offer_and_for_many(client):
    company = factories.company()
    person = factories.member(company)
    factories.sign_in(client, person)
    factories.offer(company)
    few = count_queries(lambda: client.get("/mijn-aanbod"))
    for n in range(6):
        factories.offer(company, title=f"Les {n}", state=["published", "draft", "paused"][n % 3])
    many = count_queries(lambda: client.get("/mijn-aanbod"))
    assert few == many
    actor = factories.actor_of(person)
    db.session.rollback()
    assert count_queries(lambda: queries.mine(actor)) == 2


def test_the_own_list_says_why_an_offer_came_back_and_what_waits(client):
    company = factories.company()
    factories.sign_in(client, factories.member(company))
    factories.offer(company, state="returned", state_reason="Noem ook de prijs.")
    factories.offer(company, state="submitted")
    text = client.get("/mijn-aanbod").text
    assert "Noem ook de prijs." in text and "meestal binnen 2 schooldagen" in text


def test_an_offer_that_an_import_published_does_not_say_that_the_company_looked_at_it(app, client):
    said = [
        "Het bedrijf keek dit na" in client.get(f"/aanbod/{factories.offer(factories.company(claimed=claimed)).id}").text
        for claimed in (True, False)
    ]
    assert said == [True, False]
