"""What templates may know of whoever is looking: the actor, and the organisations and regions behind it."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from techfinder.core.db import db
from techfinder.core.permissions import Actor, Seat
from techfinder.organisations.policy import SCOPE
from techfinder.regions.models import Region


@dataclass(frozen=True)
class Mine:
    """An organisation of the viewer; `verified`: somebody vouched for the viewer; `approved`: and for the organisation."""

    id: int
    name: str
    kind: str
    role: str
    verified: bool
    approved: bool


class Viewer:
    """Read-only, made once per request. Asks the database only for `regions`, and only of staff."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.user_id, self.name, self.email, self.locale = actor.user_id, actor.name, actor.email, actor.locale
        self.signed_in, self.is_staff, self.is_admin = actor.signed_in, actor.is_staff, actor.is_administrator

    @property
    def initials(self) -> str:
        """Of the first and the last word of the name; of the address when there is no name."""
        words = [w for w in (self.name or self.email.partition("@")[0].replace(".", " ")).split() if w[0].isalnum()]
        return "".join(w[0].upper() for w in ([words[0], words[-1]] if len(words) > 1 else words[:1]))

    @cached_property
    def organisations(self) -> tuple[Mine, ...]:
        """The viewer's organisations, the oldest place first."""
        return tuple(_mine(s) for s in self.actor.seats if s.scope == SCOPE)

    @property
    def school_member(self) -> bool:
        return any(o.kind == "school" for o in self.organisations)

    @property
    def company_member(self) -> bool:
        return any(o.kind == "company" for o in self.organisations)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The regions in which the viewer has a post, without those below them; the whole country for an administrator."""
        if not self.is_staff:
            return ()
        if self.is_admin:
            return tuple(db.session.scalars(select(Region).where(Region.parent_id.is_(None)).order_by(Region.id)))
        ids = self.actor.scope_ids("coordinator", "region") | self.actor.scope_ids("reader", "region")
        found = db.session.scalars(select(Region).where(Region.id.in_(ids)).order_by(Region.path)).all()
        return tuple(r for r in found if r.parent_id not in ids)

    @property
    def waits_for_second_step(self) -> bool:
        """Whether the viewer has a post that counts only after signing in with a second factor."""
        return bool(self.actor.grants) and not self.actor.strong

    @property
    def coordinates(self) -> bool:
        """Whether the viewer is a coordinator somewhere, of a region or a network; a reader is staff and is not."""
        return any(self.actor.scope_ids("coordinator", scope) for scope in ("region", "network"))

    @cached_property
    def queues(self) -> tuple[Region, ...]:
        """Of these, the regions whose list the viewer works: those of a coordinator, or all for an administrator."""
        if self.is_admin:
            return self.regions
        held = self.actor.scope_ids("coordinator", "region")
        return tuple(r for r in self.regions if r.id in held)


def _mine(seat: Seat) -> Mine:
    return Mine(seat.scope_id, seat.name, seat.kind, seat.role, seat.verified, seat.group_verified)
