"""Name, language and address; and signing out everywhere."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from techfinder.accounts import emails, tokens
from techfinder.accounts.models import User
from techfinder.accounts.passwords import password_fits
from techfinder.accounts.queries import find_user
from techfinder.accounts.rules import normal_email
from techfinder.core.audit import audit
from techfinder.core.db import db, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor


def save_profile(actor: Actor, name: str, locale: str) -> User:
    """What others call this person, and the language of pages and mails."""
    user = locked(User, actor.user_id)
    user.name, user.locale = name.strip()[:120], locale
    return user


def request_new_email(actor: Actor, email: str, password: str, at: datetime) -> None:
    """Mail a confirmation to the new address. That an address is taken is told there, not on the page."""
    user = locked(User, actor.user_id)
    address = normal_email(email)
    if address == user.email:
        raise RuleBroken("account.email_same", "email")
    if user.password_hash is not None and not password_fits(user.password_hash, password):
        raise RuleBroken("account.password_wrong", "current_password")
    other = find_user(address)
    if other is not None:
        emails.address_taken(other)
    else:
        emails.confirm_new_email(user, address, at)


def confirm_new_email(raw: str, at: datetime) -> User:
    """The link at the new address was used: change over, tell the old address, end links mailed there."""
    token = tokens.redeem(raw, "change_email", at)
    user = locked(User, token.user_id)
    old = user.email
    if user.blocked_at is not None or user.erased_at is not None or find_user(token.email) is not None:
        raise tokens.TokenRefused("change_email")
    try:
        with db.session.begin_nested():
            user.email, user.email_verified_at = token.email, at
            db.session.flush()
    except IntegrityError as error:
        raise tokens.TokenRefused("change_email") from error
    tokens.withdraw(user.id, at, "sign_in", "reset_password", "change_email")
    audit(Actor(user_id=user.id), "account.email_changed", "user", user.id)
    if old:
        emails.email_changed(old, user)
    return user


def sign_out_everywhere(actor: Actor) -> User:
    """End all sessions of the actor, on all devices; the view lets this one go on."""
    user = locked(User, actor.user_id)
    user.epoch += 1
    audit(actor, "account.signed_out_everywhere", "user", user.id)
    return user
