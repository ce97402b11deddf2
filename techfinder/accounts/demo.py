"""Demo mode: a few invented people of each kind, to sign in as with one click. Never anybody who is not invented."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from techfinder.accounts.actor import post_counts, seat_sources
from techfinder.accounts.models import StaffPost, User
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible
from techfinder.regions.models import Network, Region

WANTED = {"school": 2, "company": 2, "coordinator": 2, "reader": 1, "administrator": 1}
LOOKED_AT = 60  # people at most


@dataclass(frozen=True)
class DemoPerson:
    """`what`: school, company or a post's role; `where`: the organisation's or the region's name."""

    id: int
    name: str
    what: str
    where: str


def _staff(at: datetime) -> list[DemoPerson]:
    rows = db.session.execute(
        select(User.id, User.name, StaffPost.role, Region.name, Network.name)
        .join(StaffPost, StaffPost.user_id == User.id)
        .outerjoin(Region, Region.id == StaffPost.region_id).outerjoin(Network, Network.id == StaffPost.network_id)
        .where(User.is_demo, User.erased_at.is_(None), User.blocked_at.is_(None), post_counts(at)).order_by(StaffPost.id)
    )
    return [
        DemoPerson(ident, name, role, "" if role == "administrator" else region or network or "")
        for ident, name, role, region, network in rows
    ]


def _members(staff: set[int]) -> list[DemoPerson]:
    """Members of organisations, until there are enough of both kinds."""
    found: list[DemoPerson] = []
    people = db.session.execute(
        select(User.id, User.name).where(User.is_demo, User.erased_at.is_(None), User.blocked_at.is_(None))
        .order_by(User.id).limit(LOOKED_AT)
    ).all()
    for ident, name in people:
        if all(sum(p.what == kind for p in found) >= WANTED[kind] for kind in ("school", "company")):
            break
        seats = [seat for source in seat_sources for seat in source(ident)] if ident not in staff else []
        found += [DemoPerson(ident, name, s.kind, s.name) for s in seats[:1] if s.verified and s.group_verified]
    return found


def demo_people(at: datetime | None = None) -> list[DemoPerson]:
    """A few of each kind, schools first."""
    staff = _staff(at or now())
    everybody = [*_members({person.id for person in staff}), *staff]
    return [person for kind, most in WANTED.items() for person in [p for p in everybody if p.what == kind][:most]]


def demo_user(user_id: int) -> User:
    """An invented person to sign in as, inside a transaction. Raises `NotVisible` for everybody else."""
    user = locked(User, min(user_id, 2**63 - 1))
    if not user.is_demo or user.blocked_at is not None or user.erased_at is not None:
        raise NotVisible()
    user.last_seen_at = now()
    return user
