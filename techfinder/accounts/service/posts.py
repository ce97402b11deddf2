"""Staff posts: given and ended by administrators (or the command line)."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from techfinder.accounts import emails
from techfinder.accounts.models import StaffPost, User
from techfinder.accounts.queries import administrators
from techfinder.accounts.service.sign_in import ensure_user
from techfinder.core.audit import audit
from techfinder.core.clock import now, today
from techfinder.core.db import db, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor, require
from techfinder.regions.models import Network, Region


def _scope_name(role: str, region_id: int | None, network_id: int | None) -> str:
    """The name of the region or network, or "" for an administrator. Raises `RuleBroken` for an unfit scope."""
    if role == "administrator":
        return ""
    if (region_id is None) == (network_id is None):
        raise RuleBroken("post.scope", "scope")
    place = db.session.get(Region, region_id) if region_id is not None else db.session.get(Network, network_id)
    if place is None:
        raise RuleBroken("post.scope_unknown", "scope")
    return place.name


def grant_post(
    actor: Actor, email: str, role: str, *, region_id: int | None = None, network_id: int | None = None,
    until: date | None = None, name: str = "", locale: str = "nl", at: datetime | None = None,
) -> tuple[StaffPost, str]:
    """Give somebody a post, or another end date; makes the account if there is none. Returns the post and the mailed link.

    `until` is the last day it counts. Raises `RuleBroken` ("post.scope", "post.scope_unknown", "post.until_past", "post.blocked").
    """
    require(actor.is_administrator)
    moment = at or now()
    day = today(moment)
    if until is not None and until < day:
        raise RuleBroken("post.until_past", "until")
    if role == "administrator":
        region_id = network_id = None
    scope = _scope_name(role, region_id, network_id)
    user = ensure_user(email, name, locale, moment)
    if user.blocked_at is not None:
        raise RuleBroken("post.blocked", "email")
    post = db.session.scalars(
        select(StaffPost).with_for_update().where(
            StaffPost.user_id == user.id, StaffPost.role == role, StaffPost.region_id.is_not_distinct_from(region_id),
            StaffPost.network_id.is_not_distinct_from(network_id), StaffPost.starts_on <= day,
            (StaffPost.ends_on.is_(None)) | (StaffPost.ends_on >= day),
        )
    ).first()  # fmt: skip
    if post is None:
        post = StaffPost(user_id=user.id, role=role, region_id=region_id, network_id=network_id, starts_on=day)
        db.session.add(post)
    post.ends_on = until
    db.session.flush()
    audit(
        actor, "post.granted", "user", user.id, scope_id=region_id, at=moment, role=role, network_id=network_id,
        until=until.isoformat() if until else None,
    )  # fmt: skip
    link = emails.post_granted(user, role, scope, until, moment)
    return post, link


def end_post(actor: Actor, post_id: int, at: datetime | None = None) -> None:
    """End a post: yesterday was its last day. The last administrator stays."""
    require(actor.is_administrator)
    moment = at or now()
    post = locked(StaffPost, post_id)
    if post.ends_on is not None and post.ends_on < today(moment):
        return
    if post.role == "administrator" and {user.id for user in administrators(moment)} <= {post.user_id}:
        raise RuleBroken("post.last_administrator")
    post.ends_on = today(moment) - timedelta(days=1)
    db.session.flush()
    scope = _scope_name(post.role, post.region_id, post.network_id)
    audit(actor, "post.ended", "user", post.user_id, scope_id=post.region_id, at=moment, role=post.role)
    user = locked(User, post.user_id)
    if user.email is not None and user.blocked_at is None:
        emails.post_ended(user, post.role, scope)
