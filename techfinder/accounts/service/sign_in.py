"""Signing in: by mailed link, or with a password. What is answered never tells whether an account exists."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from techfinder.accounts import emails, tokens
from techfinder.accounts.models import User
from techfinder.accounts.passwords import hash_password, outdated, password_fits
from techfinder.accounts.queries import find_user
from techfinder.accounts.rules import normal_email
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import RuleBroken


def ensure_user(email: str, name: str = "", locale: str = "nl", at: datetime | None = None) -> User:
    """The account with this address; made, unverified, when there is none. Inside the caller's transaction.

    Two who make the same account at once get the same one.
    """
    address = normal_email(email)
    user = find_user(address)
    if user is not None:
        if name.strip() and not user.name:
            user.name = name.strip()[:120]
        return user
    user = User(email=address, name=name.strip()[:120], locale=locale, created_at=at or now())
    try:
        with db.session.begin_nested():
            db.session.add(user)
            db.session.flush()
    except IntegrityError:
        found = find_user(address)
        if found is None:
            raise
        return found
    return user


def request_link(email: str, next_path: str | None, locale: str, at: datetime) -> None:
    """Mail a sign-in link; to an unknown address mail that there is no account. Both take one mail's work."""
    address = normal_email(email)
    user = find_user(address)
    if user is None:
        emails.no_account(address, locale)
    elif user.blocked_at is not None:
        emails.blocked(user)
    else:
        emails.sign_in_link(user, next_path, at)


def redeem_link(raw: str, at: datetime) -> tuple[User, str]:
    """Use a sign-in link up: (who, where to go). It proves the address too. Raises `TokenRefused`."""
    token = tokens.redeem(raw, "sign_in", at)
    user = locked(User, token.user_id)
    if user.blocked_at is not None or user.erased_at is not None or user.email != token.email:
        raise tokens.TokenRefused("sign_in")
    user.email_verified_at = user.email_verified_at or at
    user.last_seen_at = at
    return user, str(token.payload.get("next", ""))


def check_credentials(email: str, password: str, at: datetime) -> User:
    """The account with this address and password. Raises `RuleBroken("account.sign_in_wrong")`, whatever was wrong."""
    address = normal_email(email)
    found = find_user(address)
    fits = password_fits(found.password_hash if found else None, password)
    if found is None or not fits or found.blocked_at is not None or found.email_verified_at is None:
        raise RuleBroken("account.sign_in_wrong")
    user = locked(User, found.id)
    if outdated(user.password_hash or ""):
        user.password_hash = hash_password(password)
    user.last_seen_at = at
    return user
