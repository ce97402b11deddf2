"""A company takes as many unanswered requests as it chose."""

from datetime import timedelta

import pytest

from techfinder.conversations import service
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.periodic import run_periodic
from techfinder.organisations.models import Organisation
from techfinder.organisations.service import edit_organisation
from techfinder.organisations.service.edit import Changes
from tests import factories as f
from tests.conversations.world import AT, World, conversation


@pytest.fixture
def small(app):
    """A company that takes one at a time, and one school that asked."""
    world = World(max_open_requests=1)
    world.ident = world.ask()
    return world


def company(world):
    return db.session.get(Organisation, world.company.id, populate_existing=True)


def test_a_full_company_says_until_when(small):
    assert company(small).full_until == conversation(small.ident).due_at
    request = small.other_request()
    with pytest.raises(RuleBroken) as refused:
        small.ask(db.session.get(f.User, request.author_id), request=request)
    assert refused.value.code == "conversation.full" and "december" in refused.value.sentence


@pytest.mark.parametrize("how", ["answer", "even niet", "close"])
def test_an_answer_frees_the_place(small, how):
    if how == "answer":
        small.reply(small.engineer, small.ident)
    elif how == "even niet":
        small.decline(small.engineer, small.ident)
    else:
        with transaction():
            service.close(f.actor_of(small.teacher), small.ident, "c1", at=AT)
    assert company(small).full_until is None and company(small).open_requests == 0
    request = small.other_request()
    assert small.ask(db.session.get(f.User, request.author_id), request=request) != small.ident


def test_a_request_that_waited_too_long_takes_no_place(small):
    later = conversation(small.ident).due_at + timedelta(minutes=1)
    with transaction():
        service.reopen_due(later)
    assert company(small).full_until is None


def test_the_worker_opens_a_full_company_again_by_itself_and_its_page_says_so(small, client):
    path = f"/aanbod/{small.offer.id}"
    f.sign_in(client, small.colleague)
    assert "vol tot" in client.get(path).text
    with transaction():  # the days that were given have passed
        conversation(small.ident).due_at = company(small).full_until = now() - timedelta(minutes=1)
    run_periodic(now())
    assert company(small).full_until is None and company(small).open_requests == 0 and "vol tot" not in client.get(path).text
    request = small.other_request()
    assert small.ask(db.session.get(f.User, request.author_id), request=request, at=now()) != small.ident


@pytest.mark.parametrize(("before", "after", "full"), [(1, 2, False), (2, 1, True)])
def test_a_new_number_of_places_counts_at_once(app, before, after, full):
    world = World(max_open_requests=before)
    world.ask(at=now())
    with transaction():
        edit_organisation(f.actor_of(world.engineer), world.company.id, Changes(max_open_requests=after))
    assert (company(world).full_until is not None) is full and company(world).open_requests == 1


def test_who_puts_itself_forward_takes_no_place_of_its_own(app):
    world = World(max_open_requests=1)
    world.propose()
    assert company(world).open_requests == 0
