"""An organisation's page, editing it, deciding about it, and the search that opens while one types."""

import pytest
from sqlalchemy import select

from techfinder.core.audit import AuditEntry
from techfinder.core.changes import changes_since, current_no
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken, Stale
from techfinder.core.jobs import enqueue, run_all
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.queries import find_schools, visible_organisation
from techfinder.organisations.sections import Section, _sources, add_section
from techfinder.organisations.service import decide_organisation, edit_organisation, resubmit, set_load
from techfinder.organisations.service.edit import Changes
from techfinder.reference.levels import mask
from techfinder.regions.models import RegionArea
from tests import factories
from tests.accounts.mails import mails

pytestmark = pytest.mark.usefixtures("app")


def fresh(row):
    db.session.expire_all()
    return db.session.get(Organisation, row.id)


def page(row):
    return f"/organisaties/{row.id}"


def test_anybody_sees_an_approved_company_and_nobody_a_number_or_a_member(client):
    row = factories.company(name="Brandaris Robotica", about="Wij maken robots.", kvk="12345678", website="https://brandaris.example")
    person = factories.member(row, name="Noor Smit")
    text = client.get(page(row)).text
    assert "Wij maken robots." in text and "Helmond" in text and "https://brandaris.example" in text
    assert "12345678" not in text and "Noor Smit" not in text and person.email not in text and "bewerken" not in text


def test_a_returned_company_reads_why_changes_it_and_offers_it_again(client):
    region = factories.region(municipality="Helmond")
    row = factories.company(state="pending", region_id=region.id)
    owner = factories.member(row)
    judge = factories.actor_of(factories.coordinator(region))
    with transaction(), pytest.raises(RuleBroken, match="note_needed"):
        decide_organisation(judge, row.id, "returned", " ")
    with transaction():
        decide_organisation(judge, row.id, "returned", "Wat maken jullie precies?")
    mail = mails(owner.email)[-1]
    assert "Wat maken jullie precies?" in mail["text"] and "Pas iets aan" in mail["subject"]
    factories.sign_in(client, owner)
    assert "Wat maken jullie precies?" in client.get(page(row)).text
    changed = {"version": fresh(row).version, "name": "Brandaris", "about": "Robots.", "postcode": "5701 AB", "max_open_requests": "3"}
    assert client.post(page(row) + "/bewerken", data=changed).status_code == 302
    assert client.post(page(row) + "/opnieuw").status_code == 302
    assert (fresh(row).state, fresh(row).name, fresh(row).max_open_requests) == ("pending", "Brandaris", 3)
    with transaction():
        decide_organisation(judge, row.id, "approved")
    assert fresh(row).state == "approved"
    assert set(db.session.scalars(select(AuditEntry.action))) >= {"organisation.returned", "organisation.resubmitted", "organisation.approved"}
    with transaction(), pytest.raises(RuleBroken, match="organisation.step"):
        resubmit(factories.actor_of(owner), row.id)


def test_deciding_belongs_to_the_region_and_above(client):
    country = factories.region()
    here, there = factories.region(parent=country), factories.region(parent=country)
    waiting, public = (factories.company(state=s, region_id=here.id) for s in ("pending", "approved"))
    outsider = factories.actor_of(factories.coordinator(there))
    with transaction(), pytest.raises(NotVisible):
        decide_organisation(outsider, waiting.id, "approved")
    with transaction(), pytest.raises(NotAllowed):
        decide_organisation(outsider, public.id, "blocked", "Spam")
    factories.sign_in(client, factories.coordinator(country))
    assert "Haal van Techfinder" in client.get(page(public)).text
    typed = {"version": public.version, "decision": "blocked", "note": ""}
    answer = client.post(page(public) + "/besluit", data=typed)
    assert answer.status_code == 422 and "Schrijf erbij waarom" in answer.text and fresh(public).state == "approved"
    assert client.post(page(public) + "/besluit", data=typed | {"note": "Spam"}).status_code == 302
    assert fresh(public).state == "blocked" and fresh(public).state_reason == "Spam"


def test_approving_an_added_school_verifies_who_added_it():
    region = factories.region(municipality="Helmond")
    row = factories.school(state="pending", region_id=region.id)
    factories.member(row, verified=False)
    judge = factories.actor_of(factories.coordinator(region))
    with transaction():
        decide_organisation(judge, row.id, "approved")
    assert db.session.scalars(select(Membership)).one().verified_by == "coordinator"


def test_two_colleagues_who_edit_at_once_both_see_both_texts(client):
    row = factories.company(about="Oud")
    first, second = factories.member(row), factories.member(row, role="member")
    version = row.version
    with transaction():
        edit_organisation(factories.actor_of(first), row.id, Changes(about="Van de een"), version=version)
    factories.sign_in(client, second)
    typed = {"version": version, "about": "Van de ander", "postcode": "5701 AB", "max_open_requests": "2", "mail_text": "y"}
    answer = client.post(page(row) + "/bewerken", data=typed)
    assert answer.status_code == 409 and "Van de een" in answer.text and answer.text.count("Van de ander") == 2
    assert fresh(row).about == "Van de een"
    assert client.post(page(row) + "/bewerken", data=typed | {"version": fresh(row).version}).status_code == 302
    assert fresh(row).about == "Van de ander"
    with transaction(), pytest.raises(Stale):
        edit_organisation(factories.actor_of(first), row.id, Changes(about="Laat"), version=version)


def test_a_wrong_field_is_said_beside_it_and_what_was_typed_stays(client):
    row = factories.company()
    factories.sign_in(client, factories.member(row))
    typed = {"version": row.version, "about": "Blijft staan", "postcode": "5701 AB", "max_open_requests": "51", "website": "javascript:x"}
    answer = client.post(page(row) + "/bewerken", data=typed)
    assert answer.status_code == 422 and "Blijft staan" in answer.text and fresh(row).about == ""
    for sentence in ("Dit is geen adres van een website", "1 tot en met 50"):  # all at once
        assert sentence in answer.text


def test_a_half_level_stays_half_when_its_box_stays_ticked(client):
    row = factories.school(levels=mask(["po_7", "po_1_2"]))
    factories.sign_in(client, factories.member(row))
    typed = {"version": row.version, "postcode": "5701 AB", "levels": ["po_7_8", "po_3_4"]}
    assert client.post(page(row) + "/bewerken", data=typed).status_code == 302
    assert fresh(row).levels == mask(["po_7", "po_3_4"])
    assert client.post(page(row) + "/bewerken", data={"version": fresh(row).version, "postcode": "5701 AB"}).status_code == 422


def test_a_new_postcode_moves_the_school_with_its_region_and_holidays():
    here, there = factories.region(municipality="Helmond"), factories.region(municipality="Groningen")
    row = factories.school(region_id=here.id, holiday_region="zuid")
    owner = factories.actor_of(factories.member(row))
    with transaction():
        edit_organisation(owner, row.id, Changes(postcode="9711AA"))
    row = fresh(row)
    assert (row.postcode, row.place, row.region_id, row.holiday_region) == ("9711 AA", "Groningen", there.id, "noord")
    assert row.edited_fields == ["postcode"]


def test_an_edited_area_moves_all_its_organisations_by_a_job():
    here, there = factories.region(municipality="Helmond"), factories.region()
    rows = [factories.company(region_id=here.id), factories.school(region_id=here.id), factories.school(region_id=None, **factories.GRONINGEN)]
    with transaction():
        area = db.session.scalars(select(RegionArea)).one()
        area.region_id = there.id
        enqueue("regions.edited", {}, key="regions.edited")
    before = current_no()
    run_all()
    assert [fresh(row).region_id for row in rows[:2]] == [there.id] * 2
    assert {ref for kind, ref in changes_since(before).refs if kind == "organisation"} >= {rows[0].id, rows[1].id}


def test_load_is_logged_only_when_it_changes():
    row = factories.company()
    with transaction():
        set_load(row.id, 2, factories.AT)
    before = current_no()
    with transaction():
        set_load(row.id, 2, factories.AT)
    assert (fresh(row).open_requests, current_no()) == (2, before)


def test_later_packages_show_their_part_on_the_page(client, monkeypatch):
    row = factories.company()
    add_section(source := (lambda actor, organisation: Section("Aanbod", "organisations/_state.html", {"n": organisation.id})))
    try:
        assert "Aanbod</h2>" in client.get(page(row)).text
    finally:
        _sources.remove(source)


def test_schools_are_found_by_words_in_any_order_place_postcode_and_code(client):
    beer = factories.school(name="Basisschool De Kleine Beer", name_key="basisschool de kleine beer", brin="01AA00")
    hague = factories.school(name="Montessorischool", name_key="montessorischool", place="'s-Gravenhage", place_key="s gravenhage den haag", postcode="2511 AA")
    factories.school(name="De Kleine Beer dicht", name_key="de kleine beer dicht", closed_at=factories.AT)
    factories.company(name="De Kleine Beer bv", name_key="de kleine beer bv")
    for words in ("kleine beer helmond", "helmond BEER", "obs de kleine beer", "01aa00", "01 AA 00", "5701 AB", "5701 beer", "klein beer", "kleene beers"):
        assert [s.id for s in find_schools(words)][:1] == [beer.id], words
    for words in ("Den Haag", "s gravenhage montessori", "’s-Gravenhage"):
        assert [s.id for s in find_schools(words)] == [hague.id], words
    for words in ("", "   ", "%", "_", "'; drop table", "\\", "é" * 500, "zzzz", "*" * 50):
        assert isinstance(find_schools(words), list)
    answer = client.get("/scholen/zoek", query_string={"q": "kleine beer"}).json
    assert answer == [{"value": str(beer.id), "label": "Basisschool De Kleine Beer", "more": "Helmond"}]


def test_an_invisible_organisation_is_not_there():
    with pytest.raises(NotVisible):
        visible_organisation(factories.actor_of(factories.user()), factories.company(state="blocked").id)
