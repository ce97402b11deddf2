"""Who sees and who does what with an organisation.

An approved organisation is public. Its members and the coordinators of its region (and above; grants are already
expanded downwards) also see it in every other state.
"""

from sqlalchemy import Select, or_, select

from techfinder.core.permissions import Actor, Seat
from techfinder.organisations.models import Organisation

SCOPE = "organisation"


def seat_in(actor: Actor, organisation_id: int | None) -> Seat | None:
    """The actor's place in this organisation."""
    return actor.seat(SCOPE, organisation_id)


def visible_organisations(actor: Actor) -> Select[Organisation]:
    """A select of what the actor may see."""
    if actor.is_administrator:
        return select(Organisation)
    conditions = [Organisation.state == "approved"]
    own = [s.scope_id for s in actor.seats if s.scope == SCOPE]
    if own:
        conditions.append(Organisation.id.in_(own))
    regions = actor.scope_ids("coordinator", "region")
    if regions:
        conditions.append(Organisation.region_id.in_(regions))
    return select(Organisation).where(or_(*conditions))


def can_see_organisation(actor: Actor, organisation: Organisation) -> bool:
    """The same rule as `visible_organisations`, for a row at hand."""
    return (
        organisation.state == "approved"
        or seat_in(actor, organisation.id) is not None
        or can_decide_organisation(actor, organisation)
    )


def can_decide_organisation(actor: Actor, organisation: Organisation) -> bool:
    """Coordinators of its region or above, and administrators."""
    return actor.is_administrator or (
        organisation.region_id is not None and actor.may("coordinator", "region", [organisation.region_id])
    )


def can_edit_organisation(actor: Actor, organisation: Organisation) -> bool:
    """Members that somebody vouched for, and the founder while it waits; never once it is rejected or blocked."""
    if organisation.state in ("rejected", "blocked"):
        return False
    seat = seat_in(actor, organisation.id)
    if seat is None:
        return actor.is_administrator
    founder_waits = seat.role == "owner" and organisation.state in ("pending", "returned")
    return seat.verified or founder_waits


def can_see_members(actor: Actor, organisation: Organisation) -> bool:
    """Verified colleagues, whoever founded it, and those who decide about it."""
    seat = seat_in(actor, organisation.id)
    return (seat is not None and (seat.verified or seat.role == "owner")) or can_decide_organisation(actor, organisation)


def can_invite(actor: Actor, organisation: Organisation) -> bool:
    """Every member that somebody vouched for: the invitation vouches for the next one. Nobody joins a closed school."""
    seat = seat_in(actor, organisation.id)
    return seat is not None and seat.verified and takes_members(organisation)


def takes_members(organisation: Organisation) -> bool:
    """Whether people can join: not once it is rejected, blocked, or gone from the register."""
    return organisation.state not in ("rejected", "blocked") and organisation.closed_at is None


def can_manage_members(actor: Actor, organisation: Organisation) -> bool:
    """Verified owners give roles and take people off; an administrator helps out when nobody is left."""
    seat = seat_in(actor, organisation.id)
    return (seat is not None and seat.role == "owner" and seat.verified) or actor.is_administrator


def can_verify_member(actor: Actor, organisation: Organisation) -> bool:
    """A verified owner knows the colleagues; else the coordinator decides."""
    return can_manage_members(actor, organisation) or can_decide_organisation(actor, organisation)
