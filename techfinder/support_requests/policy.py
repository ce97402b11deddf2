"""Who may see and do what with support requests; `labels` says the same to the search index."""

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select

from techfinder.core.permissions import Actor, Seat
from techfinder.offers.policy import staff_kind, staff_region_ids
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest


def _vouched(seat: Seat | None) -> bool:
    """A school's requests are for members that somebody vouched for, and for whoever added the school."""
    return seat is not None and seat.kind == "school" and (seat.verified or seat.role == "owner")


def school_ids(actor: Actor) -> list[int]:
    """The schools where the actor has a seat, vouched for or not: requests can be written for all of them."""
    return [s.scope_id for s in actor.seats if s.scope == "organisation" and s.kind == "school"]


def is_verified_company_member(actor: Actor) -> bool:
    """A verified member of a company that a coordinator approved."""
    return any(s.kind == "company" and s.verified and s.group_verified for s in actor.seats)


def complete() -> Any:
    """`rules.is_complete` as a condition."""
    r = SupportRequest
    return and_(
        r.levels != 0, r.pupils.is_not(None), r.pupils != 0, r.period_from.is_not(None), r.period_until.is_not(None),
        r.place != "",
        or_(r.where != "at_company", and_(r.max_travel_km.is_not(None), r.max_travel_km != 0)),
    )  # fmt: skip


@cache
def visible(staff: str, company: bool) -> Select[Any]:
    """The select of `visible_requests`, made once for each kind of reader; its values come from `reader`."""
    own = and_(
        SupportRequest.author_id == bindparam("author"), SupportRequest.organisation_id.in_(bindparam("own_schools", expanding=True))
    )
    vouched = SupportRequest.organisation_id.in_(bindparam("vouched_schools", expanding=True))
    conditions = [and_(or_(vouched, own), SupportRequest.state != rules.UNCONFIRMED)]
    if company:
        conditions.append(and_(SupportRequest.state == rules.OPEN, complete(), Organisation.state == "approved"))
    handed_in = SupportRequest.state.not_in((rules.DRAFT, rules.UNCONFIRMED))
    if staff == "administrator":
        conditions.append(handed_in)
    elif staff == "regions":
        conditions.append(and_(handed_in, SupportRequest.region_id.in_(bindparam("staff_regions", expanding=True))))
    return (
        select(SupportRequest).join(Organisation, Organisation.id == SupportRequest.organisation_id).where(or_(*conditions))
    )


def reader(actor: Actor) -> tuple[tuple[str, bool], dict[str, Any]]:
    """Which select of `visible` is this actor's, and its values."""
    staff = staff_kind(actor)
    vouched = [s.scope_id for s in actor.seats if s.scope == "organisation" and _vouched(s)]
    values: dict[str, Any] = {
        "author": actor.user_id or -1, "own_schools": school_ids(actor) or [-1], "vouched_schools": vouched or [-1],
    }  # fmt: skip
    regions = {"staff_regions": sorted(staff_region_ids(actor))} if staff == "regions" else {}
    return (staff, is_verified_company_member(actor)), values | regions


def visible_requests(actor: Actor) -> Select[Any]:
    """Requests this actor may see: the own school's (one's own while nobody vouched), open and complete ones for verified
    companies, the region's for staff. What a guest wrote is nobody's before the link was clicked: see `queries.visible`."""
    kind, values = reader(actor)
    return visible(*kind).params(values)


def labels(request: SupportRequest, school: Organisation) -> frozenset[str]:
    """Permission labels for the index: they meet a viewer's labels exactly when `visible_requests` has the row."""
    found = set()
    if request.state != rules.UNCONFIRMED:
        found |= {f"org:{school.id}", f"author:{school.id}:{request.author_id}"}
    if request.state == rules.OPEN and rules.is_complete(request) and school.state == "approved":
        found.add("verified_company")
    if request.state not in (rules.DRAFT, rules.UNCONFIRMED):
        found |= {"administrator", f"region:{request.region_id}"}
    return frozenset(found)


def viewer_labels(actor: Actor) -> frozenset[str]:
    """The labels this actor holds as a reader of requests."""
    found = {f"region:{r}" for r in staff_region_ids(actor)}
    found |= {f"org:{s.scope_id}" for s in actor.seats if s.scope == "organisation" and _vouched(s)}
    found |= {f"author:{school_id}:{actor.user_id}" for school_id in school_ids(actor)}
    if is_verified_company_member(actor):
        found.add("verified_company")
    if actor.is_administrator:
        found.add("administrator")
    return frozenset(found)


def can_edit(actor: Actor, request: SupportRequest) -> bool:
    """Members of the school edit its requests; a member that nobody vouched for yet only the own ones."""
    seat = actor.seat("organisation", request.organisation_id)
    if seat is None or seat.kind != "school" or request.state == rules.UNCONFIRMED:
        return False
    return _vouched(seat) or request.author_id == actor.user_id


def holds(guest_key: str | None, request: SupportRequest) -> bool:
    """Whether this browser wrote the request, and its link was not clicked yet."""
    return bool(guest_key) and request.guest_key == guest_key and request.state == rules.UNCONFIRMED


def can_create(actor: Actor, organisation_id: int) -> bool:
    """Members of a school make requests for it."""
    return organisation_id in school_ids(actor)
