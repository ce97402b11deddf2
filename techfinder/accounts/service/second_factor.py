"""The second factor: setting it up, showing it, new recovery codes, turning it off."""

from datetime import datetime

from techfinder.accounts import emails, totp
from techfinder.accounts.models import User
from techfinder.accounts.queries import has_post
from techfinder.core.audit import audit
from techfinder.core.db import locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor


def _take(user: User, code: str, at: datetime) -> None:
    """Use up a code of the app or a recovery code, on the locked row. Raises `RuleBroken("account.code_wrong")`."""
    if user.totp_secret is not None:
        step = totp.matching_step(user.totp_secret, code, user.totp_last_step, at)
        if step is not None:
            user.totp_last_step = step
            return
        hashed = totp.recovery_hash(code)
        if hashed in user.recovery_hashes:
            user.recovery_hashes = [h for h in user.recovery_hashes if h != hashed]
            return
    raise RuleBroken("account.code_wrong", "code")


def show_code(user_id: int, epoch: int, code: str, at: datetime) -> User:
    """Somebody who showed the first factor shows the second. Each code is taken once."""
    user = locked(User, user_id)
    if user.epoch != epoch or user.totp_confirmed_at is None or user.blocked_at is not None or user.erased_at is not None:
        raise RuleBroken("account.code_wrong", "code")
    _take(user, code, at)
    user.last_seen_at = at
    return user


def begin(actor: Actor) -> None:
    """Make a new key that waits for its first code; a confirmed one stays as it is."""
    user = locked(User, actor.user_id)
    if user.totp_confirmed_at is None:
        user.totp_secret = totp.new_secret()


def confirm(actor: Actor, code: str, at: datetime) -> tuple[User, list[str]]:
    """The first code proves that the app holds the key: turn it on, end other sessions, return the recovery codes."""
    user = locked(User, actor.user_id)
    if user.totp_secret is None or user.totp_confirmed_at is not None:
        raise RuleBroken("account.second_factor_absent")
    step = totp.matching_step(user.totp_secret, code, user.totp_last_step, at)
    if step is None:
        raise RuleBroken("account.code_wrong", "code")
    codes = totp.new_recovery_codes()
    user.totp_last_step, user.totp_confirmed_at = step, at
    user.recovery_hashes = [totp.recovery_hash(c) for c in codes]
    user.epoch += 1
    audit(actor, "account.second_factor_on", "user", user.id)
    emails.second_factor_changed(user, on=True)
    return user, codes


def renew_recovery_codes(actor: Actor, code: str, at: datetime) -> list[str]:
    """New recovery codes; the old ones no longer work. Needs a code."""
    user = locked(User, actor.user_id)
    _take(user, code, at)
    codes = totp.new_recovery_codes()
    user.recovery_hashes = [totp.recovery_hash(c) for c in codes]
    audit(actor, "account.recovery_codes_renewed", "user", user.id)
    return codes


def turn_off(actor: Actor, code: str, at: datetime) -> User:
    """Go back to one step, and end other sessions. Needs a code; refused while the person has a post."""
    user = locked(User, actor.user_id)
    if has_post(user.id, at):
        raise RuleBroken("account.second_factor_needed")
    _take(user, code, at)
    user.totp_secret = user.totp_confirmed_at = None
    user.recovery_hashes = []
    user.epoch += 1
    audit(actor, "account.second_factor_off", "user", user.id)
    emails.second_factor_changed(user, on=False)
    return user
