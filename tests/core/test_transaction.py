"""The promises of `transaction()`."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.core.changes import changes_since, current_no, log_change
from techfinder.core.db import db, locked, transaction
from techfinder.core.errors import NotVisible, Stale
from techfinder.core.jobs import Job, enqueue, handles, run_all

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def _user(email="a@school.example"):
    with transaction():
        user = User(email=email, name="A", created_at=AT)
        db.session.add(user)
    return user.id


def test_a_failed_use_case_leaves_nothing(app):
    with pytest.raises(ValueError), transaction():
        db.session.add(User(email="b@school.example", created_at=AT))
        db.session.flush()
        raise ValueError
    assert db.session.scalars(select(User)).all() == []


def test_a_write_outside_a_transaction_raises(app):
    db.session.add(User(email="c@school.example", created_at=AT))
    with pytest.raises(RuntimeError, match="outside"):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(RuntimeError, match="outside"):
        enqueue("test.outside", {})
    assert db.session.scalars(select(Job)).all() == []


def test_transactions_do_not_nest(app):
    with pytest.raises(RuntimeError, match="nest"), transaction(), transaction():
        pass


def test_moments_come_back_aware_and_equal(app):
    assert db.session.get(User, _user()).created_at == AT


def test_a_missing_row_is_not_visible(app):
    with pytest.raises(NotVisible), transaction():
        locked(User, 10**9)


def test_changes_are_numbered_in_order_and_once_per_thing(app):
    before = current_no()
    with transaction():
        log_change("offer", 1)
        log_change("offer", 2)
        log_change("offer", 1)
    found = changes_since(before)
    assert found.refs == (("offer", 1), ("offer", 2)) and found.no == before + 2 and found.complete


def test_a_stale_row_is_refused(app):
    ident = _user()
    with pytest.raises(Stale), transaction():
        row = locked(User, ident)
        db.session.execute(User.__table__.update().values(version=99))
        row.name = "B"


def test_a_job_and_its_effect_commit_together(app):
    seen = []

    @handles("test.kind")
    def _handler(payload):
        seen.append(payload["n"])
        if payload["n"] == 1:
            raise ValueError("no")

    with transaction():
        enqueue("test.kind", {"n": 1})
        enqueue("test.kind", {"n": 2}, key="once")
        enqueue("test.kind", {"n": 2}, key="once")
    run_all()
    assert sorted(seen) == [1, 2]
    left = db.session.scalars(select(Job)).all()
    assert [j.payload["n"] for j in left] == [1] and left[0].attempts == 1 and "ValueError" in left[0].last_error
