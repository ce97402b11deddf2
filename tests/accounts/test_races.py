"""Two at once, with real commits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from techfinder.accounts import limits, tokens
from techfinder.accounts.models import User
from techfinder.accounts.service import ensure_user
from techfinder.accounts.service.second_factor import show_code
from techfinder.accounts.service.sign_in import redeem_link
from techfinder.core.db import db, end_read, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.throttle import Attempt, too_often
from tests import factories
from tests.accounts.test_second_factor import KEY, code_at

pytestmark = pytest.mark.real_commits
CROWD = 5


@pytest.fixture
def clean(app) -> Iterator[None]:
    """Everything is taken out again afterwards."""
    with app.app_context():
        yield
        with transaction() as session:
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())


def at_once(app, act) -> list[str]:
    """What each of the crowd got: "done", or the name of the refusal."""
    barrier = Barrier(CROWD)

    def run(_n):
        with app.app_context():
            barrier.wait()
            try:
                act()
                return "done"
            except (RuleBroken, tokens.TokenRefused) as error:
                return type(error).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CROWD) as pool:
        got = sorted(pool.map(run, range(CROWD)))
    end_read()
    return got


def in_transaction(act):
    def run():
        with transaction():
            act()
    return run


def test_of_many_clicks_on_one_link_one_wins(app, clean):
    person = factories.user()
    with transaction():
        raw = tokens.issue("sign_in", person.email, user_id=person.id)
    got = at_once(app, in_transaction(lambda: redeem_link(raw, datetime.now(UTC))))
    assert got == ["TokenRefused"] * (CROWD - 1) + ["done"]


def test_of_many_who_show_one_code_one_wins(app, clean):
    person = factories.user(totp_secret=KEY, totp_confirmed_at=factories.AT)
    at, ident = datetime.now(UTC), person.id
    got = at_once(app, in_transaction(lambda: show_code(ident, 0, code_at(at), at)))
    assert got == ["RuleBroken"] * (CROWD - 1) + ["done"]


def test_one_address_makes_one_account(app, clean):
    assert at_once(app, in_transaction(lambda: ensure_user("nieuw@school.example", "Noor"))) == ["done"] * CROWD
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_attempts_at_once_are_all_counted(app, clean):
    at = datetime.now(UTC)
    assert at_once(app, lambda: too_often("test", "somebody", 3, limits.WINDOW, at)) == ["done"] * CROWD
    assert db.session.scalars(select(Attempt.count)).one() == CROWD
