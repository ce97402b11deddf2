"""Blocking an account, and letting it in again; by administrators."""

from datetime import datetime

from techfinder.accounts import tokens
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
