"""Erasing one's own account."""

from datetime import datetime

from techfinder.accounts import emails, privacy
from techfinder.accounts.models import User
from techfinder.accounts.queries import administrators
from techfinder.core.audit import audit
from techfinder.core.db import locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor


def erase_account(actor: Actor, typed: str, at: datetime) -> None:
    """Erase the actor's account; `typed` must be its address. The only administrator must hand over first."""
    user = locked(User, actor.user_id)
    if typed.strip().lower() != user.email:
        raise RuleBroken("account.confirm_erase", "typed")
    others = {person.id for person in administrators(at)}
    if others == {user.id}:
        raise RuleBroken("account.last_administrator")
    emails.erased(user.email, user.locale, user.name)
    audit(actor, "account.erased", "user", user.id, at=at)
    privacy.erase(user, at)
