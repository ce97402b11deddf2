"""Passwords, which are optional: forgotten, set, changed, removed. Each change ends all other sessions."""

from datetime import datetime

from techfinder.accounts import emails, tokens
from techfinder.accounts.models import User
from techfinder.accounts.passwords import hash_password, password_fits
from techfinder.accounts.queries import find_user
from techfinder.accounts.rules import check_password, normal_email
from techfinder.core.audit import audit
from techfinder.core.db import locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor


def request_reset(email: str, locale: str, at: datetime) -> None:
    """Mail a link to choose a new password; to an unknown address mail that there is no account."""
    address = normal_email(email)
    user = find_user(address)
    if user is None:
        emails.no_account(address, locale)
    elif user.blocked_at is not None:
        emails.blocked(user)
    else:
        emails.reset_password(user, at)


def _store(user: User, password: str, at: datetime) -> None:
    check_password(password, user.email or "", user.name)
    user.password_hash = hash_password(password)
    user.epoch += 1
    tokens.withdraw(user.id, at, "reset_password", "sign_in")
    emails.password_changed(user)


def reset_password(raw: str, password: str, at: datetime) -> User:
    """Use the link up and store the new password; a refused password leaves the link as it was. Raises `TokenRefused`."""
    token = tokens.redeem(raw, "reset_password", at)
    user = locked(User, token.user_id)
    if user.blocked_at is not None or user.erased_at is not None or user.email != token.email:
        raise tokens.TokenRefused("reset_password")
    _store(user, password, at)
    user.email_verified_at = user.email_verified_at or at
    user.last_seen_at = at
    audit(Actor(user_id=user.id), "account.password_reset", "user", user.id)
    return user


def _expect_password(user: User, password: str, field: str) -> None:
    if user.password_hash is not None and not password_fits(user.password_hash, password):
        raise RuleBroken("account.password_wrong", field)


def set_password(actor: Actor, current: str, password: str, at: datetime) -> User:
    """Set the first password, or change it knowing the old one."""
    user = locked(User, actor.user_id)
    _expect_password(user, current, "current_password")
    _store(user, password, at)
    audit(actor, "account.password_set", "user", user.id)
    return user


def remove_password(actor: Actor, current: str, at: datetime) -> User:
    """Go back to mailed links only."""
    user = locked(User, actor.user_id)
    if user.password_hash is None:
        return user
    _expect_password(user, current, "current_password")
    user.password_hash = None
    user.epoch += 1
    tokens.withdraw(user.id, at, "reset_password")
    emails.password_removed(user)
    audit(actor, "account.password_removed", "user", user.id)
    return user
