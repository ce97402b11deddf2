"""Limits that hold over all processes: attempts are counted in SQL, in windows."""

from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model, db, transaction
from techfinder.core.jobs import periodic


class Attempt(HasId, Model):
    """How often something was tried within the current window; `key` is a hash, so no address is stored."""

    key: Mapped[int] = mapped_column(BigId, unique=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int] = mapped_column(default=0)


def _hash(what: str, who: str) -> int:
    return int.from_bytes(blake2b(f"{what}\0{who}".encode(), digest_size=8).digest(), "big", signed=True)


def too_often(what: str, who: str, limit: int, window: timedelta, at: datetime) -> bool:
    """Count one attempt and say whether it is over the limit. Opens its own transaction: a refusal still counts."""
    with transaction():
        return count_attempt(what, who, window, at) > limit


def _locked_attempt(key: int, at: datetime) -> Attempt:
    """The row of this key, made if need be; of two first attempts at once one makes it and the other finds it."""
    wanted = select(Attempt).where(Attempt.key == key).with_for_update()
    row = db.session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = Attempt(key=key, started_at=at, count=0)
            db.session.add(row)
            db.session.flush()
            return row
    except IntegrityError:
        return db.session.scalars(wanted).one()


def count_attempt(what: str, who: str, window: timedelta, at: datetime) -> int:
    """Count one attempt inside the current transaction; returns how many there are in this window."""
    row = _locked_attempt(_hash(what, who), at)
    if at - row.started_at > window:
        row.started_at, row.count = at, 0
    row.count += 1
    db.session.flush()
    return row.count


def retry_at(what: str, who: str, window: timedelta) -> datetime | None:
    """When the current window ends, and counting begins anew; None when nothing was counted."""
    row = db.session.query(Attempt).filter_by(key=_hash(what, who)).one_or_none()
    return row.started_at + window if row is not None else None


def forget(what: str, who: str) -> None:
    """Begin anew, for example after a successful sign-in. Inside the current transaction."""
    db.session.execute(delete(Attempt).where(Attempt.key == _hash(what, who)))


@periodic("throttle.clean", timedelta(hours=6))
def _clean(at: datetime) -> None:
    db.session.execute(delete(Attempt).where(Attempt.started_at < at - timedelta(days=2)))
