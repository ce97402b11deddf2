"""News from requests: what was asked from an offer goes out at once, and what is no longer needed stops waiting."""

import pytest
from sqlalchemy import select

from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db, transaction
from techfinder.organisations.models import Organisation
from techfinder.support_requests import service as requests
from tests import factories as f
from tests.conversations.world import bodies, mails


@pytest.fixture
def draft(world):
    """A draft that was made from the offer."""
    world.draft = f.support_request(world.school, world.teacher, state="draft", published_at=None, offer_id=world.offer.id)
    return world


def publish(world, person=None):
    with transaction():
        requests.publish(f.actor_of(person or world.teacher), world.draft.id)


def only():
    return db.session.scalars(select(Conversation).execution_options(populate_existing=True)).one_or_none()


def test_a_request_made_from_an_offer_goes_to_its_company_at_once(draft):
    publish(draft)
    row = only()
    assert (row.offer_id, row.support_request_id, row.started_by, row.state) == (draft.offer.id, draft.draft.id, "school", "waiting")
    assert bodies(draft.engineer, row.id) == ["Wij zoeken iemand die een robot laat zien."]
    assert [m["to"] for m in mails("conversations/new_message")] == [draft.engineer.email]


def test_an_incomplete_one_and_one_for_nobody_start_nothing(draft):
    with transaction():
        db.session.merge(draft.draft).pupils = None
    publish(draft)
    draft.draft = f.support_request(draft.school, draft.teacher, state="draft", published_at=None)
    publish(draft)
    assert only() is None


def test_the_request_is_out_when_the_company_is_full(draft):
    with transaction():
        db.session.get(Organisation, draft.company.id).max_open_requests = 1
    draft.ask(at=None)
    publish(draft)
    assert only().support_request_id == draft.request.id
    assert db.session.get(type(draft.draft), draft.draft.id, populate_existing=True).state == "open"


def test_a_withdrawn_request_stops_waiting_and_frees_the_place(draft):
    publish(draft)
    with transaction():
        requests.withdraw(f.actor_of(draft.teacher), draft.draft.id)
    row = only()
    assert row.state == "closed" and row.due_at is None
    assert db.session.get(Organisation, draft.company.id, populate_existing=True).open_requests == 0
    assert db.session.scalars(select(Message.code).where(Message.kind == "system")).all() == ["request_closed"]


def test_a_request_that_is_put_out_again_is_asked_again_unless_the_company_answered(draft):
    publish(draft)
    with transaction():
        requests.withdraw(f.actor_of(draft.teacher), draft.draft.id)
    publish(draft)
    assert only().state == "waiting"
    draft.decline(draft.engineer, only().id)
    with transaction():
        requests.withdraw(f.actor_of(draft.teacher), draft.draft.id)
    publish(draft)
    assert only().state == "declined" and len(mails("conversations/new_message")) == 2


def test_talks_that_go_on_are_left_alone_when_the_request_is_fulfilled(draft):
    publish(draft)
    draft.reply(draft.engineer, only().id)
    with transaction():
        requests.fulfil(f.actor_of(draft.teacher), draft.draft.id)
    assert only().state == "open"
