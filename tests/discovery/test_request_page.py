"""The page of a request: what fits, why, what almost fits, and what one can do about it."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import event

from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.discovery import suggestions
from techfinder.discovery.near_miss import beyond_words
from techfinder.offers.models import StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.reference.vocabulary import fold
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service import save
from tests import factories as f

EINDHOVEN = {"postcode": "5611 AA", "place": "Eindhoven", "municipality": "Eindhoven", "lat": 51.4393, "lon": 5.4786}  # some 13 km
BRESKENS = {"postcode": "4511 AA", "place": "Breskens", "municipality": "Sluis", "province": "Zeeland", "lat": 51.3967, "lon": 3.5611}
TERSCHELLING = {"postcode": "8881 AA", "place": "West-Terschelling", "municipality": "Terschelling", "province": "Friesland", "lat": 53.3610, "lon": 5.2170}
HARLINGEN = {"postcode": "8861 AA", "place": "Harlingen", "municipality": "Harlingen", "province": "Friesland", "lat": 53.1740, "lon": 5.4200}
VLISSINGEN = {"postcode": "4381 AA", "place": "Vlissingen", "municipality": "Vlissingen", "province": "Zeeland", "lat": 51.4536, "lon": 3.5709}


def point(place=EINDHOVEN, **values):
    known = {k: place[k] for k in ("postcode", "place", "municipality", "lat", "lon")}
    return [StartingPoint(**{**known, "radius_km": None, **values})]


def asked(client, school=None, **values):
    school = school or f.school()
    person = f.member(school)
    f.sign_in(client, person)
    return f.support_request(school, person, **values), person


def page(client, request):
    answer = client.get(f"/aanvragen/{request.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def fresh(request):
    db.session.expire_all()
    return db.session.get(SupportRequest, request.id)


def test_a_fitting_offer_stands_there_with_reasons_that_are_true(app, client):
    request, _ = asked(client, levels=0b1100000)  # groep 6 and 7
    f.offer(f.company(name="Brandaris", **EINDHOVEN), max_pupils=25, cost_cents=4500, kind="workshop", weekdays=0b1010)
    text = words(page(client, request))
    assert "Bouw een robot" in text and "naar jullie toe: 13 km hemelsbreed, en het reist tot 30 km." in text
    assert "Past bij groep 7, niet bij groep 6." in text
    assert "Hoogstens 25 leerlingen tegelijk. Jullie zijn met 28" in text
    assert "Kan op dinsdag en donderdag." in text and "Vraagt € 45. Jullie gaven geen bijdrage op." in text


def test_marked_words_stand_in_the_offer_and_in_the_request(app, client):
    request, person = asked(client, title="Programmeren met plukrobots", description="Wie komt over windmolens en robots vertellen?")
    offers = [
        f.offer(f.company(), title="Bouw een robot", summary="Robots en windturbines"),
        f.offer(f.company(), title="De wind", summary="Een windmolen nabouwen", activity="We programmeren niets.", themes=["energie"]),
        f.offer(f.company(), title="Iets heel anders", summary="Lijm maken", activity="", themes=["robots"]),
    ]
    texts = {o.id: fold(f"{o.title} {o.summary} {o.activity}") for o in offers}
    found = suggestions.for_request(f.actor_of(person), request)
    assert {s.offer["id"] for s in found.fits} == set(texts)
    own = fold(f"{request.title} {request.description}")
    marked = 0
    for s in found.fits:
        for line in s.reasons:
            for word in re.findall(r"<mark>(.*?)</mark>", str(line.text)):
                assert fold(word) in texts[s.offer["id"]]
                marked += 1
            for word in re.findall(r"<em>(.*?)</em>", str(line.text)):
                assert fold(word) in own
    assert marked >= 2
    other = next(s for s in found.fits if s.offer["title"] == "Iets heel anders")
    assert not any("<mark>" in str(line.text) for line in other.reasons)


@pytest.mark.parametrize(("here", "there", "sentence"), [
    (VLISSINGEN, BRESKENS, "Aan de overkant van het water (Westerschelde), reken op omrijden."),
    (TERSCHELLING, HARLINGEN, "Aan de overkant van het water (Waddenzee), reken op de boot."),
])  # fmt: skip
def test_water_between_school_and_company_is_said(app, client, here, there, sentence):
    request, _ = asked(client, f.school(**here))
    f.offer(f.company(**there))
    assert sentence in words(page(client, request))


@pytest.mark.parametrize(
    ("values", "offer", "button", "field", "becomes"),
    [
        ({"max_travel_km": 10.0}, {"kind": "site_visit"}, "Maak er", "max_travel_km", lambda v: 12 <= v <= 14),
        ({"weekdays": 1}, {"weekdays": 0b10}, "Voeg dinsdag toe", "weekdays", lambda v: v == 0b11),
        ({"dayparts": 1}, {"dayparts": 2}, "Voeg middag toe", "dayparts", lambda v: v == 3),
        ({"kinds": ["guest_lesson"]}, {"kind": "online_lesson"}, "Zet online gastles erbij", "kinds", lambda v: v == ["guest_lesson", "online_lesson"]),
        ({}, {"period_from": date(2027, 4, 5), "period_until": date(2027, 6, 1)}, "Neem die weken erbij", "period_until", lambda v: v == date(2027, 4, 16)),
        ({"language": "nl"}, {"language": "en"}, "Elke taal is goed", "language", lambda v: v == ""),
    ],
)  # fmt: skip
def test_the_button_of_a_near_miss_changes_exactly_that_and_then_it_fits(app, client, values, offer, button, field, becomes):
    request, _ = asked(client, **values)
    near = f.offer(f.company(**EINDHOVEN), points=point(radius_km=None if offer.get("kind") == "site_visit" else 30), **offer)
    html = page(client, request)
    assert "Dit past bijna" in html and near.title in html and button in html
    before = {c.key: getattr(request, c.key) for c in SupportRequest.__mapper__.columns}
    form = next(x for x in re.findall(r"<form.*?</form>", html, re.DOTALL) if button in x)
    data = dict(re.findall(r'name="([\w]+)" value="([^"]*)"', form))
    answer = client.post(re.search(r'action="([^"]+)"', form).group(1), data=data, follow_redirects=True)
    after = fresh(request)
    changed = {k for k, v in before.items() if getattr(after, k) != v and k not in ("version",)}
    assert changed == {field} and becomes(getattr(after, field))
    assert "Dit past bijna" not in answer.get_data(as_text=True) and near.title in answer.get_data(as_text=True)


def test_a_near_miss_button_on_an_old_page_leads_to_the_fresh_page_and_changes_nothing(app, client):
    request, person = asked(client, weekdays=1)
    near = f.offer(f.company(**EINDHOVEN), points=point(radius_km=30), weekdays=0b10)
    form = next(x for x in re.findall(r"<form.*?</form>", page(client, request), re.DOTALL) if "Voeg dinsdag toe" in x)
    with transaction():  # a colleague was faster
        save(f.actor_of(person), request.id, {"weekdays": 0b100})
    answer = client.post(f"/aanvragen/{request.id}/verander", data=dict(re.findall(r'name="([\w]+)" value="([^"]*)"', form)))
    assert answer.status_code == 302 and fresh(request).weekdays == 0b100
    html = client.get(answer.location).get_data(as_text=True)
    assert "was intussen al veranderd" in html and "Voeg dinsdag toe" in html and near.title in html


def test_what_only_the_company_can_change_is_asked_not_changed(app, client):
    request, _ = asked(client)
    f.offer(f.company(**EINDHOVEN), points=point(radius_km=10))
    html = page(client, request)
    assert "Past als het bedrijf" in html and "Vraag of het kan" in html and "/verander" not in html


def test_a_button_that_is_made_up_changes_nothing(app, client):
    request, _ = asked(client)
    for data in ({"state": "fulfilled"}, {"max_travel_km": "9000"}, {"kind": "x"}, {"period_until": "morgen"}, {}):
        client.post(f"/aanvragen/{request.id}/verander", data={**data, "version": request.version})
    assert fresh(request).version == 1


def test_a_dismissed_suggestion_stays_away_until_it_is_taken_back(app, client):
    request, _ = asked(client)
    offer = f.offer(f.company())
    assert offer.title in page(client, request)
    for _ in range(2):  # pressed twice
        client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id})
    html = page(client, request)
    assert offer.title not in html and "Je legde 1 suggestie weg" in html
    client.post(f"/aanvragen/{request.id}/toch-wel")
    assert offer.title in page(client, request)


def test_companies_that_are_full_and_offers_without_places_are_not_suggested(app, client):
    request, person = asked(client)
    full, used = f.company(), f.offer(f.company(), title="Alles weg")
    f.offer(full, title="Druk bedrijf")
    assert {s.offer["title"] for s in suggestions.for_request(f.actor_of(person), request).fits} == {"Alles weg", "Druk bedrijf"}
    with transaction():  # the index does not hear of it: SQL has the last word
        db.session.get(Organisation, full.id).full_until = now() + timedelta(days=2)
        used.places_left = 0
        db.session.merge(used)
    assert not suggestions.for_request(f.actor_of(person), fresh(request)).fits


def test_a_short_page_is_refilled_from_what_comes_next(app, client):
    request, person = asked(client)
    company = f.company()
    offers = [f.offer(company, title=f"Robot {n}") for n in range(30)]
    actor = f.actor_of(person)
    assert len(suggestions.for_request(actor, request).fits) == suggestions.FITS
    first = {s.offer["id"] for s in suggestions.for_request(actor, request).fits}
    with transaction():
        for offer in offers:
            if offer.id in first or offer.id % 3:
                db.session.get(type(offer), offer.id).state = "paused"  # and the index does not know
    found = suggestions.for_request(actor, fresh(request)).fits
    assert len(found) == suggestions.FITS and not {s.offer["id"] for s in found} & first


def test_a_change_of_an_offer_shows_at_once(app, client):
    request, _ = asked(client)
    offer = f.offer(f.company())
    assert offer.title in page(client, request)
    with transaction():
        row = db.session.get(type(offer), offer.id)
        row.state = "paused"
        log_change("offer", row.id)
    assert offer.title not in page(client, request)


def test_when_nothing_fits_the_page_says_why_and_what_to_do(app, client):
    request, _ = asked(client)
    assert "Er is nog geen aanbod over dit onderwerp." in words(page(client, request))
    f.offer(f.company(), levels=0b1)
    f.offer(f.company(), levels=0b1)
    text = words(page(client, request))
    assert "2 keer is het voor andere groepen." in text and "Pas je aanvraag aan" in text


def test_what_is_missing_links_to_its_field(app, client):
    request, _ = asked(client, pupils=None)
    assert f'href="/aanvragen/{request.id}/pas-aan#pupils"' in page(client, request)


def test_the_page_takes_a_stated_number_of_queries_however_much_fits(app, client):
    request, _ = asked(client)
    counts = []
    for _ in range(2):
        for _n in range(3):
            f.offer(f.company())
            f.offer(f.company(), weekdays=0b100000)
        page(client, request)
        seen = []
        note = lambda *a, seen=seen: seen.append(a[2]) if a[2].startswith("SELECT") else None  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        page(client, request)
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_a_distance_just_past_the_limit_does_not_read_as_the_limit(app):
    with app.test_request_context():
        assert [beyond_words(km, 40) for km in (40.02, 40.3, 41.7)] == ["40,1\u00a0km", "40,3\u00a0km", "42\u00a0km"]
