"""Blocking an account, letting it in again, helping who lost the second factor; by administrators."""

from datetime import datetime

from techfinder.accounts import emails, tokens
from techfinder.accounts.models import User
from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor, require

PURPOSES = ("sign_in", "reset_password", "change_email", "verify_email")


def block_user(actor: Actor, user_id: int, reason: str, at: datetime | None = None) -> None:
    """End all sessions and links of this person; signing in answers as if nothing were the matter."""
    require(actor.is_administrator)
    if user_id == actor.user_id:
        raise RuleBroken("account.block_self")
    moment = at or now()
    user = locked(User, user_id)
    if user.erased_at is not None:
        raise NotVisible()
    if user.blocked_at is None:
        user.blocked_at = moment
        user.epoch += 1
        tokens.withdraw(user.id, moment, *PURPOSES)
        audit(actor, "account.blocked", "user", user.id, at=moment, reason=reason.strip()[:500])


def unblock_user(actor: Actor, user_id: int, at: datetime | None = None) -> None:
    """Let this person in again; posts and memberships are as they were."""
    require(actor.is_administrator)
    user = locked(User, user_id)
    if user.blocked_at is not None:
        user.blocked_at = None
        audit(actor, "account.unblocked", "user", user.id, at=at or now())


def reset_second_factor(actor: Actor, user_id: int, at: datetime | None = None) -> None:
    """For who lost phone and recovery codes: one step is enough until it is set up anew, which a post still demands.

    All sessions end and the person is told: an administrator who was deceived does not help in silence.
    """
    require(actor.is_administrator)
    user = locked(User, user_id)
    if user.erased_at is not None:
        raise NotVisible()
    if user.totp_confirmed_at is None:
        return
    user.totp_secret = user.totp_confirmed_at = None
    user.recovery_hashes = []
    user.epoch += 1
    audit(actor, "account.second_factor_reset", "user", user.id, at=at or now())
    emails.second_factor_changed(user, on=False, helped=True)
