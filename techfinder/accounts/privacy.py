"""What we hold of a person: export and erase. Packages that stand later add theirs from `wiring.py`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from techfinder.accounts.models import StaffPost, Token, User
from techfinder.accounts.queries import posts_of
from techfinder.core.audit import AuditEntry
from techfinder.core.clock import now, today
from techfinder.core.db import db
from techfinder.core.errors import NotVisible

Exporter = Callable[[int], Any]
Eraser = Callable[[int, datetime], None]
exporters: dict[str, Exporter] = {}  # name of the part in the file → user id → JSON
erasers: dict[str, Eraser] = {}  # name → takes the person out of that package's rows, inside the transaction


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _account(user: User) -> dict[str, Any]:
    return {
        "name": user.name, "email": user.email, "language": user.locale, "email_verified_at": _iso(user.email_verified_at),
        "has_password": user.password_hash is not None, "second_factor_since": _iso(user.totp_confirmed_at),
        "created_at": _iso(user.created_at), "last_signed_in_at": _iso(user.last_seen_at), "blocked_at": _iso(user.blocked_at),
    }  # fmt: skip


def _log(user_id: int) -> list[dict[str, Any]]:
    """What this person did, and what was done to the account (with the reasons that staff wrote)."""
    rows = db.session.scalars(
        select(AuditEntry)
        .where(or_(AuditEntry.actor_id == user_id, (AuditEntry.kind == "user") & (AuditEntry.ref == user_id)))
        .order_by(AuditEntry.id)
    )
    return [
        {"at": _iso(e.at), "action": e.action, "kind": e.kind, "ref": e.ref, "by_me": e.actor_id == user_id, "details": e.details}
        for e in rows
    ]


def export(user_id: int, at: datetime | None = None) -> dict[str, Any]:
    """Everything that is this person's, as JSON; one part per package."""
    user = db.session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotVisible()
    posts = [
        {"role": p.role, "scope": p.scope, "starts_on": p.starts_on.isoformat(), "ends_on": p.ends_on and p.ends_on.isoformat()}
        for p in posts_of(user_id, at)
    ]
    return {
        "made_at": _iso(at or now()), "account": _account(user), "posts": posts,
        **{name: exporter(user_id) for name, exporter in exporters.items()},
        "log": _log(user_id),
    }  # fmt: skip


def erase(user: User, at: datetime) -> None:
    """Take the name out of everything, on the locked row. The row stays, so that figures and threads hold together."""
    for eraser in erasers.values():
        eraser(user.id, at)
    db.session.execute(delete(Token).where(or_(Token.user_id == user.id, Token.email == user.email)))
    yesterday = today(at) - timedelta(days=1)
    db.session.execute(
        update(StaffPost)
        .where(StaffPost.user_id == user.id, or_(StaffPost.ends_on.is_(None), StaffPost.ends_on > yesterday))
        .values(ends_on=yesterday).execution_options(synchronize_session=False)
    )
    user.email, user.name, user.locale = None, "", "nl"
    user.password_hash = user.totp_secret = user.totp_confirmed_at = user.email_verified_at = user.last_seen_at = None
    user.recovery_hashes = []
    user.erased_at = at
    user.epoch += 1
