"""The queue: who sees it, what a decision does, and that nothing is decided twice."""

import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.core.audit import AuditEntry
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.jobs import Job
from techfinder.moderation import queries, service
from techfinder.moderation.models import Case, Flag
from techfinder.offers import service as offers
from techfinder.offers.models import Offer
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.rules import SECOND_THOUGHTS
from tests import factories as f
from tests.conversations.world import World as Talk


@pytest.fixture
def world(app):
    """Two regions below one country, each with a coordinator, and a company with a first offer in the first."""

    class World:
        land = f.region("Nederland")
        here, there = f.region("Hier", land, "Helmond"), f.region("Daar", land)
        ann, bob = f.coordinator(here, name="Ann"), f.coordinator(there, name="Bob")
        above = f.coordinator(land, name="Cor")
        company = f.company(offers_approved=0, region_id=here.id)
        maker = f.member(company)

    w = World()
    draft = f.offer(w.company, state="draft", published_at=None, author_id=w.maker.id)
    person = f.actor_of(w.maker)
    with transaction():
        offers.submit(person, draft.id)
    w.offer = db.session.get(Offer, draft.id)
    w.case = db.session.scalars(select(Case)).one()
    return w


def decide(person, case, decision, note="", **more):
    actor = f.actor_of(person)
    with transaction():
        service.decide(actor, case.id, decision, note, **more)


def test_a_first_offer_waits_in_its_own_region_and_above(world):
    seen = {n: len(queries.queue(f.actor_of(p))) for n, p in (("ann", world.ann), ("bob", world.bob), ("cor", world.above))}
    assert seen == {"ann": 1, "bob": 0, "cor": 1}
    mail = [j.payload for j in db.session.scalars(select(Job)) if j.kind == "mail.send"]
    assert [m["to"] for m in mail] == [world.ann.email] and world.offer.title in mail[0]["text"]


def test_without_an_active_coordinator_the_case_goes_up(app):
    land = f.region("Nederland")
    empty = f.region("Leeg", land)
    cor = f.coordinator(land)
    with transaction():
        service.open_case("organisation", 1, "new_organisation", region_id=empty.id, organisation_id=None)
    assert [j.payload["to"] for j in db.session.scalars(select(Job))] == [cor.email]


def test_approving_publishes_and_leaves_a_trace(world):
    decide(world.ann, world.case, "approve")
    assert db.session.get(Offer, world.offer.id).state == "published"
    assert db.session.get(Organisation, world.company.id).offers_approved == 1
    actions = {a.action for a in db.session.scalars(select(AuditEntry))}
    assert {"offer.approve", "case.approved"} <= actions
    assert queries.queue(f.actor_of(world.ann)) == []


def test_a_neighbour_cannot_decide_and_learns_nothing(world):
    with pytest.raises(NotVisible):
        decide(world.bob, world.case, "approve")
    reader = f.coordinator(world.here, role="reader")
    with pytest.raises(NotVisible):
        decide(reader, world.case, "approve")


def test_returning_needs_a_reason_and_mails_it(world):
    with pytest.raises(RuleBroken, match="case.reason"):
        decide(world.ann, world.case, "return")
    decide(world.ann, world.case, "return", "Zet erbij wat het kost.")
    assert db.session.get(Offer, world.offer.id).state_reason == "Zet erbij wat het kost."
    texts = [j.payload["text"] for j in db.session.scalars(select(Job)) if j.payload.get("to") == world.maker.email]
    assert any("Zet erbij wat het kost." in t for t in texts)
    pages = [j.payload["html"] for j in db.session.scalars(select(Job)) if j.payload.get("template") == "offers/decided"]
    assert len(pages) == 1 and world.offer.title in pages[0] and "Zet erbij wat het kost." in pages[0] and f"/aanbod/{world.offer.id}/bewerk" in pages[0]


def test_a_case_is_decided_once(world):
    decide(world.ann, world.case, "approve")
    with pytest.raises(RuleBroken, match="case.decided"):
        decide(world.above, world.case, "reject", "Toch niet.")
    assert db.session.get(Offer, world.offer.id).state == "published"


def test_a_withdrawn_offer_leaves_the_queue(world):
    person = f.actor_of(world.maker)
    with transaction():
        offers.withdraw(person, world.offer.id)
    assert queries.queue(f.actor_of(world.ann)) == []


def test_the_pages_work_for_the_coordinator_and_do_not_exist_for_others(world, client):
    path = f"/regio/{world.here.slug}/beoordelen"
    f.sign_in(client, world.ann)
    page = client.get(path).text
    assert "Bouw een robot" in page and "eerste aanbod" in page
    assert "Leerlingen programmeren." in client.get(f"{path}/{world.case.id}").text
    answer = client.post(f"{path}/{world.case.id}", data={"decision": "return", "note": ""})
    assert answer.status_code == 422 and "Schrijf kort waarom" in answer.text
    assert client.post(f"{path}/{world.case.id}", data={"decision": "approve"}).status_code == 302
    assert "goedgekeurd" in client.get(f"/regio/{world.here.slug}/besloten").text
    for person, status in ((world.bob, 404), (world.maker, 404)):
        other = client.application.test_client()
        f.sign_in(other, person)
        assert other.get(path).status_code == status, person.name


def test_a_company_that_waits_is_decided_about_before_its_offer(world, client):
    new = f.company(name="Nieuwkomer", state="pending", offers_approved=0, region_id=world.here.id, website="https://nieuwkomer.example")
    maker = f.member(new, name="Ina Nieuw", email="ina@nieuwkomer.example")
    draft = f.offer(new, state="draft", published_at=None, title="Eerste les", author_id=maker.id)
    with transaction():
        offers.submit(f.actor_of(maker), draft.id)
        case = service.open_case("organisation", new.id, "new_organisation", region_id=world.here.id, organisation_id=new.id)
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen"
    line = client.get(path).text.split("Eerste les")[-2]
    assert "beoordeel eerst het bedrijf" in client.get(path).text and "Keur goed" not in line
    of_offer = db.session.scalars(select(Case).where(Case.kind == "offer", Case.ref == draft.id)).one()
    page = client.get(f"{path}/{of_offer.id}").text
    assert f"{path}/{case.id}" in page and "Keur goed" not in page and "Stuur terug" in page
    page = client.get(f"{path}/{case.id}").text
    assert "Ina Nieuw" in page and "ina@nieuwkomer.example" in page and "mailadres hoort bij de website" in page
    assert f"/aanbod/{draft.id}" in page


def test_every_change_that_schools_will_read_shows_to_the_coordinator(world, client):
    public = f.offer(world.company, author_id=world.maker.id, max_groups_per_day=2, weekdays=2)
    copy = f.offer(world.company, state="submitted", replaces_id=public.id, max_groups_per_day=5, weekdays=4, language="en")
    with transaction():
        case = service.open_case("offer", copy.id, "changed_offer", region_id=world.here.id, organisation_id=world.company.id)
    f.sign_in(client, world.ann)
    page = client.get(f"/regio/{world.here.slug}/beoordelen/{case.id}").text
    for label in ("Groep: eerst", "Wanneer: eerst", "Taal: eerst"):
        assert label in page
    assert client.post(f"/regio/{world.here.slug}/beoordelen/{case.id}", data={"decision": "approve"}).status_code == 302
    assert "bestaat niet meer" not in client.get(f"/regio/{world.here.slug}/besloten").text


def test_a_coordinator_can_come_back_on_an_approval(world, client):
    decide(world.ann, world.case, "approve")
    path = f"/regio/{world.here.slug}/beoordelen/{world.case.id}"
    f.sign_in(client, world.ann)
    assert "Haal toch van de site" in client.get(path).text
    assert client.post(path, data={"decision": "take_down", "note": " "}).status_code == 422
    assert client.post(path, data={"decision": "take_down", "note": "Toch te duur"}).status_code == 302
    assert (world.offer.state, world.offer.state_reason) == ("returned", "Toch te duur")
    with pytest.raises(NotVisible), transaction():
        service.take_down(f.actor_of(world.bob), world.case.id, "Van verre")


def mails_about(template):
    return [j for j in db.session.scalars(select(Job)) if j.payload.get("template") == template]


def test_an_approval_is_undone_before_anybody_is_told(world, client):
    path = f"/regio/{world.here.slug}/beoordelen"
    f.sign_in(client, world.ann)
    answer = client.post(f"{path}/{world.case.id}", data={"decision": "approve", "seen": world.offer.version}, follow_redirects=True)
    assert "goedgekeurd" in answer.text and "Maak ongedaan" in answer.text
    assert world.offer.state == "published" and [j.run_at > j.created_at for j in mails_about("offers/decided")] == [True]
    answer = client.post(path, data={"decision": "undo", "zaak": str(world.case.id)}, follow_redirects=True)
    assert "Ongedaan gemaakt" in answer.text and "Jouw besluit" in answer.text
    assert (world.offer.state, world.company.offers_approved, mails_about("offers/decided")) == ("submitted", 0, [])
    assert [i.case.id for i in queries.queue(f.actor_of(world.ann))] == [world.case.id]
    assert "case.undone" in {a.action for a in db.session.scalars(select(AuditEntry))}


@pytest.mark.parametrize("make", [f.company, f.school])
def test_who_was_vouched_for_with_an_undone_approval_waits_again(world, make):
    place = make(state="pending", region_id=world.here.id)
    founder, known = f.member(place, verified=False), f.member(place, role="member")
    ann = f.actor_of(world.ann)

    def verified(person):
        return db.session.scalars(select(Membership.verified_at).where(Membership.user_id == person.id)).one() is not None

    with transaction():
        organisations.decide_organisation(ann, place.id, "approved")
    assert verified(founder) and verified(known)
    with transaction():
        organisations.reconsider(ann, place.id)
    assert not verified(founder) and verified(known)


def test_an_approval_that_was_told_is_not_undone_in_silence(world, client):
    decide(world.ann, world.case, "approve")
    late = world.case.decided_at + SECOND_THOUGHTS
    with pytest.raises(RuleBroken, match="case.undo_late"), transaction():
        service.undo(f.actor_of(world.ann), world.case.id, at=late)
    with pytest.raises(NotVisible), transaction():
        service.undo(f.actor_of(world.bob), world.case.id)
    assert world.offer.state == "published" and len(mails_about("offers/decided")) == 1


def test_what_was_sent_back_once_still_waits_after_an_undone_approval(world):
    maker = f.actor_of(world.maker)
    with transaction():
        db.session.get(Organisation, world.company.id).offers_approved = 1
    decide(world.ann, world.case, "return", "Wat kost het?")
    with transaction():
        offers.submit(maker, world.offer.id)
    again = db.session.scalars(select(Case).where(Case.open_key.is_not(None))).one()
    decide(world.ann, again, "approve")
    with transaction():
        service.undo(f.actor_of(world.ann), again.id)
    with transaction():
        offers.withdraw(maker, world.offer.id)
        offers.submit(maker, world.offer.id)
    assert world.offer.state == "submitted"


def test_several_are_approved_at_once_and_what_changed_meanwhile_is_not(world, client):
    new, other = (f.company(name=n, state="pending", offers_approved=0, region_id=world.here.id) for n in ("Eerste", "Tweede"))
    draft = f.offer(new, state="draft", published_at=None, author_id=f.member(new).id)
    with transaction():
        cases = [
            service.open_case("organisation", o.id, "new_organisation", region_id=world.here.id, organisation_id=o.id) for o in (new, other)
        ]
        offers.submit(f.actor_of(db.session.get(User, draft.author_id)), draft.id)
    of_draft = db.session.scalars(select(Case).where(Case.kind == "offer", Case.ref == draft.id)).one()
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen"
    ticks = re.findall(r'name="zaak" value="([0-9-]+)"', client.get(path).text)
    assert len(ticks) == 3, "an offer of a company that still waits has no box"
    with transaction():
        db.session.get(Organisation, other.id).about = "Iets heel anders."
    answer = client.post(path, data={"decision": "approve", "zaak": [*ticks, f"{of_draft.id}"]}, follow_redirects=True)
    assert "3 actiepunten zijn goedgekeurd" in answer.text and "Tweede: Dit is intussen gewijzigd" in html.unescape(answer.text)
    states = [db.session.get(m, i).state for m, i in ((Organisation, new.id), (Organisation, other.id), (Offer, draft.id), (Offer, world.offer.id))]
    assert states == ["approved", "pending", "published", "published"]
    audited = [a.ref for a in db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.approved"))]
    assert sorted(audited) == sorted([world.case.id, cases[0].id, of_draft.id])
    assert "Kies eerst" in client.post(path, data={"decision": "approve"}, follow_redirects=True).text


def test_a_decision_opens_the_next_case(world, client):
    new = f.company(state="pending", region_id=world.here.id)
    with transaction():
        later = service.open_case("organisation", new.id, "new_organisation", region_id=world.here.id, organisation_id=new.id)
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen"
    assert client.post(f"{path}/{world.case.id}", data={"decision": "approve"}).location == f"{path}/{later.id}?net={world.case.id}"
    assert "is goedgekeurd" in client.get(f"{path}/{later.id}?net={world.case.id}").text
    answer = client.post(f"{path}/{later.id}", data={"decision": "reject", "note": "Bestaat niet."})
    assert answer.location == f"{path}?net={later.id}" and "Maak ongedaan" not in client.get(answer.location).text


def test_who_chose_a_kind_stays_with_it(world, client):
    new = f.company(state="pending", region_id=world.here.id)
    with transaction():
        service.open_case("organisation", new.id, "new_organisation", region_id=world.here.id, organisation_id=new.id)
    second = f.offer(world.company, state="draft", published_at=None, author_id=world.maker.id)
    with transaction():
        offers.submit(f.actor_of(world.maker), second.id)
    last = db.session.scalars(select(Case).where(Case.kind == "offer", Case.ref == second.id)).one()
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen"
    link = html.unescape(re.search(rf'href="({path}/{world.case.id}[^"]*)"', client.get(f"{path}?soort=offer").text)[1])
    onward = client.post(link, data={"decision": "approve"}).location
    assert onward.startswith(f"{path}/{last.id}?"), "past the company that came in between"
    after = client.post(onward, data={"decision": "approve"}, follow_redirects=True)
    assert new.name in after.text, "of this kind nothing waits any more: the list shows all that does"


def test_nobody_is_led_to_an_offer_that_waits_for_its_company(world, client):
    new = f.company(state="pending", offers_approved=0, region_id=world.here.id)
    maker = f.member(new)
    early = f.offer(new, state="draft", published_at=None, author_id=maker.id)
    with transaction():
        offers.submit(f.actor_of(maker), early.id)
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen"
    answer = client.post(f"{path}/{world.case.id}?soort=offer", data={"decision": "approve"})
    assert answer.location.startswith(f"{path}?"), "only an offer is left that cannot be approved yet"
    assert early.title in client.get(answer.location).text


def test_who_judges_a_corrected_offer_reads_what_was_asked(world, client):
    decide(world.ann, world.case, "return", "Zet de kosten erbij.")
    with transaction():
        offers.submit(f.actor_of(world.maker), world.offer.id)
    again = db.session.scalars(select(Case).where(Case.open_key.is_not(None))).one()
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen/{again.id}"
    page = client.get(path).text
    assert "Zet de kosten erbij." in page and "niets aan de tekst veranderd" in page
    client.post(path, data={"decision": "approve"})
    assert "Zet de kosten erbij." not in client.get(path).text


def test_who_judges_a_corrected_first_offer_reads_what_changed_since(world, client):
    maker, home = f.actor_of(world.maker), world.offer.points[0]
    with transaction():
        row = db.session.get(Offer, world.offer.id)
        row.contact_email, row.contact_name = "geheim@bedrijf.example", "Geheime Gerda"
        row.period_from, row.summary = date(2027, 3, 1), "Een les over robots."
        row.points[0].personal, row.points[0].postcode = True, "5701 XB"
    decide(world.ann, world.case, "return", "Welke robots?")
    kept = str(db.session.get(Offer, world.offer.id).judged)
    assert "robots" in kept and not any(word in kept for word in ("geheim", "Geheime", "5701", str(home.lat)))
    with transaction():
        offers.save_draft(maker, world.offer.id, {"summary": "Een les over drones.", "period_from": date(2027, 4, 1)})
        offers.submit(maker, world.offer.id)
    again = db.session.scalars(select(Case).where(Case.open_key.is_not(None))).one()
    f.sign_in(client, world.ann)
    page = client.get(f"/regio/{world.here.slug}/beoordelen/{again.id}").text
    assert "<del>robots.</del>" in page and "<ins>drones.</ins>" in page and "Samenvatting: eerst" in page
    assert '<h2 class="h4">Wat is er veranderd?' in page, "no level of headings is skipped"
    assert "Wanneer: eerst" in page and "Vanaf: eerst" not in page and "Titel: eerst" not in page, "only what changed"


def flag_link(page):
    """Where "Meld een probleem" on a page leads."""
    return html.unescape(re.search(r'href="(/melden[^"]+)"', page)[1])


def test_anybody_reports_an_offer_and_the_coordinator_takes_it_down(world, client):
    decide(world.ann, world.case, "approve")
    address = flag_link(client.get(f"/aanbod/{world.offer.id}").text)
    assert client.get(address).status_code == 200
    assert "Kies wat er aan de hand is" in client.post(address, data={"text": "Hm"}).text
    assert client.post(address, data={"reason": "wrong", "text": "Het kost wél geld."}).status_code == 200
    report = db.session.scalars(select(Case).where(Case.kind == "flag")).one()
    desk = client.application.test_client()
    f.sign_in(desk, world.ann)
    bare = desk.post(f"/regio/{world.here.slug}/beoordelen/{report.id}", data={"decision": "handle"})
    assert bare.status_code == 422 and "wat je hebt gedaan" in bare.text and "gaat per mail naar de organisatie" not in bare.text
    decide(world.ann, report, "handle", "Kosten staan er niet bij.", take_down=True)
    assert db.session.get(Offer, world.offer.id).state == "returned"
    assert db.session.scalars(select(Flag)).one().text == "Het kost wél geld."
    assert client.get("/melden?soort=offer&id=999999").status_code == 404
    assert client.get(address).status_code == 404


def test_a_report_shows_what_it_is_about(app, client):
    talk = Talk()
    here = f.region("Hier", f.region("Nederland"), "Helmond")
    ann, reporter = f.coordinator(here), f.actor_of(talk.engineer)
    with transaction():
        for group in (talk.school, talk.company):
            db.session.get(Organisation, group.id).region_id = here.id
    with transaction():
        for kind, ref in (("support_request", talk.request.id), ("organisation", talk.school.id)):
            service.flag(reporter, kind, ref, "other", f"Over {kind}")
    f.sign_in(client, ann)
    pages = [client.get(f"/regio/{here.slug}/beoordelen/{c.id}").text for c in db.session.scalars(select(Case).order_by(Case.id))]
    assert talk.request.description in pages[0] and f"/aanvragen/{talk.request.id}" in pages[0]
    assert talk.school.name in pages[1] and f'href="/organisaties/{talk.school.id}"' in pages[1]


def test_a_message_is_reported_from_the_conversation(app, client):
    talk = Talk()
    ident = talk.ask()
    f.sign_in(client, talk.engineer)
    address = flag_link(client.get(f"/berichten/{ident}").text)
    assert client.post(address, data={"reason": "spam"}).status_code == 200
    assert db.session.scalars(select(Flag)).one().kind == "message"
