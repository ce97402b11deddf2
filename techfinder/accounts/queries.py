"""Reads: who is somebody, who has a post, who must be told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from techfinder.accounts.actor import post_counts
from techfinder.accounts.models import StaffPost, User
from techfinder.core.clock import now, today
from techfinder.core.db import db
from techfinder.regions.models import Network, Region


def find_user(email: str) -> User | None:
    """The account with this (normal) address."""
    return db.session.scalars(select(User).where(User.email == email)).one_or_none()


def get_user(user_id: int | None) -> User | None:
    """The account with this number, unless it was erased."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return user if user is not None and user.erased_at is None else None


def has_post(user_id: int, at: datetime | None = None) -> bool:
    """Whether this person has a post today."""
    return bool(db.session.scalar(select(StaffPost.id).where(StaffPost.user_id == user_id, post_counts(at or now())).limit(1)))


def _people(at: datetime) -> Select[User]:
    return (
        select(User).join(StaffPost, StaffPost.user_id == User.id)
        .where(post_counts(at), User.blocked_at.is_(None), User.erased_at.is_(None)).order_by(User.id)
    )


def administrators(at: datetime | None = None) -> list[User]:
    """Everybody who is an administrator today."""
    statement = _people(at or now()).where(StaffPost.role == "administrator")
    return list(db.session.scalars(statement).unique())


def nearest_coordinators(region_id: int | None, at: datetime | None = None) -> tuple[int | None, list[User]]:
    """(the region of the nearest level upward that has a coordinator today, its coordinators); (None, []) where none has."""
    path = db.session.scalar(select(Region.path).where(Region.id == region_id)) if region_id is not None else None
    chain = [int(part) for part in (path or "").split("/") if part]
    if not chain:
        return None, []
    rows = db.session.execute(
        _people(at or now()).add_columns(StaffPost.region_id)
        .where(StaffPost.role == "coordinator", StaffPost.region_id.in_(chain))
    ).unique().all()
    for level in reversed(chain):
        here = list(dict.fromkeys(user for user, where in rows if where == level))
        if here:
            return level, here
    return None, []


def active_coordinators(region_id: int | None, at: datetime | None = None) -> list[User]:
    """Who decides about this region today: the nearest level upward with a coordinator, in the end the administrators."""
    moment = at or now()
    return nearest_coordinators(region_id, moment)[1] or administrators(moment)


def uncovered_regions(at: datetime | None = None) -> list[Region]:
    """Lowest regions without an active coordinator of their own or above, so that their cases go to the administrator."""
    regions = list(db.session.scalars(select(Region).order_by(Region.path)))
    held = set(
        db.session.scalars(
            select(StaffPost.region_id).join(User, User.id == StaffPost.user_id)
            .where(
                StaffPost.role == "coordinator", post_counts(at or now()), User.blocked_at.is_(None), User.erased_at.is_(None)
            )
        )
    )
    parents = {region.parent_id for region in regions}
    return [
        region for region in regions
        if region.id not in parents and not held & {int(part) for part in region.path.split("/") if part}
    ]


@dataclass(frozen=True)
class PostRow:
    """A line of the page with posts."""

    id: int
    user_id: int
    name: str
    email: str
    role: str
    scope: str
    starts_on: date
    ends_on: date | None
    second_factor: bool
    blocked: bool


def _post_rows(*conditions: Any) -> list[PostRow]:
    rows = db.session.execute(
        select(StaffPost, User, Region.name, Network.name)
        .join(User, User.id == StaffPost.user_id)
        .outerjoin(Region, Region.id == StaffPost.region_id)
        .outerjoin(Network, Network.id == StaffPost.network_id)
        .where(*conditions)
        .order_by(StaffPost.role, Region.path, Network.name, User.name, StaffPost.id)
    ).all()
    return [
        PostRow(
            post.id, user.id, user.name, user.email or "", post.role, region or network or "", post.starts_on, post.ends_on,
            user.totp_confirmed_at is not None, user.blocked_at is not None,
        )
        for post, user, region, network in rows
    ]


def posts(at: datetime | None = None) -> list[PostRow]:
    """All posts that count today, or will; administrators first, then by place. One query."""
    day = today(at)
    return _post_rows(or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= day))


def posts_of(user_id: int | None, at: datetime | None = None) -> list[PostRow]:
    """The posts of one person that count today. One query."""
    return _post_rows(StaffPost.user_id == user_id, post_counts(at or now()))


@dataclass(frozen=True)
class PostScopes:
    """Where a post can be: regions as (id, name, depth) in the order of the tree, networks as (id, name)."""

    regions: list[tuple[int, str, int]]
    networks: list[tuple[int, str]]


def post_scopes() -> PostScopes:
    """All regions and the networks that still exist. Two queries."""
    found = db.session.execute(select(Region.id, Region.name, Region.path, Region.parent_id)).all()
    children: dict[int | None, list[Any]] = {}
    for row in found:
        children.setdefault(row.parent_id, []).append(row)
    regions: list[tuple[int, str, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in sorted(children.get(parent, []), key=lambda r: r.name):
            regions.append((row.id, row.name, depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    networks = db.session.execute(select(Network.id, Network.name).where(Network.ended_on.is_(None)).order_by(Network.name)).all()
    return PostScopes(regions, [(ident, name) for ident, name in networks])


def find_people(text: str, limit: int = 30) -> list[User]:
    """Accounts whose name or address contains this; for administrators only."""
    wanted = text.strip().lower()
    if len(wanted) < 2:
        return []
    statement = select(User).where(
        User.erased_at.is_(None),
        or_(func.lower(User.name).contains(wanted, autoescape=True), User.email.contains(wanted, autoescape=True)),
    )
    return list(db.session.scalars(statement.order_by(User.name, User.id).limit(limit)))
