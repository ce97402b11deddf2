"""Mailed links: random, stored as a hash, good once, and only for a while.

An unknown, a used and an expired link answer alike: `TokenRefused`, which becomes one friendly page that offers a new
link. Looking at a link (`peek`) changes nothing, because mail scanners open every address they see.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select, update

from techfinder.accounts.models import Token
from techfinder.core.clock import now
from techfinder.core.db import db
from techfinder.core.errors import TechfinderError
from techfinder.core.periodic import periodic

SIGN_IN = timedelta(minutes=15)
RESET_PASSWORD = timedelta(minutes=30)
CHANGE_EMAIL = timedelta(hours=24)
INVITATION = timedelta(days=7)
KEEP = timedelta(days=30)
LONGEST = 100  # characters; ours have 43


class TokenRefused(TechfinderError):
    """This link does not work (any more)."""

    def __init__(self, purpose: str = "") -> None:
        super().__init__(purpose)
        self.purpose = purpose


def _hash(raw: str) -> str:
    return sha256(raw.encode()).hexdigest()


def issue(
    purpose: str, email: str, *, user_id: int | None = None, payload: dict[str, Any] | None = None,
    lifetime: timedelta = SIGN_IN, at: datetime | None = None,
) -> str:
    """Store a new token in the current transaction and return its secret, which is nowhere else."""
    raw = secrets.token_urlsafe(32)
    moment = at or now()
    db.session.add(
        Token(
            purpose=purpose, hash=_hash(raw), user_id=user_id, email=email, payload=payload or {},
            created_at=moment, expires_at=moment + lifetime,
        )
    )
    db.session.flush()
    return raw


def _valid(token: Token | None, purpose: str, at: datetime) -> Token:
    if token is None or token.used_at is not None or token.expires_at <= at:
        raise TokenRefused(purpose)
    return token


def peek(raw: str, purpose: str, at: datetime | None = None) -> Token:
    """The token behind a link that would work now; for the page with the button. Raises `TokenRefused`."""
    if len(raw) > LONGEST:
        raise TokenRefused(purpose)
    found = db.session.scalars(select(Token).where(Token.hash == _hash(raw), Token.purpose == purpose)).one_or_none()
    return _valid(found, purpose, at or now())


def redeem(raw: str, purpose: str, at: datetime | None = None) -> Token:
    """Use the link up, inside the current transaction, under a row lock: of two clicks one wins. Raises `TokenRefused`."""
    moment = at or now()
    if len(raw) > LONGEST:
        raise TokenRefused(purpose)
    found = db.session.scalars(
        select(Token).where(Token.hash == _hash(raw), Token.purpose == purpose).with_for_update(),
        execution_options={"populate_existing": True},
    ).one_or_none()
    token = _valid(found, purpose, moment)
    token.used_at = moment
    db.session.flush()
    return token


def withdraw(user_id: int, at: datetime, *purposes: str) -> None:
    """End all open links of this person for these purposes: after a reset or a new address the old ones must not work."""
    db.session.execute(
        update(Token).where(Token.user_id == user_id, Token.purpose.in_(purposes), Token.used_at.is_(None))
        .values(used_at=at).execution_options(synchronize_session=False)
    )


@periodic("tokens.clean", timedelta(hours=12))
def _clean(at: datetime) -> None:
    db.session.execute(delete(Token).where(Token.expires_at < at - KEEP))
