"""What is done again and again, by one worker at a time, and when each process was last seen alive."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import Model, db, end_read, transaction

log = logging.getLogger("techfinder.jobs")

Task = Callable[[datetime], Any]
_periodic: dict[str, tuple[timedelta, Task, bool]] = {}


class Heartbeat(Model):
    """When a kind of process was last seen, and when a periodic task last ran."""

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]


def periodic(name: str, every: timedelta, *, in_transaction: bool = True) -> Callable[[Task], Task]:
    """Register a task that one worker runs each `every`, inside `transaction()` unless it must not hold one; it is given
    the time."""

    def register(task: Task) -> Task:
        _periodic[name] = (every, task, in_transaction)
        return task

    return register


def beat(name: str, at: datetime) -> None:
    """Note that a process is alive. Opens its own transaction."""
    with transaction():
        row = db.session.get(Heartbeat, name)
        if row is None:
            db.session.add(Heartbeat(name=name, at=at))
        else:
            row.at = at


def last_beat(name: str) -> datetime | None:
    """When this name was last noted."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def run_periodic(at: datetime) -> int:
    """Run the tasks whose time has come. One that fails is logged and tried again in its own time; returns how many ran."""
    return sum(_run_task(name, every, task, inside, at) for name, (every, task, inside) in _periodic.items())


def _run_task(name: str, every: timedelta, task: Task, in_transaction: bool, at: datetime) -> bool:
    end_read()
    last = last_beat("task:" + name)
    if last is not None and at - last < every:
        return False
    try:
        with transaction():
            row = db.session.get(Heartbeat, "task:" + name, with_for_update=True, populate_existing=True)
            if row is not None and at - row.at < every:
                return False  # another worker was faster
            if row is None:
                db.session.add(Heartbeat(name="task:" + name, at=at))
            else:
                row.at = at
            db.session.flush()
            if in_transaction:
                task(at)
        if not in_transaction:
            task(at)
        return True
    except Exception:
        log.exception("periodic task %s failed", name)
        beat("task:" + name, at)
        return False
