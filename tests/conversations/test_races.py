"""Two at once, with real commits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from techfinder.conversations import service
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db, end_read, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.jobs import Job
from techfinder.organisations.models import Organisation
from tests import factories as f
from tests.conversations.world import World

pytestmark = pytest.mark.real_commits


@pytest.fixture
def world(app) -> Iterator[World]:
    """A company that takes one request at a time; everything is taken out again afterwards."""
    with app.app_context():
        yield World(max_open_requests=1)
        db.session.rollback()
        with transaction() as session:
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())


def at_once(app, steps):
    """What each got: "done", or the code of the rule that said no. Anything else is an error."""
    barrier = Barrier(len(steps))

    def run(step):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    step()
                return "done"
            except RuleBroken as error:
                return error.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(steps)) as pool:
        got = sorted(pool.map(run, steps))
    end_read()
    return got


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def starter(person, offer_id, request_id, key):
    actor = f.actor_of(person)
    asked = service.Asked(actor.seats[0].scope_id, offer_id, request_id)
    return lambda: service.start(actor, asked, "Komen jullie?", key)


def test_a_form_sent_five_times_at_once_starts_one_conversation(app, world):
    step = starter(world.teacher, world.offer.id, world.request.id, "same")
    assert at_once(app, [step] * 5) == ["done"] * 5
    assert (count(Conversation), count(Message)) == (1, 1)
    assert db.session.scalar(select(func.count()).where(Job.kind == "mail.send")) == 1


def test_a_reply_sent_five_times_at_once_is_one_message(app, world):
    ident = world.ask()
    actor = f.actor_of(world.engineer)
    assert at_once(app, [lambda: service.reply(actor, ident, "Ja!", "same")] * 5) == ["done"] * 5
    assert count(Message) == 2


def test_exactly_one_of_four_schools_gets_the_last_place(app, world):
    steps = []
    for n in range(4):
        school = f.school()
        person = f.member(school)
        steps.append(starter(person, f.offer(world.company).id, f.support_request(school, person).id, f"k{n}"))
    assert at_once(app, steps) == ["conversation.full"] * 3 + ["done"]
    assert db.session.get(Organisation, world.company.id).open_requests == 1


def test_talks_of_one_company_at_once_do_not_lock_each_other_out(app, world):
    """Each writes a row that refers to the company, and then counts the company's places."""
    with transaction():
        db.session.get(Organisation, world.company.id).max_open_requests = 20
    idents = []
    for n in range(6):
        school = f.school()
        person = f.member(school)
        request = f.support_request(school, person)
        idents.append(world.ask(person, request=request, key=f"k{n}"))
    actor = f.actor_of(world.engineer)
    steps = [lambda i=i: service.reply(actor, i, "Ja!", "a") for i in idents]
    steps += [lambda: service.start(actor, service.Asked(world.company.id, world.offer.id, world.request.id), "Wij!", "p")]
    assert at_once(app, steps) == ["done"] * 7
    assert db.session.get(Organisation, world.company.id).open_requests == 0
