"""Work that must leave SQL or wait: mail, reminders, region edits. Written in the use case's own transaction.

A worker leases jobs, runs them, and deletes them in the same transaction as their effect. A worker that is killed
leaves a lease that runs out; then another takes the job. A job that keeps failing backs off, and is set aside after
`MAX_ATTEMPTS`, where `flask doctor` and the administrator see it.
"""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.clock import now
from techfinder.core.db import HasId, Model, add_row, db, new_key, transaction

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 8
TROUBLE_AFTER = 3  # attempts, some two minutes: from then on somebody should look
AT_ONCE = 10  # jobs that a worker leases together
NOTED_AFTER_S = 0.1
log = logging.getLogger("techfinder.jobs")

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, tuple[Handler, bool]] = {}


class Job(HasId, Model):
    """`key`, when given, keeps the same job from standing in the queue twice."""

    __table_args__ = (UniqueConstraint("key"), Index("ix_job_due", "set_aside", "run_at"))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    set_aside: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Lease:
    """A job that this worker may run until its lease ends."""

    id: int
    kind: str
    payload: dict[str, Any]
    token: str
    attempts: int


def handles(kind: str, *, in_transaction: bool = True) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job.

    In a transaction (the default) the job's deletion commits together with its effect. Without one the handler talks
    to the outside world; it must bear being repeated, because a kill between the two repeats it.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = (handler, in_transaction)
        return handler

    return register


def enqueue(kind: str, payload: dict[str, Any], *, run_at: datetime | None = None, key: str | None = None) -> None:
    """Add a job to the current transaction. With a `key` that waits already, nothing is added."""
    at = now()
    if key is not None and db.session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    add_row(Job, kind=kind, payload=payload, key=key, created_at=at, run_at=run_at or at)


def call_off(prefix: str) -> None:
    """Forget the jobs whose key begins so; what has left has left. Inside a transaction."""
    db.session.execute(delete(Job).where(Job.key.startswith(prefix, autoescape=True)).execution_options(synchronize_session=False))


def lease_some(at: datetime, limit: int = 1) -> list[Lease]:
    """Take the oldest due jobs. Opens its own transaction."""
    with transaction():
        jobs = db.session.scalars(
            select(Job)
            .where(Job.set_aside.is_(False), Job.run_at <= at, or_(Job.lease_until.is_(None), Job.lease_until < at))
            .order_by(Job.run_at, Job.id).limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        token = new_key()
        taken = [Lease(job.id, job.kind, dict(job.payload), token, job.attempts + 1) for job in jobs]
        if taken:
            db.session.execute(
                update(Job).where(Job.id.in_([one.id for one in taken]))
                .values(lease=token, lease_until=at + LEASE, attempts=Job.attempts + 1)
                .execution_options(synchronize_session=False)
            )
        return taken


def _finish(lease: Lease) -> bool:
    """Delete the job if the lease is still ours; False means somebody else took it over."""
    job = db.session.scalars(select(Job).where(Job.id == lease.id, Job.lease == lease.token).with_for_update()).first()
    if job is None:
        return False
    db.session.delete(job)
    return True


def _fail(lease: Lease, error: BaseException, at: datetime) -> None:
    with transaction():
        job = db.session.scalars(select(Job).where(Job.id == lease.id, Job.lease == lease.token).with_for_update()).first()
        if job is None:
            return
        job.lease = job.lease_until = None
        job.last_error = "".join(traceback.format_exception(error))[-4000:]
        job.set_aside = job.attempts >= MAX_ATTEMPTS
        job.run_at = at + timedelta(seconds=min(15 * 2**job.attempts, 6 * 3600))


class _LeaseLost(Exception):
    pass


def run_some(at: datetime | None = None, limit: int = AT_ONCE) -> int:
    """Run due jobs, oldest first; returns how many there were. Failures are kept with the job, not raised.

    Jobs that talk to the outside world are noted as done together, at the latest `NOTED_AFTER_S` after the first of them:
    a kill repeats no more than that.
    """
    moment = at or now()
    leases = lease_some(moment, limit)
    began, done = time.monotonic(), _Done()
    for number, lease in enumerate(leases):
        if time.monotonic() - began > LEASE.total_seconds() / 4:  # slow ones: somebody else may take the rest
            _release(leases[number:])
            break
        _run(lease, moment, done)
    done.note()
    return len(leases)


def run_one(at: datetime | None = None) -> bool:
    """Run one due job, if there is one. Returns whether there was."""
    return run_some(at, 1) > 0


class _Done:
    """Jobs whose effect is outside, and that are still to be deleted."""

    def __init__(self) -> None:
        self.leases: list[Lease] = []
        self.since = 0.0

    def add(self, lease: Lease) -> None:
        if not self.leases:
            self.since = time.monotonic()
        self.leases.append(lease)
        if time.monotonic() - self.since > NOTED_AFTER_S:
            self.note()

    def note(self) -> None:
        if self.leases:
            with transaction():
                db.session.execute(
                    delete(Job)
                    .where(Job.id.in_([one.id for one in self.leases]), Job.lease.in_({one.token for one in self.leases}))
                    .execution_options(synchronize_session=False)
                )
        self.leases = []


def _release(leases: list[Lease]) -> None:
    with transaction():
        for lease in leases:
            job = db.session.scalars(select(Job).where(Job.id == lease.id, Job.lease == lease.token).with_for_update()).first()
            if job is not None:
                job.lease, job.lease_until, job.attempts = None, None, job.attempts - 1


def _run(lease: Lease, moment: datetime, done: _Done) -> None:
    handler, in_transaction = _handlers.get(lease.kind, (None, True))
    try:
        if handler is None:
            raise LookupError(f"no handler for jobs of kind {lease.kind}")
        if in_transaction:
            with transaction():
                if not _finish(lease):
                    raise _LeaseLost()
                handler(lease.payload)
        else:
            handler(lease.payload)
            done.add(lease)
    except _LeaseLost:
        log.info("job %s was taken over by another worker", lease.id)
    except Exception as error:
        log.warning("job %s (%s) failed, attempt %s: %r", lease.id, lease.kind, lease.attempts, error)
        _fail(lease, error, moment)


def run_all(limit: int = 1000) -> int:
    """Run jobs until none is due; for tests and for `flask work --once`."""
    count = 0
    while count < limit and run_one():
        count += 1
    return count


@dataclass(frozen=True)
class QueueState:
    """For `readyz`, `doctor` and the administrator: counts, and the age in seconds of the oldest job that is due."""

    waiting: int
    set_aside: int
    oldest_due_s: float
    failing: int = 0
    trouble: str = ""  # the last line of what the newest of them said


def queue_state(at: datetime) -> QueueState:
    """Read how the queue stands."""
    waiting = db.session.scalar(select(func.count()).select_from(Job).where(Job.set_aside.is_(False))) or 0
    aside = db.session.scalar(select(func.count()).select_from(Job).where(Job.set_aside.is_(True))) or 0
    oldest = db.session.scalar(select(func.min(Job.run_at)).where(Job.set_aside.is_(False), Job.run_at <= at))
    errors = db.session.scalars(
        select(Job.last_error).where(Job.set_aside.is_(False), Job.attempts >= TROUBLE_AFTER, Job.last_error.is_not(None))
        .order_by(Job.id.desc())
    ).all()
    return QueueState(
        waiting, aside, (at - oldest).total_seconds() if oldest else 0.0, len(errors), last_line(errors[0]) if errors else ""
    )


def last_line(error: str | None) -> str:
    """What a traceback ends with: the error itself."""
    return (error or "").strip().rpartition("\n")[2]
