"""Two at once, with real commits: the constraint has the last word and becomes a sentence beside the field."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from techfinder.core.db import db, end_read, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.service import join, register_company
from tests import factories

pytestmark = pytest.mark.real_commits


@pytest.fixture
def people(app) -> Iterator[list[Actor]]:
    """Six people; everything is taken out again afterwards."""
    with app.app_context():
        yield [factories.actor_of(factories.user()) for _ in range(6)]
        with transaction() as session:
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())


def at_once(app, actors, act):
    """What each got, or the code of the rule that said no."""
    barrier = Barrier(len(actors))

    def run(actor):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    act(actor)
                return "done"
            except RuleBroken as error:
                return f"{error.code} at {error.field}"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(actors)) as pool:
        got = sorted(pool.map(run, actors))
    end_read()
    return got


def test_one_kvk_number_makes_one_company(app, people):
    got = at_once(app, people, lambda a: register_company(a, name="Windlab", postcode="5701 AB", kvk="12345678"))
    assert got == ["done"] + ["organisation.kvk_taken at kvk"] * 5
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


def test_one_person_who_presses_twice_has_one_place(app, people):
    school = factories.school()
    assert at_once(app, people[:1] * 4, lambda a: join(a, school.id)) == ["done"] * 4
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
