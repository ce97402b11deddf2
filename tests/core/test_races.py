"""Numbers in commit order, jobs that are done once, and writers that wait in line: with real commits."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from techfinder.core import jobs, periodic
from techfinder.core.audit import AuditEntry, audit
from techfinder.core.changes import changes_since, current_no, log_change
from techfinder.core.db import db, end_read, reading, transaction
from techfinder.core.permissions import SYSTEM

pytestmark = pytest.mark.real_commits
WRITERS, EACH = 4, 15
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """What a kill leaves behind: the transaction is rolled back, the lease stays."""


@pytest.fixture
def clean(app) -> Iterator[None]:
    """Everything is taken out again afterwards."""
    with app.app_context():
        yield
        with transaction() as session:
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())


def each_in_a_thread(app, act, number=WRITERS) -> list[object]:
    """What each got."""
    barrier = threading.Barrier(number)

    def run(n):
        with app.app_context():
            barrier.wait()
            try:
                return act(n)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(number) as pool:
        got = list(pool.map(run, range(number)))
    end_read()
    return got


def test_a_reader_that_follows_the_numbers_misses_nothing(app, clean):
    before, finished, seen, gaps = current_no(), threading.Event(), [], []
    end_read()

    def read():
        no = before
        with app.app_context():
            while True:
                last_round = finished.is_set()
                with reading() as session:
                    found = changes_since(no, session)
                seen.extend(found.refs)
                gaps.extend([] if found.complete else [found.no])
                no = found.no
                if last_round:
                    return

    def write(n):
        for i in range(EACH):
            with transaction():
                log_change("offer", n * EACH + i)
                if i % 3 == 0:
                    time.sleep(0.002)  # a slow use case must not take its number early

    reader = threading.Thread(target=read)
    reader.start()
    try:
        each_in_a_thread(app, write)
    finally:
        finished.set()
        reader.join()
    assert gaps == []
    assert Counter(seen) == Counter({("offer", n): 1 for n in range(WRITERS * EACH)})


@pytest.fixture
def written_down(monkeypatch) -> None:
    """A kind of job whose effect is a row."""
    monkeypatch.setitem(jobs._handlers, "test.note", (lambda payload: audit(SYSTEM, "test.note", "test", payload["n"]), True))


def queue(number: int) -> None:
    with transaction():
        for n in range(number):
            jobs.enqueue("test.note", {"n": n}, run_at=AT)


def noted() -> list[int]:
    end_read()
    return sorted(db.session.scalars(select(AuditEntry.ref).where(AuditEntry.action == "test.note")))


def test_two_workers_do_every_job_once(app, clean, written_down):
    queue(25)

    def work(_n):
        while jobs.run_some(AT, 3):
            pass

    each_in_a_thread(app, work, 2)
    assert noted() == list(range(25))


def test_what_a_killed_worker_held_is_done_once_by_another_when_its_lease_ends(app, clean, written_down, monkeypatch):
    queue(4)

    def killed_halfway(payload):
        audit(SYSTEM, "test.note", "test", payload["n"])
        if payload["n"] == 1:
            db.session.flush()
            raise Killed()

    with monkeypatch.context() as dying:
        dying.setitem(jobs._handlers, "test.note", (killed_halfway, True))
        with pytest.raises(Killed):
            jobs.run_some(AT, 3)
    assert noted() == [0]
    while jobs.run_some(AT):
        pass
    assert noted() == [0, 3]  # what the killed one leased is still its own
    while jobs.run_some(AT + jobs.LEASE + timedelta(seconds=1)):
        pass
    assert noted() == [0, 1, 2, 3]


def test_mails_that_were_sent_but_not_noted_bear_the_same_number_again(app, clean, monkeypatch):
    sent = []
    with transaction():
        for n in range(3):
            jobs.enqueue("test.send", {"message_id": n}, run_at=AT)

    def send(payload):
        sent.append(payload["message_id"])
        if len(sent) == 2:
            raise Killed()

    monkeypatch.setitem(jobs._handlers, "test.send", (send, False))
    with pytest.raises(Killed):
        jobs.run_some(AT, 3)
    while jobs.run_some(AT + jobs.LEASE + timedelta(seconds=1), 3):
        pass
    assert set(sent) == {0, 1, 2} and len(sent) <= 5


def test_a_slow_sender_gives_back_what_it_cannot_begin_in_time(app, clean, monkeypatch):
    with transaction():
        for n in range(3):
            jobs.enqueue("test.send", {"n": n}, run_at=AT)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.02))
    monkeypatch.setitem(jobs._handlers, "test.send", (lambda _payload: time.sleep(0.01), False))
    jobs.run_some(AT, 3)
    end_read()
    left = db.session.scalars(select(jobs.Job)).all()
    assert left and all(job.lease is None and job.attempts == 0 for job in left)


def test_writers_take_turns_and_lose_no_count(app, clean):
    with transaction() as session:
        session.add(periodic.Heartbeat(name="count", at=AT))

    def count(_n):
        for _ in range(EACH):
            with transaction() as session:
                row = session.scalars(select(periodic.Heartbeat).where(periodic.Heartbeat.name == "count").with_for_update()).one()
                row.at += timedelta(seconds=1)

    each_in_a_thread(app, count)
    assert periodic.last_beat("count") == AT + timedelta(seconds=WRITERS * EACH)
