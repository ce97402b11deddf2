"""Limits that hold over all processes: attempts are counted in SQL, in windows."""

from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import bindparam, case, delete
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model, db, inserting, plain, transaction
from techfinder.core.periodic import periodic


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


@cache
def _counting(kind: str) -> Any:
    """Count one attempt, in a new window when the old one is over, and say how many: one statement, so none is lost."""
    over = Attempt.started_at < bindparam("since")
    return (
        inserting(Attempt, kind).values(key=bindparam("of"), started_at=bindparam("at"), count=1)
        .on_conflict_do_update(
            index_elements=[Attempt.key],
            set_={
                "count": case((over, 1), else_=Attempt.count + 1),
                "started_at": case((over, bindparam("at")), else_=Attempt.started_at),
            },
        ).returning(Attempt.count)
    )  # fmt: skip


def count_attempt(what: str, who: str, window: timedelta, at: datetime) -> int:
    """Count one attempt inside the current transaction; returns how many there are in this window."""
    statement = _counting(db.engine.dialect.name)
    return int(plain(statement, of=_hash(what, who), at=at, since=at - window).scalar_one())


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
