"""A company that an import brought in, where nobody works: a school's question reaches somebody all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from techfinder.conversations import queries, service
from techfinder.conversations.models import Conversation, Participant
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.moderation import service as moderation
from techfinder.moderation.models import Case
from techfinder.offers.models import Offer
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Membership, Organisation
from tests import factories as f
from tests.accounts.mails import link_in
from tests.conversations.world import AT, World, conversation, mails

ADDRESS = "info@brandaris.example"


class Unclaimed(World):
    """Nobody works at the company; its region and the school's have a coordinator each."""

    def __init__(self, **company):
        self.land = f.region("Nederland")
        self.here = f.region("Hier", self.land)
        self.ann = f.coordinator(self.here, name="Ann")
        super().__init__(claimed=False, source="import", region_id=self.here.id, **company)
        with transaction() as session:
            for row in session.query(Membership).filter_by(organisation_id=self.company.id):
                session.delete(row)

    def case(self):
        return db.session.scalars(select(Case).where(Case.open_key == f"organisation:{self.company.id}")).one_or_none()

    def decide(self, decision, note="", **more):
        with transaction():
            moderation.decide(f.actor_of(self.ann), self.case().id, decision, note, at=AT, **more)


def test_the_contact_address_gets_the_question_and_a_link_that_leads_to_it(app, client):
    world = Unclaimed(contact_email=ADDRESS)
    ident = world.ask(body="Komen jullie langs?")
    mail = mails("conversations/asked_unclaimed")[0]
    assert mail["to"] == ADDRESS and world.case() is None
    for part in ("De Kleine Beer", "Komen jullie langs?", "28", "Bouw een robot", "Marieke Jansen"):
        assert part in mail["text"] and part in mail["html"], part
    assert world.teacher.email not in mail["text"] + mail["html"]
    link = link_in(mail)
    assert "Brandaris Robotica" in client.get(link).text and not db.session.get(Organisation, world.company.id).claimed
    answer = client.post(link, data={"name": "Joost"})
    assert answer.location.endswith(f"/berichten/{ident}")
    page = client.get(answer.location).text
    assert "Komen jullie langs?" in page and "Ja, we komen graag" in page
    seat = db.session.scalars(select(Membership).where(Membership.organisation_id == world.company.id)).one()
    assert seat.role == "owner" and db.session.get(Organisation, world.company.id).claimed
    assert client.post(f"/berichten/{ident}", data={"body": "Graag!", "key": "x"}).status_code == 302
    assert conversation(ident).state == "open" and mails("conversations/new_message")[-1]["to"] == world.teacher.email


def test_what_somebody_else_asked_before_is_there_for_whoever_comes(app):
    world = Unclaimed(contact_email=ADDRESS)
    ids = {world.ask(), world.ask(person=None, offer=f.offer(world.company), key="k2")}
    with transaction():
        company = db.session.get(Organisation, world.company.id)
        raw = organisations.contact_link(company, "", AT).rpartition("/")[2]
        person, _ = organisations.accept_invitation(raw, "Joost", at=AT)
    assert queries.unread_count(f.actor_of(person)) == 2
    assert set(db.session.scalars(select(Participant.conversation_id).where(Participant.user_id == person.id))) == ids


def test_a_question_that_is_held_is_mailed_when_it_goes_out_and_not_before(app):
    world = Unclaimed(contact_email=ADDRESS)
    mine = f.support_request(world.school, world.newcomer)
    world.ask(world.newcomer, request=mine)
    assert mails("conversations/asked_unclaimed") == []
    with transaction():
        organisations.verify_member(f.actor_of(world.teacher), membership(world.newcomer).id)
    assert len(mails("conversations/asked_unclaimed")) == 1


def membership(person):
    return db.session.scalars(select(Membership).where(Membership.user_id == person.id)).one()


def test_without_an_address_the_coordinator_gets_one_case_and_both_know_how_it_stands(app, client):
    world = Unclaimed()
    ident = world.ask()
    world.ask(offer=f.offer(world.company), key="k2")
    case = world.case()
    assert (case.reason, case.region_id) == ("nobody_there", world.here.id)
    assert mails("moderation/something_waits")[0]["to"] == world.ann.email
    f.sign_in(client, world.teacher)
    assert "De coördinator van de regio zoekt contact" in client.get(f"/berichten/{ident}").text
    f.sign_in(client, world.ann)
    page = client.get(f"/regio/{world.here.slug}/beoordelen/{case.id}").text
    assert "De Kleine Beer, Helmond: Een les over robots" in page and "Mailadres van iemand" in page and "Keur goed" not in page


def test_the_coordinator_passes_every_question_on_to_the_address_that_was_found(app, client):
    world = Unclaimed()
    world.ask()
    world.ask(offer=f.offer(world.company), key="k2")
    f.sign_in(client, world.ann)
    path = f"/regio/{world.here.slug}/beoordelen/{world.case().id}"
    refused = client.post(path, data={"decision": "invite", "email": "info@"})
    assert refused.status_code == 422 and "geen volledig mailadres" in refused.text and world.case() is not None
    assert client.post(path, data={"decision": "invite", "email": ADDRESS}).status_code == 302
    assert [m["to"] for m in mails("conversations/asked_unclaimed")] == [ADDRESS, ADDRESS] and world.case() is None


def test_where_nobody_can_be_reached_the_schools_are_told_and_nobody_asks_in_vain(app, client):
    world = Unclaimed()
    ident = world.ask()
    world.decide("unreachable", "Het bedrijf is gestopt.")
    mail = mails("conversations/unreachable")[0]
    assert mail["to"] == world.teacher.email and "Het bedrijf is gestopt." in mail["text"]
    assert conversation(ident).state == "declined" and conversation(ident).due_at is None
    assert db.session.get(Offer, world.offer.id).state == "paused"
    assert db.session.get(Organisation, world.company.id).open_requests == 0
    f.sign_in(client, world.teacher)
    page = client.get(f"/berichten/{ident}").text
    assert "kon Brandaris Robotica niet bereiken" in page and "Het bedrijf is gestopt." in page and "Bekijk wie er nog past" in page
    world.reply(world.teacher, ident, "Echt niet?", at=AT + timedelta(days=1))
    assert conversation(ident).state == "waiting" and world.case() is not None, "a question again, and a case again"


def test_the_case_closes_by_itself_when_somebody_claims_the_company_and_no_other_case_does(app):
    world = Unclaimed()
    world.ask()
    pending = f.company(state="pending", region_id=world.here.id)
    founder, colleague = f.member(pending), f.member(pending, role="member", verified=False)
    with transaction():
        moderation.open_case("organisation", pending.id, "new_organisation", region_id=world.here.id, organisation_id=pending.id)
        organisations.verify_member(f.actor_of(founder), membership(colleague).id)
    assert db.session.scalar(select(func.count()).where(Case.open_key.is_not(None))) == 2
    newcomer = f.member(world.company, role="member", verified=False)
    with transaction():
        organisations.verify_member(f.actor_of(world.ann), membership(newcomer).id)
    assert world.case() is None and queries.unread_count(f.actor_of(newcomer)) == 1


def test_a_coordinator_cannot_approve_what_is_no_question_of_approval(app):
    world = Unclaimed()
    world.ask()
    for decision in ("approve", "reject"):
        with pytest.raises(Exception, match="^$"):
            world.decide(decision)
    with pytest.raises(RuleBroken, match="email_invalid"):
        world.decide("invite")


def test_a_company_where_people_work_hears_it_as_before(world):
    ident = world.ask()
    assert [m["template"] for m in mails()] == ["conversations/new_message"] and db.session.scalars(select(Case)).all() == []
    with transaction():
        service.close(f.actor_of(world.teacher), ident, "c1", at=AT)
    assert db.session.scalar(select(func.count(Conversation.id))) == 1
