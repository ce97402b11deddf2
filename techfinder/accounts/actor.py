"""From the browser's session to an `Actor`: who this is, the posts that count today, and the seats that others know of.

Two queries for most people (this package's and one per seat source), three for staff.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import has_request_context, session
from sqlalchemy import and_, bindparam, or_, select

from techfinder.accounts.login import identity
from techfinder.accounts.models import StaffPost, User
from techfinder.core.clock import now, today
from techfinder.core.db import db, plain
from techfinder.core.permissions import ANYBODY, Actor, Grant, Seat
from techfinder.regions.models import Region

seat_sources: list[Callable[[int], Iterable[Seat]]] = []  # filled by wiring: user id → seats


def post_counts(at: datetime) -> Any:
    """The condition that a post counts on this day."""
    return post_counts_on(today(at))


def post_counts_on(day: Any) -> Any:
    """The same for a day, or for a parameter that stands for one."""
    return and_(StaffPost.starts_on <= day, or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= day))


def grants_of(user_id: int, at: datetime) -> frozenset[Grant]:
    """What this person's posts allow today; for those who need an actor outside a request."""
    posts = db.session.execute(
        select(StaffPost.role, StaffPost.network_id, Region.path)
        .outerjoin(Region, Region.id == StaffPost.region_id)
        .where(StaffPost.user_id == user_id, post_counts(at))
    ).all()
    return _expand([(role, network, path) for role, network, path in posts])


def _expand(posts: list[tuple[str, int | None, str | None]]) -> frozenset[Grant]:
    """A post for a region covers every region below it; one for no region or network (administrator) covers all."""
    grants = {Grant(role, "network", network) for role, network, _ in posts if network is not None}
    grants |= {Grant("administrator", "country") for role, *_ in posts if role == "administrator"}
    tops = [(role, path) for role, _, path in posts if path and role != "administrator"]
    if tops:
        below = db.session.execute(
            select(Region.id, Region.path).where(or_(*(Region.path.startswith(path, autoescape=True) for _, path in tops)))
        ).all()
        grants |= {Grant(role, "region", ident) for role, top in tops for ident, path in below if path.startswith(top)}
    return frozenset(grants)


_WHO = (
    select(
        User.id, User.name, User.email, User.locale, User.epoch, User.blocked_at, User.erased_at,
        StaffPost.role, StaffPost.network_id, Region.path,
    )
    .outerjoin(StaffPost, and_(StaffPost.user_id == User.id, post_counts_on(bindparam("day"))))
    .outerjoin(Region, Region.id == StaffPost.region_id)
    .where(User.id == bindparam("user_id"))
)  # made once: it is asked with every page


def load_actor(at: datetime | None = None) -> Actor:
    """The actor of this request. A session ends when its epoch is old or its owner was blocked or erased."""
    known = identity() if has_request_context() else None
    if known is None:
        return ANYBODY
    rows = plain(_WHO, user_id=known.user_id, day=today(at or now())).all()
    if not rows or rows[0].epoch != known.epoch or rows[0].blocked_at or rows[0].erased_at:
        return ANYBODY
    who = rows[0]
    return Actor(
        user_id=who.id, name=who.name, email=who.email or "", locale=who.locale, strong=session.get("strong") is True,
        grants=_expand([(r.role, r.network_id, r.path) for r in rows if r.role]),
        seats=tuple(seat for source in seat_sources for seat in source(who.id)),
    )
