"""Files of offers, companies and requests: read as people hand them in, written once, with a word about every row."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from techfinder.core.clock import now
from techfinder.core.db import Model, db, transaction
from techfinder.discovery.engine import engine
from techfinder.exchange.companies import read_companies, write_companies
from techfinder.exchange.offers import read_offers, write_offers
from techfinder.exchange.report import Line
from techfinder.exchange.requests import read_requests, write_requests
from techfinder.exchange.tables import UnreadableTable
from techfinder.moderation.models import Case
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.reference.levels import mask
from techfinder.support_requests.models import SupportRequest
from tests import factories

SET = Path(__file__).parents[1] / "benchmarks/relevance"
OFFERS = (
    "id,company,title,summary,kind,levels,themes,language,duration_minutes,cost_eur,max_pupils,travel_km,postcode,place\n"
    '"o1","Lasloods","Lassen doe je zo","Je last zelf een naamplaatje.","workshop","vmbo_onderbouw;po_7_8","techniek;robots","nl","90","12,50","15","20","5701 AB","Helmond"\n'
    '"o2","Lasloods","Kijk in de loods","Een uur tussen de vonken.","bedrijfsbezoek","groep 7 en 8","","English","60 minuten","gratis","16","","5701 AB","Helmond"\n'
)
PAIRS = {"offers": (read_offers, write_offers), "requests": (read_requests, write_requests), "companies": (read_companies, write_companies)}


def test_a_companys_contact_address_is_kept_for_questions_and_never_shown(tmp_path: Path, client: FlaskClient) -> None:
    path = tmp_path / "bedrijven.csv"
    path.write_text("naam;e-mail;postcode\nLasloods;Info@Lasloods.example;5701 AB\nWindlab;niets;9711 AA\n", encoding="utf-8")
    lines = run("companies", path)
    row = db.session.scalars(select(Organisation).where(Organisation.name == "Lasloods")).one()
    assert row.contact_email == "info@lasloods.example" and "no address" in str(lines)
    assert "lasloods.example" not in client.get(f"/organisaties/{row.id}").text
    assert {line.result for line in run("companies", path).values()} == {"unchanged"}


def run(what: str, path: Path, *, publish: bool = True, dry_run: bool = False) -> dict[str, Line]:
    """Import a file; its lines by key."""
    read, write = PAIRS[what]
    rows, lines = read(path)
    with transaction():
        lines += write(rows, now(), publish=publish, dry_run=dry_run)  # type: ignore[operator]
    return {line.key: line for line in lines}


def results(lines: dict[str, Line]) -> dict[str, str]:
    return {key: line.result for key, line in lines.items()}


def file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def offer(ref: str) -> Any:
    return db.session.scalars(select(Offer).where(Offer.source_id == ref)).one()


@pytest.fixture(autouse=True)
def _country(app: Flask) -> None:
    factories.region()


def test_an_offer_arrives_with_everything_the_file_says(tmp_path: Path) -> None:
    lines = run("offers", file(tmp_path, OFFERS))
    assert results(lines) == {"o1": "new", "o2": "new"}
    assert "techniek" in lines["o1"].reason
    first, second = offer("o1"), offer("o2")
    assert (first.state, first.kind, first.cost_cents, first.duration_minutes, first.max_pupils) == ("published", "workshop", 1250, 90, 15)
    assert first.levels == mask(["vmbo_onderbouw", "po_7_8"]) and first.themes == ["robots"] and first.language == "nl"
    assert (second.kind, second.cost_cents, second.duration_minutes, second.language) == ("site_visit", 0, 60, "en")
    company = db.session.get_one(Organisation, first.organisation_id)
    assert company.id == second.organisation_id
    assert (company.state, company.claimed, company.source, company.municipality) == ("approved", False, "import", "Helmond")
    assert company.region_id and company.offers_approved
    point = db.session.scalars(select(StartingPoint).where(StartingPoint.offer_id == first.id)).one()
    assert point.radius_km == 20 and abs(point.lat - 51.48) < 0.05


def test_the_same_file_twice_changes_nothing_and_another_updates(tmp_path: Path) -> None:
    run("offers", file(tmp_path, OFFERS))
    assert results(run("offers", file(tmp_path, OFFERS))) == {"o1": "unchanged", "o2": "unchanged"}
    lines = run("offers", file(tmp_path, OFFERS.replace("Lassen doe je zo", "Lassen doe je zelf").replace('"15","20"', '"15","35"')))
    assert results(lines) == {"o1": "changed", "o2": "unchanged"}
    assert "title" in lines["o1"].reason and "radius_km" in lines["o1"].reason
    assert offer("o1").title == "Lassen doe je zelf"
    assert (count(Offer), count(Organisation), count(StartingPoint)) == (2, 1, 2)


def test_without_publish_it_waits_for_the_coordinator_until_the_administrator_says_so(tmp_path: Path) -> None:
    run("offers", file(tmp_path, OFFERS), publish=False)
    assert offer("o1").state == "submitted"
    assert set(db.session.scalars(select(Case.reason).where(Case.open_key.is_not(None)))) == {"new_organisation", "first_offer"}
    assert results(run("offers", file(tmp_path, OFFERS))) == {"o1": "changed", "o2": "changed"}
    assert offer("o1").state == "published"
    assert db.session.scalars(select(Organisation.state)).all() == ["approved"]
    assert set(db.session.scalars(select(Case.decision))) == {"approved"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert results(run("offers", file(tmp_path, OFFERS), dry_run=True)) == {"o1": "new", "o2": "new"}
    assert count(Offer) == count(Organisation) == 0


def test_a_dutch_header_semicolons_and_windows_1252_are_read(tmp_path: Path) -> None:
    text = (
        "Kenmerk;Bedrijf;Titel;Omschrijving;Soort;Doelgroep;Thema's;Duur (minuten);Kosten;Max leerlingen;Reisafstand;Postcode;Plaats\n"
        "7;Café Één;Koffie zétten;Hoe werkt een crème?;Gastles;po_7_8|po_5_6;voeding;45;€ 10;25;15 km;9711AB;Groningen\n"
    )
    assert results(run("offers", file(tmp_path, text, "cp1252"))) == {"7": "new"}
    row = offer("7")
    assert (row.title, row.kind, row.cost_cents, row.max_pupils) == ("Koffie zétten", "guest_lesson", 1000, 25)
    assert row.levels == mask(["po_5_6", "po_7_8"])
    assert db.session.scalars(select(Organisation.name)).one() == "Café Één"


def test_rows_that_cannot_be_used_are_refused_with_their_number_and_why(tmp_path: Path) -> None:
    head = "id,company,title,kind,levels,duration_minutes,travel_km,postcode,place\n"
    lines = run("offers", file(tmp_path, head + "\n".join([
        "a,X,Titel,poppenkast,po_7_8,60,10,5701 AB,Helmond",
        "b,X,Titel,guest_lesson,kleuters?,60,10,5701 AB,Helmond",
        "c,X,Titel,guest_lesson,po_7_8,60,10,0000 ZZ,Nergenshuizen",
        "d,,Titel,guest_lesson,po_7_8,60,10,5701 AB,Helmond",
        "e,X,,guest_lesson,po_7_8,60,10,5701 AB,Helmond",
        "f,X,Goed,guest_lesson,po_7_8;marsmannetjes,lang,10,0000 ZZ,Helmond",
        "f,X,Dubbel,guest_lesson,po_7_8,60,10,5701 AB,Helmond",
        "g,X,Ver,guest_lesson,po_7_8,60,,5701 AB,Helmond",
    ])))  # fmt: skip
    assert {key: line.row for key, line in lines.items()} == {"a": 2, "b": 3, "c": 4, "d": 5, "e": 6, "f": 7, "g": 9}
    assert {key for key, line in lines.items() if line.result == "refused"} == {"a", "b", "c", "d", "e"}
    assert "poppenkast" in lines["a"].reason and "kleuters" in lines["b"].reason and "Nergenshuizen" in lines["c"].reason
    assert all(word in lines["f"].reason for word in ("marsmannetjes", "lang", "0000 ZZ"))
    assert "reach" in lines["g"].reason
    assert offer("f").duration_minutes is None and count(Offer) == 2


def test_a_file_without_a_needed_column_says_which(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="levels"):
        read_offers(file(tmp_path, "company,title,kind\nX,Y,workshop\n"))


def test_what_a_company_has_itself_is_left_alone_and_a_blocked_one_refused(tmp_path: Path) -> None:
    run("offers", file(tmp_path, OFFERS))
    company = db.session.scalars(select(Organisation)).one()
    with transaction():
        db.session.get_one(Organisation, company.id).claimed = True
    assert results(run("offers", file(tmp_path, OFFERS.replace("vonken", "sterren")))) == {"o1": "unchanged", "o2": "unchanged"}
    with transaction():
        db.session.get_one(Organisation, company.id).state = "blocked"
    assert results(run("offers", file(tmp_path, OFFERS))) == {"o1": "refused", "o2": "refused"}


def test_long_texts_are_cut_at_a_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    text = " ".join(f"Dit is zin nummer {n} over lassen." for n in range(30))
    run("offers", file(tmp_path, OFFERS.replace("Je last zelf een naamplaatje.", text)))
    row = offer("o1")
    assert len(row.summary) <= 400 and row.summary.endswith(".") and f"{row.summary} {row.activity}" == text


def test_companies_are_known_by_id_by_kvk_and_by_name_and_place(tmp_path: Path) -> None:
    text = "id,naam,kvk-nummer,website,postcode,plaats\n1,Lasloods,12345678,lasloods.nl,5701 AB,Helmond\n2,Vonk,1234,,9711 AB,Groningen\n"
    lines = run("companies", file(tmp_path, text))
    assert results(lines) == {"1": "new", "2": "new"} and "1234" in lines["2"].reason
    assert results(run("companies", file(tmp_path, text))) == {"1": "unchanged", "2": "unchanged"}
    moved = text.replace("1,Lasloods", "9,Lasloods BV").replace("5701 AB,Helmond", "5611 AA,Eindhoven")
    assert results(run("companies", file(tmp_path, moved))) == {"9": "changed", "2": "unchanged"}
    row = db.session.scalars(select(Organisation).where(Organisation.kvk == "12345678")).one()
    assert (row.name, row.municipality, row.name_key, row.website) == ("Lasloods BV", "Eindhoven", "lasloods bv", "https://lasloods.nl")
    run("offers", file(tmp_path, OFFERS.replace("Lasloods", "Vonk").replace("5701 AB", "9711 AB").replace("Helmond", "Groningen")))
    assert count(Organisation) == 2


def test_the_relevance_set_comes_in_whole_and_is_suggested(app: Flask) -> None:
    assert set(results(run("offers", SET / "offers.csv")).values()) == {"new"}
    assert set(results(run("requests", SET / "requests.csv")).values()) == {"new"}
    assert set(results(run("requests", SET / "requests.csv")).values()) == {"unchanged"}
    requests = db.session.scalars(select(SupportRequest)).all()
    assert len(requests) == 24 and {r.state for r in requests} == {"open"}
    school = db.session.get_one(Organisation, requests[0].organisation_id)
    assert school.sector and school.levels & requests[0].levels == requests[0].levels and not school.claimed
    assert engine(at_once=True).status().supplies == 100


def test_requests_without_the_administrators_word_are_drafts(tmp_path: Path) -> None:
    text = "id,school,titel,omschrijving,groepen,leerlingen,postcode,plaats\n1,De Regenboog,,Wij willen graag een robot zien.,groep 7,28,5701 AB,Helmond\n"
    assert results(run("requests", file(tmp_path, text), publish=False)) == {"1": "new"}
    row = db.session.scalars(select(SupportRequest)).one()
    assert (row.state, row.title, row.pupils) == ("draft", "Wij willen graag een robot zien", 28)
    assert results(run("requests", file(tmp_path, text))) == {"1": "changed"}
    db.session.expire_all()
    assert db.session.scalars(select(SupportRequest.state)).one() == "open"
    assert db.session.scalars(select(Organisation.state)).one() == "approved"
