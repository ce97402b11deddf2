"""The signed-in browser: what Flask-Login keeps (see `login`), and two keys of our own in the signed cookie.

`strong` (the second factor was shown) and `pending` (who stands between the password and the code).
"""

from dataclasses import dataclass

from flask import session, url_for

from techfinder.accounts import login
from techfinder.accounts.models import User
from techfinder.accounts.queries import has_post
from techfinder.accounts.tokens import TokenRefused
from techfinder.core.clock import now
from techfinder.core.security import safe_next

KEYS = ("strong", "pending")
PENDING_S = 900  # seconds between the first factor and the second


def close_session() -> None:
    """Sign this browser out; language, theme and kept texts stay."""
    login.forget()
    for key in KEYS:
        session.pop(key, None)
    session.permanent = False


def open_session(user: User, next_path: str | None = None, *, strong: bool = False, remember: bool = False) -> str:
    """Sign this browser in and return the path to go to.

    A person with a second factor is not signed in yet unless `strong`: the path then asks for the code first. A person
    with a post and no second factor is sent to set it up.
    Raises `TokenRefused` for somebody who is blocked or erased.
    """
    if user.blocked_at is not None or user.erased_at is not None:
        raise TokenRefused("sign_in")
    target = safe_next(next_path, "")
    close_session()
    session.permanent = remember
    if user.totp_confirmed_at is not None and not strong:
        session["pending"] = {"user_id": user.id, "epoch": user.epoch, "remember": remember, "at": int(now().timestamp())}
        return url_for("accounts.second_factor", next=target or None)
    login.keep(user)
    session["strong"] = strong
    if not strong and has_post(user.id):
        return url_for("accounts.second_factor_setup", next=target or None)
    return target or url_for("accounts.landing")


@dataclass(frozen=True)
class Pending:
    """Somebody who showed the first factor only."""

    user_id: int
    epoch: int
    remember: bool


def pending() -> Pending | None:
    """Who must still show the second factor in this browser: came in just now, or signed in before it was asked."""
    kept = session.get("pending")
    if isinstance(kept, dict) and now().timestamp() - kept["at"] < PENDING_S:
        return Pending(kept["user_id"], kept["epoch"], kept["remember"])
    known = login.identity()
    if known is not None and not session.get("strong"):
        return Pending(known.user_id, known.epoch, session.permanent)
    return None


def keep_session(user: User) -> None:
    """Let this browser go on after the epoch was raised for all others."""
    login.keep(user)
    if user.totp_confirmed_at is None:
        session["strong"] = False
