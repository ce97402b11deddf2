"""Who may read and write: the two sides, and nobody else."""

import pytest

from techfinder.conversations import queries, service
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, NotVisible
from techfinder.organisations.models import Membership, Organisation
from tests import factories as f
from tests.conversations.world import World


@pytest.fixture
def people(world):
    region = f.region("Hier")
    with transaction():
        for ident in (world.school.id, world.company.id):
            db.session.get(Organisation, ident).region_id = region.id
    other_school, other_company = f.school(), f.company()
    return {
        "teacher": world.teacher, "colleague": world.colleague, "engineer": world.engineer, "mate": world.mate,
        "other teacher": f.member(other_school), "other engineer": f.member(other_company),
        "coordinator": f.coordinator(region), "administrator": f.coordinator(region, role="administrator"),
        "newcomer": world.newcomer, "newcomer at the company": f.member(world.company, role="member", verified=False),
        "stranger": f.user(),
    }  # fmt: skip


SEES = {"teacher", "colleague", "engineer", "mate"}
EVERYBODY = [
    "teacher", "colleague", "engineer", "mate", "other teacher", "other engineer", "coordinator", "administrator", "newcomer",
    "newcomer at the company", "stranger",
]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_two_sides_read_and_write(world: World, people, client, who):
    ident = world.ask()
    f.sign_in(client, people[who])
    expected = 200 if who in SEES else 404
    assert client.get(f"/berichten/{ident}").status_code == expected
    assert client.get(f"/berichten/{ident}/nieuw?na=0").status_code == expected
    for step in ("", "/even-niet", "/sluiten", "/gelezen", "/meedoen", "/dempen"):
        answer = client.post(f"/berichten/{ident}{step}", data={"body": "Hoi", "key": who + step, "reason": "other"})
        assert (answer.status_code == 404) == (who not in SEES), step
    assert len(queries.list_for(f.actor_of(people[who])).items) == (who in SEES)


def test_a_visitor_is_asked_to_sign_in(world, client):
    assert "/account/inloggen" in client.get(f"/berichten/{world.ask()}").location


def test_a_blocked_company_reads_and_does_not_write(world):
    ident = world.ask()
    with transaction():
        db.session.get(Organisation, world.company.id).state = "blocked"
    queries.one(f.actor_of(world.engineer), ident)
    with pytest.raises(NotAllowed):
        world.reply(world.engineer, ident)


def test_who_left_the_school_reads_nothing_and_is_not_counted(world):
    ident = world.ask()
    world.reply(world.engineer, ident)
    assert queries.unread_count(f.actor_of(world.teacher)) == 1
    with transaction():
        place = db.session.query(Membership).filter_by(user_id=world.teacher.id).one()
        db.session.delete(place)
    with pytest.raises(NotVisible):
        queries.one(f.actor_of(world.teacher), ident)
    assert queries.unread_count(f.actor_of(world.teacher)) == 0
    assert [w.name for w in queries.participants(ident)] == ["Joost Willems"]


def test_a_colleague_takes_part_after_saying_so(world):
    ident = world.ask()
    world.reply(world.engineer, ident)
    assert queries.unread_count(f.actor_of(world.colleague)) == 0
    with transaction():
        service.join(f.actor_of(world.colleague), ident)
    assert queries.unread_count(f.actor_of(world.colleague)) == 2
