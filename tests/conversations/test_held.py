"""What somebody writes for whom nobody vouched yet: visible to the own side, and out in order after the decision."""

import pytest
from sqlalchemy import select

from techfinder.conversations import queries
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotVisible
from techfinder.core.permissions import SYSTEM
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.service import refuse_member, verify_member
from techfinder.support_requests import service as requests
from tests import factories as f
from tests.conversations.world import bodies, conversation, mails


@pytest.fixture
def held(world):
    """The newcomer asked, twice."""
    world.request = f.support_request(world.school, world.newcomer)
    world.ident = world.ask(world.newcomer, body="Eén")
    world.reply(world.newcomer, world.ident, "Twee")
    world.membership = db.session.scalar(select(Membership.id).where(Membership.user_id == world.newcomer.id))
    return world


def verify(world, decide=verify_member):
    with transaction():
        decide(f.actor_of(world.teacher) if decide is verify_member else SYSTEM, world.membership)


def test_the_other_side_knows_of_nothing(held):
    assert mails() == [] and conversation(held.ident).asked_at is None
    assert queries.list_for(f.actor_of(held.engineer)).items == []
    with pytest.raises(NotVisible):
        queries.one(f.actor_of(held.engineer), held.ident)
    assert db.session.get(Organisation, held.company.id).open_requests == 0
    assert bodies(held.newcomer, held.ident) == ["Eén", "Twee"] == bodies(held.teacher, held.ident)


def test_it_goes_out_in_order_when_the_member_is_verified(held):
    verify(held)
    assert bodies(held.engineer, held.ident) == ["Eén", "Twee"]
    assert [m["text"].count("Eén") for m in mails("conversations/new_message")] == [1, 0]
    row = conversation(held.ident)
    assert row.state == "waiting" and row.due_at and row.message_count == 2
    assert db.session.get(Organisation, held.company.id, populate_existing=True).open_requests == 1


def test_it_is_never_sent_when_the_member_is_refused(held):
    verify(held, refuse_member)
    assert mails("conversations/new_message") == [] and conversation(held.ident).state == "closed"
    assert {m.state for m in db.session.scalars(select(Message))} == {"withheld"}
    with pytest.raises(NotVisible):
        queries.one(f.actor_of(held.engineer), held.ident)


def test_a_reply_that_waited_is_new_to_who_read_on(world):
    """The company proposes, the newcomer's reply is held, the company writes more; then the reply comes out."""
    world.request = f.support_request(world.school, world.newcomer)
    ident = world.propose(body="Eén")
    world.reply(world.newcomer, ident, "Twee", "n1")
    assert conversation(ident).state == "waiting"
    world.reply(world.engineer, ident, "Drie", "n2")
    world.membership = db.session.scalar(select(Membership.id).where(Membership.user_id == world.newcomer.id))
    assert queries.unread_count(f.actor_of(world.engineer)) == 0
    verify(world)
    assert bodies(world.engineer, ident) == ["Eén", "Drie", "Twee"]
    assert queries.unread_count(f.actor_of(world.engineer)) == 1 and conversation(ident).state == "open"


def test_a_verified_colleague_who_writes_puts_the_question_without_what_waits(held):
    held.reply(held.teacher, held.ident, "Ik ken Noor: komen jullie?", "v1")
    assert bodies(held.engineer, held.ident) == ["Ik ken Noor: komen jullie?"]
    assert conversation(held.ident).due_at is not None and len(mails()) == 1


def test_what_waited_for_a_request_that_was_withdrawn_stays_behind(held):
    with transaction():
        requests.withdraw(f.actor_of(held.newcomer), held.request.id)
    verify(held)
    assert mails("conversations/new_message") == []
    assert db.session.get(Conversation, held.ident).asked_at is None


def test_even_niet_of_a_newcomer_carries_no_text_of_its_own(world):
    world.request = f.support_request(world.school, world.newcomer)
    ident = world.propose()
    world.decline(world.newcomer, ident, text="Ongezien door wie dan ook")
    assert "Ongezien" not in " ".join(bodies(world.engineer, ident))
