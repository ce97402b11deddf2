"""The change log: what changed in searchable things, numbered in commit order, read by every process's index.

Numbers come from one counter row that is updated as the last statement of `transaction()`; whoever updates it holds
it until the commit, so a reader that has seen number n has seen every change up to n (an identity column cannot
promise that on PostgreSQL). Readers never delete; the worker trims rows after some days, and a reader that is older
than the trim reloads.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from techfinder.core.clock import now
from techfinder.core.db import BigId, Model, before_commit, db, new_key

KEEP = timedelta(days=7)


class ChangeCounter(Model):
    """One row: the number of the last change, and the log's own key: numbers of another database mean nothing here."""

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(BigId, default=0)
    key: Mapped[str] = mapped_column(String(32), default=new_key)


class Change(Model):
    """`kind` and `ref` name the row that changed, for example ("offer", 17)."""

    no: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column()
    ref: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(index=True)


_RAISE = (
    update(ChangeCounter).where(ChangeCounter.id == 1).values(no=ChangeCounter.no + bindparam("by")).returning(ChangeCounter.no)
)
_CHANGES = insert(Change)
_POSITION = select(ChangeCounter.key, ChangeCounter.no).where(ChangeCounter.id == 1)
_SINCE = (
    select(Change.no, Change.kind, Change.ref).where(Change.no > bindparam("after"), Change.no <= bindparam("up_to"))
    .order_by(Change.no)
)  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What a reader missed: `no` is the newest number; `complete` is False when the trim passed the reader."""

    no: int
    refs: tuple[tuple[str, int], ...]
    complete: bool


def log_change(kind: str, ref: int) -> None:
    """Note that a searchable thing changed; written when the transaction commits, once per thing."""
    db.session.info.setdefault("changes", {})[(kind, ref)] = None


@before_commit
def _write_changes(session: Session) -> None:
    pending = session.info.get("changes")
    if not pending:
        return
    last = _raise_counter(session, len(pending))
    if last is None:
        _make_counter(session)
        last = _raise_counter(session, len(pending)) or 0
    at = now()
    first = last - len(pending) + 1
    rows = [{"no": first + i, "kind": kind, "ref": ref, "at": at} for i, (kind, ref) in enumerate(pending)]
    session.connection().execute(_CHANGES, rows)


def _raise_counter(session: Session, by: int) -> int | None:
    """The counter after adding `by`; None before there is one. Holds the row until the commit."""
    return session.connection().execute(_RAISE, {"by": by}).scalar_one_or_none()


def _make_counter(session: Session) -> None:
    """The very first change of all; of two at once one makes it and the other finds it."""
    with suppress(IntegrityError), session.begin_nested():
        session.execute(insert(ChangeCounter).values(id=1, no=0, key=new_key()))


def position(session: Session | None = None) -> tuple[str, int]:
    """(which log this is, the number of its last committed change); ("", 0) before the first change.

    A restored database gets another key.
    """
    row = (session or db.session()).connection().execute(_POSITION).first()
    return (row.key, row.no) if row else ("", 0)


def current_no(session: Session | None = None) -> int:
    """The number of the last committed change; 0 when nothing was ever changed."""
    return position(session)[1]


def begin_another_log() -> None:
    """From here on the numbers tell another history: whoever followed the old one reloads. Runs inside `transaction()`."""
    db.session.execute(update(ChangeCounter).values(key=new_key()).execution_options(synchronize_session=False))


def changes_since(no: int, session: Session | None = None, newest: int | None = None) -> Changes:
    """Everything committed after `no`, oldest first, each thing once. `complete` is False when the trim passed `no`.

    `newest`: the last number, where the caller has just read it.
    """
    newest = current_no(session) if newest is None else newest
    if newest == no:
        return Changes(no, (), True)
    rows = (session or db.session()).connection().execute(_SINCE, {"after": no, "up_to": newest}).all()
    complete = len(rows) == newest - no
    return Changes(newest, tuple(dict.fromkeys((kind, ref) for _, kind, ref in rows)), complete)


def trim(at: datetime) -> int:
    """Forget changes older than `KEEP`; returns how many. Runs inside `transaction()`."""
    count = db.session.scalar(select(func.count()).select_from(Change).where(Change.at < at - KEEP)) or 0
    db.session.execute(delete(Change).where(Change.at < at - KEEP))
    return count
