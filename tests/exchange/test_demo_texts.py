"""The demo shows what schools and companies could write, so its texts must be valid, spread over the country, and
each somebody's own: a reader sees recycled sentences at once."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from techfinder.geo import gazetteer
from techfinder.reference.kinds import KINDS
from techfinder.reference.languages import LANGUAGES
from techfinder.reference.levels import codes, mask

FOLDER = Path(__file__).parents[2] / "techfinder/exchange/demo"
POSTCODE = re.compile(r"[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}")
RUN = 6
"""Words in a row that count as a shared phrase."""
PROSE = {
    "offers": [
        *("title", "summary", "activity", "when", "school_arranges", "supervision", "preparation", "cost_note"),
        *("safety_clothing", "accessibility", "return_reason"),
    ],
    "companies": ["about"],
    "requests": ["title", "description"],
    "schools": ["about"],
}
AT_COMPANY = {"min_age", "safety_clothing", "photos_allowed", "paid_transport", "accessibility"}
TRAVELLING = {"guest_lesson", "workshop", "hybrid_teacher"}
KINDS_WANTED = {
    "guest_lesson": 60, "workshop": 30, "site_visit": 35, "material": 18, "online_lesson": 10, "loan_kit": 9,
    "challenge": 6, "event": 6, "co_development": 2, "teacher_placement": 2, "teacher_training": 2,
    "hybrid_teacher": 2, "pupil_placement": 2, "donation": 2,
}  # fmt: skip


def read(name: str) -> list[dict[str, Any]]:
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


OFFERS, COMPANIES = read("offers"), read("companies")


def runs(text: str) -> Iterator[str]:
    words = re.findall(r"[\w']+", text.lower())
    return (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


@pytest.mark.parametrize("name", PROSE)
def test_no_phrase_of_six_words_returns_in_more_than_two_texts(name: str) -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in read(name):
        for field in PROSE[name]:
            for phrase in runs(row.get(field) or ""):
                seen[phrase].add(row["key"])
    assert {phrase: keys for phrase, keys in seen.items() if len(keys) > 2} == {}


@pytest.mark.parametrize("name", ["offers", "requests"])
def test_titles_are_each_their_own(name: str) -> None:
    titles = [row["title"].lower() for row in read(name)]
    assert len(set(titles)) == len(titles)
    starts = Counter(" ".join(title.split()[:3]) for title in titles)
    assert [start for start, times in starts.items() if times > 3] == []


def test_a_text_of_an_offer_fits_its_place_on_the_page() -> None:
    for offer in OFFERS:
        assert 0 < len(offer["title"]) <= 70, offer["key"]
        assert 0 < len(offer["summary"]) <= 280, offer["key"]
        assert 3 <= len(re.findall(r"[.!?](?=\s|$)", offer["activity"])) <= 6, offer["key"]
        for field in ("when", "school_arranges", "supervision"):
            assert offer[field], (offer["key"], field)
        for field in PROSE["offers"]:
            assert "  " not in (offer.get(field) or ""), (offer["key"], field)


def test_keys_names_and_numbers_are_unique() -> None:
    for rows, field in ((OFFERS, "key"), (COMPANIES, "key"), (COMPANIES, "name"), (COMPANIES, "website")):
        values = [row[field] for row in rows]
        assert len(set(values)) == len(values), field
    kvk = [company["kvk"] for company in COMPANIES if company["kvk"]]
    assert len(set(kvk)) == len(kvk)
    assert all(re.fullmatch(r"90\d{6}", number) for number in kvk)
    assert len(COMPANIES) / 3 < len(kvk) < len(COMPANIES)


def test_companies_are_complete() -> None:
    for company in COMPANIES:
        key = company["key"]
        assert company["website"].endswith(".example"), key
        assert company["about"] and company["sector_words"], key
        assert 1 <= company["max_open_requests"] <= 5, key
        roles = Counter(member["role"] for member in company["members"])
        assert roles["owner"] == 1 and set(roles) <= {"owner", "member"} and roles.total() <= 3, key
        assert all(member["name"] and member["function"] for member in company["members"]), key
    states = Counter(company["state"] for company in COMPANIES)
    assert states["approved"] >= 75 and states["pending"] == 8 and states["returned"] == 1
    assert len(states) == 3


def test_every_province_has_companies_and_something_to_choose() -> None:
    home: dict[str, str] = {}
    for company in COMPANIES:
        found = gazetteer.postcode(company["postcode"][:4])
        assert found is not None, company["key"]
        home[company["key"]] = found.province
    published = [offer for offer in OFFERS if offer["state"] == "published"]
    per_company, per_offer = Counter(home.values()), Counter(home[offer["company"]] for offer in published)
    assert len(per_company) == 12
    assert min(per_company.values()) >= 5
    assert len(per_offer) == 12 and min(per_offer.values()) >= 10


def test_postcodes_belong_to_the_place_they_are_written_with() -> None:
    for row in [*COMPANIES, *(point for offer in OFFERS for point in offer["starting_points"])]:
        assert POSTCODE.fullmatch(row["postcode"]), row
        found, named = gazetteer.postcode(row["postcode"][:4]), gazetteer.locate(row["place"])
        assert found is not None and named is not None, row
        assert found.place == named.place, row


def test_every_kind_and_state_of_offer_is_there() -> None:
    assert len(OFFERS) >= 190
    kinds, states = (Counter(offer[field] for offer in OFFERS) for field in ("kind", "state"))
    assert set(KINDS_WANTED) == {kind.code for kind in KINDS} == set(kinds)
    assert {kind: kinds[kind] for kind, least in KINDS_WANTED.items() if kinds[kind] < least} == {}
    assert states["submitted"] >= 8 and states["published"] >= 170
    assert set(states) == {"published", "submitted", "draft", "paused", "archived", "returned"}
    languages = Counter(offer["language"] for offer in OFFERS)
    assert set(languages) <= {language.code for language in LANGUAGES}
    assert languages["en"] >= 6 and languages["de"] >= 1


def test_an_offer_waits_as_long_as_its_company_waits() -> None:
    states = {company["key"]: company["state"] for company in COMPANIES}
    early = [
        offer["key"]
        for offer in OFFERS
        if states[offer["company"]] != "approved" and offer["state"] not in {"submitted", "draft", "returned"}
    ]
    assert early == []


def test_the_facts_of_an_offer_are_valid() -> None:
    for offer in OFFERS:
        key = offer["key"]
        assert offer["levels"] and codes(mask(offer["levels"])), key
        assert 1 <= len(offer["themes"]) <= 3 and all(t == t.lower() for t in offer["themes"]), key
        assert offer["weekdays"] and set(offer["weekdays"]) <= {"mon", "tue", "wed", "thu", "fri"}, key
        assert offer["dayparts"] and set(offer["dayparts"]) <= {"morning", "afternoon"}, key
        assert 0 <= offer["cost_eur"] <= 250, key
        for field in ("duration_minutes", "max_pupils", "max_groups_per_day", "places_per_year"):
            assert offer[field] is None or offer[field] > 0, (key, field)
        assert offer["duration_minutes"] or offer["kind"] == "donation", key
        start, end = (date.fromisoformat(d) if (d := offer[f"period_{x}"]) else None for x in ("from", "until"))
        assert (start is None) == (end is None), key
        if start and end:
            assert date(2026, 11, 1) <= start <= end <= date(2027, 7, 31), key
        assert bool(offer.get("return_reason")) == (offer["state"] == "returned"), key


def test_fields_follow_from_the_kind() -> None:
    for offer in OFFERS:
        key, kind = offer["key"], offer["kind"]
        assert 1 <= len(offer["starting_points"]) <= 4, key
        for point in offer["starting_points"]:
            assert point["radius_km"] is None or 10 <= point["radius_km"] <= 80, key
            assert kind not in TRAVELLING or point["radius_km"], key
            assert set(point.get("weekdays", [])) <= set(offer["weekdays"]), key
        at_company = kind in {"site_visit", "event", "pupil_placement", "teacher_placement"}
        assert (set(offer) >= AT_COMPANY) == at_company, key
        assert bool(offer.get("material_url")) == (kind == "material"), key
        assert ".example/" in offer.get("material_url", ".example/"), key
