"""Searching what companies offer, as visitors do."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from techfinder.core.changes import log_change
from techfinder.core.db import db, transaction
from techfinder.offers.models import StartingPoint
from techfinder.organisations.models import Organisation
from tests import factories as f
from tests.discovery.pages import look
from tests.matching.test_hostile import hostile

PARAMETERS = ("q", "postcode", "afstand", "soort", "niveau", "thema", "taal", "regio", "kosten", "van", "tot", "sorteer", "pagina")
PO_7_8, PO_5_6, VMBO_TL_1 = 0b11000000, 0b00110000, 1 << 40


def at_groningen(**values):
    return f.company(**{**f.GRONINGEN, "place_key": "groningen", **values})


@pytest.mark.parametrize("words", ["robot", "Robots", "robotworkshop", "ROBÓT", "een les over robots", "roobt"])
def test_a_word_finds_its_dutch_forms_its_compounds_and_its_spelling_errors(client, words):
    one = f.offer(f.company())
    f.offer(f.company(), title="Brood bakken", summary="Wij kneden deeg.", activity="Kneden en bakken.", themes=["food"])
    assert look(client, q=words).ids == [one.id]


def test_a_postcode_and_a_distance_find_what_is_near_and_can_come(client):
    near = f.offer(f.company())
    far = f.offer(at_groningen())
    unwilling = f.offer(f.company(postcode="5611 AA", place="Eindhoven", municipality="Eindhoven", lat=51.4416, lon=5.4697),
                        points=[StartingPoint(place="Eindhoven", municipality="Eindhoven", lat=51.4416, lon=5.4697, radius_km=5)])
    assert look(client, postcode="5701 AB", afstand=25).ids == [near.id]
    assert look(client, postcode="Groningen", afstand=25).ids == [far.id]
    assert {near.id, far.id, unwilling.id} == set(look(client).ids)


def test_what_needs_no_journey_is_found_from_everywhere_and_says_so(client):
    kit = f.offer(at_groningen(), kind="material")
    page = look(client, postcode="5701 AB", afstand=5)
    assert page.ids == [kit.id] and "kan overal" in page.text


def test_the_title_and_the_line_say_what_was_asked(client):
    f.offer(f.company())
    page = look(client, q="robots", postcode="5701 AB", afstand=25, niveau="po_7_8")
    assert page.title == "Aanbod over robots bij Helmond"
    assert "1 keer aanbod binnen 25 km, voor groep 7-8" in page.text
    assert look(client, postcode="Helmond").title == "Aanbod bij Helmond" and look(client).title == "Aanbod"


def test_kilometres_count_from_the_nearest_point_that_fits(client):
    company = f.company()
    far = StartingPoint(place="Groningen", municipality="Groningen", lat=53.2167, lon=6.5667, radius_km=400)
    near = StartingPoint(place="Helmond", municipality="Helmond", lat=51.4793, lon=5.6570, radius_km=1)
    f.offer(company, points=[far, near])
    page = look(client, postcode="5611", afstand="alles")
    assert re.findall(r'class="tf-km">(\d+)', page.html) == ["211"]  # Helmond is nearer and doesn't come this far


def brute(offers, chosen):
    return sum(all(test(o) for test in chosen) for o in offers)


def test_counts_are_what_choosing_that_value_would_give(client):
    offers = [
        f.offer(f.company(), kind=kind, levels=level, cost_cents=cost, themes=[theme])
        for kind in ("guest_lesson", "workshop", "material") for level in (PO_7_8, PO_7_8 | PO_5_6) for cost in (0, 4500, None)
        for theme in ("robots", "energy")
    ]  # fmt: skip
    page = look(client, soort="workshop", niveau="po_5_6")
    work, low = (lambda o: o.kind == "workshop"), (lambda o: bool(o.levels & PO_5_6))
    assert page.total == brute(offers, [work, low]) == 6
    for kind in ("guest_lesson", "workshop", "material"):
        assert page.facets["soort"][kind] == brute(offers, [low, lambda o, k=kind: o.kind == k])
    assert page.facets["niveau"] == {"po_5_6": brute(offers, [work, low]), "po_7_8": brute(offers, [work])}
    for theme in ("robots", "energy"):
        assert page.facets["thema"][theme] == brute(offers, [work, low, lambda o, t=theme: t in o.themes])
    assert page.facets["kosten"] == {"gratis": 2, "tot-50": 2, "in-overleg": 2}


def test_kinds_of_which_there_is_something_stand_open(client):
    for kind in ("loan_kit", "challenge"):
        f.offer(f.company(), kind=kind)
    page = look(client)
    assert list(page.facets["soort"].items()) == [("loan_kit", 1), ("challenge", 1)] and "Nog 2 soorten" not in page.text
    assert look(client, soort="workshop").facets["soort"] == {"workshop": 0, "loan_kit": 1, "challenge": 1}  # what is chosen stays


def test_values_of_one_filter_add_and_filters_together_narrow(client):
    lesson, visit = f.offer(f.company()), f.offer(f.company(), kind="site_visit", levels=PO_5_6)
    f.offer(f.company(), kind="event")
    assert set(look(client, soort=["guest_lesson", "site_visit"]).ids) == {lesson.id, visit.id}
    assert look(client, soort=["guest_lesson", "site_visit"], niveau="po_5_6").ids == [visit.id]
    assert look(client, soort=["guest_lesson", "site_visit"], niveau="po_5_6", kosten="meer").ids == []


def test_language_period_and_region_filter_too(client):
    country = f.region("Nederland")
    south, north = f.region("Zuid", country), f.region("Noord", country)
    small = f.region("Peel", south)
    english = f.offer(f.company(region_id=small.id), language="en")
    spring = f.offer(f.company(region_id=north.id), period_from=date(2027, 3, 1), period_until=date(2027, 4, 30))
    assert look(client, taal="en").ids == [english.id]
    assert look(client, regio=south.slug).ids == [english.id] and look(client, regio=north.slug).ids == [spring.id]
    assert look(client).facets["regio"] == {south.slug: 1, small.slug: 1, north.slug: 1}
    assert spring.id not in look(client, van="2027-05-01", tot="2027-06-01").ids
    assert spring.id in look(client, van="2027-04-01").ids


def test_a_chip_takes_one_filter_away(client):
    f.offer(f.company(), kind="site_visit")
    page = look(client, q="robots", soort=["guest_lesson", "site_visit"], niveau="po_7_8")
    assert look(client, page.links["groep 7-8"]).html.count("tf-chip\"") == 3
    assert look(client, page.links["alle filters"]).html.count("tf-chip\"") == 0
    assert "niveau" not in page.links["groep 7-8"] and "q=robots" in page.links["groep 7-8"]


def test_pages_never_skip_or_repeat(client):
    company = f.company()
    every = {f.offer(company, title=f"Bouw robot {n}").id for n in range(45)}
    for order in ("relevantie", "nieuw", "afstand"):
        pages = [look(client, q="robot", postcode="5701", sorteer=order, pagina=n).ids for n in (1, 2, 3)]
        assert [len(p) for p in pages] == [20, 20, 5]
        assert {i for p in pages for i in p} == every
    assert len(look(client, q="robot", pagina=9999).ids) == 5  # past the end is the last page


def test_orders_are_what_they_say(client):
    near = f.offer(f.company(), published_at=f.AT.replace(year=2025))
    far = f.offer(f.company(postcode="5611 AA", place="Eindhoven", municipality="Eindhoven", lat=51.4416, lon=5.4697))
    assert look(client, postcode="5701", sorteer="afstand").ids == [near.id, far.id]
    assert look(client, postcode="5701", sorteer="nieuw").ids == [far.id, near.id] == look(client).ids


def test_only_what_everybody_may_see_is_shown_and_counted(client):
    seen = f.offer(f.company())
    for state in ("draft", "submitted", "paused", "archived", "rejected"):
        f.offer(f.company(), state=state)
    for state in ("pending", "blocked", "rejected"):
        f.offer(f.company(state=state))
    f.offer(f.company(), replaces_id=seen.id)
    page = look(client)
    assert page.ids == [seen.id] and page.total == 1 and look(client, soort="guest_lesson").facets["soort"] == {"guest_lesson": 1}


def test_an_index_that_is_behind_shows_and_counts_nothing_that_may_not_be_seen(client, monkeypatch):
    gone = [f.offer(f.company()) for _ in range(3)]
    kept = f.offer(f.company())
    assert look(client).total == 4
    monkeypatch.setattr("techfinder.discovery.engine.STALE_AFTER_S", 3600.0)
    with transaction():
        for one in gone:
            db.session.execute(update(Organisation).where(Organisation.id == one.organisation_id).values(state="blocked"))
            log_change("organisation", one.organisation_id)
    page = look(client)
    assert page.ids == [kept.id] and page.total == 1 and look(client, soort="guest_lesson").facets["soort"] == {"guest_lesson": 1}


def test_a_full_company_is_found_and_says_until_when(client):
    f.offer(f.company(full_until=f.AT.replace(year=2099)))
    assert "vol tot" in look(client, q="robot").text


@pytest.mark.parametrize("postcode, sentence, title", [
    ("1000 XX", "Postcode 1000 XX kennen we niet. Kijk of hij klopt, of vul een plaats in.", "Aanbod"),
    ("1000 XX Helmond", "Postcode 1000 XX kennen we niet. We zoeken nu bij Helmond.", "Aanbod bij Helmond"),
    ("Nergenshuizen", "We kennen geen plaats ‘Nergenshuizen’.", "Aanbod"),
])  # fmt: skip
def test_an_unknown_place_gets_a_sentence_and_nothing_typed_is_lost(client, postcode, sentence, title):
    f.offer(f.company())
    page = look(client, q="robots", postcode=postcode, afstand=50)
    assert sentence in page.text and f'value="{postcode}"' in page.html and 'value="robots"' in page.html
    assert 'aria-describedby="postcode-fout"' in page.html and page.ids
    assert page.title == title.replace("Aanbod", "Aanbod over robots")


def test_nothing_found_says_what_to_change_and_what_that_gives(client):
    f.offer(at_groningen(), kind="site_visit")
    page = look(client, q="robots", postcode="5701 AB", afstand=25, soort="site_visit")
    assert page.total == 0 and "Binnen 25 km van Helmond is er niets dat past." in page.text
    assert look(client, page.links["Zoek in heel Nederland"]).total == 1
    both = look(client, q="robots", soort="workshop", kosten="meer")
    assert both.total == 0 and look(client, both.links["Zoek alleen op de woorden"]).total == 1


def test_who_searched_and_does_not_see_it_in_the_list_is_led_to_a_request_with_these_words(client):
    f.offer(f.company())
    assert look(client, q="robots").links["Maak hier een aanvraag van"] == "/aanvragen/nieuw?q=robots"
    assert "Staat er niet bij wat je zoekt?" not in look(client).text, "who looks around has not asked for anything"


def test_unknown_words_say_so_and_misspelled_words_are_put_right(client):
    f.offer(f.company())
    assert "Nog geen bedrijf noemt ‘qqqqqqq’." in look(client, q="qqqqqqq").text
    assert "Bedoel je" in look(client, q="robbot").text


def test_without_any_offer_the_page_is_kind(client):
    assert "Er staat nog geen aanbod op Techfinder" in look(client).text


HOSTILE = ["\x00\x1f\u202e", "'; DROP TABLE offer; --", '"onaf', "*?~^[a TO z] OR NOT AND (((", "<script>alert(1)</script>", "%00%ff", "{{7*7}}",
           "robot " * 10_000, "é" * 5000, "👩‍🔬", "../../etc/passwd", "\ud7ff\uffff"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_gives_a_page(client, text):
    f.offer(f.company())
    page = look(client, q=text[:20_000], postcode=text[:500], afstand=text[:50], soort=text[:50], niveau=text[:50], thema=text[:50], taal=text[:50],
                regio=text[:50], kosten=text[:50], van=text[:50], tot=text[:50], sorteer=text[:50], pagina=text[:50])  # fmt: skip
    assert "<script>alert" not in page.html


def test_bytes_that_are_no_text_give_a_page(client):
    assert client.get("/aanbod?q=%ff%fe%00&postcode=%c3%28&pagina=-1&afstand=1e9&van=2027-99-99").status_code == 200


def test_filtered_pages_are_not_for_search_engines_and_name_their_own_address(client):
    f.offer(f.company())
    assert "noindex" not in look(client).html and 'rel="canonical" href="http://localhost/aanbod"' in look(client).html
    page = look(client, "/aanbod?thema=robots&q=robots&x=1&pagina=1")
    assert 'content="noindex, follow"' in page.html and 'href="http://localhost/aanbod?q=robots&amp;thema=robots"' in page.html


def test_a_teacher_begins_at_the_own_school_and_can_leave_it(client):
    near, far = f.offer(f.company()), f.offer(at_groningen())
    f.sign_in(client, f.member(f.school()))
    page = look(client)
    assert page.title == "Aanbod bij Helmond" and page.ids == [near.id]
    assert set(look(client, postcode="").ids) == {near.id, far.id}


def test_a_page_takes_at_most_eight_queries(client, app):
    company = f.company()
    for n in range(25):
        f.offer(company, title=f"Robot {n}")
    look(client, q="robot", postcode="5701 AB", niveau="po_7_8")
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]) if a[2].startswith("SELECT") else None)
    look(client, q="robot", postcode="5701 AB", niveau="po_7_8")
    assert 0 < len(seen) <= 8, "\n".join(seen)


def test_a_page_reads_its_offers_by_their_key_and_not_by_their_state(client):
    """Of 50,000 published offers it reads twenty."""
    company = f.company()
    for _ in range(20):
        f.offer(company)
    look(client)
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2:4]))
    look(client, q="robot")
    statement, values = next(s for s in seen if s[0].startswith("SELECT offer.id"))
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            plan = str(connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all())
            assert "rowid=?" in plan and "state=?" not in plan
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = str(connection.exec_driver_sql("EXPLAIN " + statement, values).all())
            assert "Index" in plan and "ix_offer_state_organisation" not in plan


def test_completions_offer_words_themes_and_places(client):
    f.offer(f.company(name="Robotfabriek De Peel"))
    words = [c["label"] for c in client.get("/aanbod/suggesties?q=rob").json]
    assert "robots en programmeren" in words
    assert client.get("/aanbod/suggesties?plaats=helmo").json[0]["label"] == "Helmond"
    assert client.get("/aanbod/suggesties?q=%00&plaats=").json == [] == client.get("/aanbod/suggesties").json


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(PARAMETERS), hostile.map(lambda text: text[:3_000]), min_size=1, max_size=5))
def test_any_address_gives_a_page(client, params):
    f.offer(f.company())
    page = look(client, **{name: text.encode("utf-8", "replace") for name, text in params.items()})
    assert page.total >= 0 and page.title
