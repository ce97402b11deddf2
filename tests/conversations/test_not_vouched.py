"""Whoever chooses a school from the list is nobody there yet: no way around leads to what colleagues say."""

import pytest

from techfinder.conversations import openings, queries, service
from techfinder.conversations.policy import side_of
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotVisible
from techfinder.organisations.models import Membership
from tests import factories as f
from tests.conversations.world import AT, bodies, conversation


@pytest.fixture
def spy(world):
    """Somebody of another approved company, who also says to work at the school."""
    person = f.member(f.company(), name="Bo")
    with transaction():
        db.session.add(Membership(user_id=person.id, organisation_id=world.school.id, role="member", created_at=AT))
    return person


def test_a_newcomer_is_not_offered_the_requests_of_colleagues(world, client):
    f.sign_in(client, world.newcomer)
    found = openings.opening(f.actor_of(world.newcomer), world.offer.id, None, AT)
    assert found.requests == [] and found.request is None
    assert world.request.title not in client.get(f"/berichten/nieuw?offer={world.offer.id}").text


@pytest.mark.parametrize("who", ["newcomer", "spy"])
def test_writing_makes_nobody_a_reader_of_the_talk_of_colleagues(world, spy, client, who):
    ident = world.ask(body="Alleen voor jullie.")
    person = spy if who == "spy" else world.newcomer
    f.sign_in(client, person)
    for query in (f"offer={world.offer.id}&request={world.request.id}", f"offer={world.offer.id}"):
        client.post(f"/berichten/nieuw?{query}", data={"body": "Hoi", "key": query})
    with pytest.raises(NotVisible), transaction():
        service.start(f.actor_of(person), service.Asked(world.school.id, world.offer.id, world.request.id), "Hoi", "los", at=AT)
    assert client.get(f"/berichten/{ident}").status_code == 404
    with pytest.raises(NotVisible):
        queries.one(f.actor_of(person), ident)


def test_a_company_does_not_become_the_voice_of_a_school_by_choosing_it(world):
    with transaction():
        db.session.add(Membership(user_id=world.engineer.id, organisation_id=world.school.id, role="member", created_at=AT))
    ident = world.ask()
    actor = f.actor_of(world.engineer)
    assert side_of(actor, conversation(ident)) == "company"
    world.reply(world.engineer, ident, body="Namens ons.")
    assert "Namens ons." in bodies(world.teacher, ident)
    assert queries.inbox(actor)[0].other_kind == "school"


def test_what_waits_of_a_newcomer_is_not_read_by_another_newcomer(world):
    request = f.support_request(world.school, world.newcomer)
    ident = world.ask(world.newcomer, request=request, body="Wacht nog.")
    other = f.member(world.school, role="member", verified=False)
    with transaction():
        db.session.add(Membership(user_id=world.engineer.id, organisation_id=world.school.id, role="member", created_at=AT))
    assert bodies(world.newcomer, ident) == ["Wacht nog."] == bodies(world.teacher, ident)
    assert bodies(other, ident) == [] == bodies(world.engineer, ident)
