"""Who may see and do what with offers; `labels` says the same to the search index."""

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select

from techfinder.core.permissions import Actor, Seat
from techfinder.offers import rules
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation


def _works_there(seat: Seat | None) -> bool:
    """A company's drafts and contact details are for members that somebody vouched for, and for whoever founded it."""
    return seat is not None and seat.kind == "company" and (seat.verified or seat.role == "owner")


def company_ids(actor: Actor) -> list[int]:
    """The companies whose offers the actor looks after."""
    return [s.scope_id for s in actor.seats if s.scope == "organisation" and _works_there(s)]


def staff_region_ids(actor: Actor) -> frozenset[int]:
    """The regions whose offers the actor may look at as staff."""
    return actor.scope_ids("coordinator", "region") | actor.scope_ids("reader", "region")


@cache
def visible(staff: str) -> Select[Any]:
    """The select of `visible_offers`, made once for each kind of reader; its values come from `reader`."""
    public = and_(Offer.state == rules.PUBLISHED, Offer.replaces_id.is_(None), Organisation.state == "approved")
    conditions = [public, Offer.organisation_id.in_(bindparam("own_companies", expanding=True))]
    if staff == "administrator":
        conditions.append(Offer.state != rules.DRAFT)
    elif staff == "regions":
        regions: Any = bindparam("staff_regions", expanding=True)
        conditions.append(and_(Offer.state != rules.DRAFT, Organisation.region_id.in_(regions)))
    return select(Offer).join(Organisation, Organisation.id == Offer.organisation_id).where(or_(*conditions))


def staff_kind(actor: Actor) -> str:
    """ "administrator", "regions" for who has some as staff, else ""."""
    return "administrator" if actor.is_administrator else "regions" if staff_region_ids(actor) else ""


def reader(actor: Actor) -> tuple[str, dict[str, Any]]:
    """Which select of `visible` is this actor's, and its values."""
    staff = staff_kind(actor)
    values: dict[str, Any] = {"own_companies": company_ids(actor) or [-1]}
    return staff, values | ({"staff_regions": sorted(staff_region_ids(actor))} if staff == "regions" else {})


def visible_offers(actor: Actor) -> Select[Any]:
    """Offers this actor may see: public ones, the own company's, and for staff those handed in within their regions."""
    staff, values = reader(actor)
    return visible(staff).params(values)


def labels(offer: Offer, organisation: Organisation) -> frozenset[str]:
    """Permission labels for the index: they meet a viewer's labels exactly when `visible_offers` has the row."""
    found = {f"org:{organisation.id}"}
    if offer.state == rules.PUBLISHED and offer.replaces_id is None and organisation.state == "approved":
        found.add("public")
    if offer.state != rules.DRAFT:
        found |= {"administrator", f"region:{organisation.region_id}"}
    return frozenset(found)


def viewer_labels(actor: Actor) -> frozenset[str]:
    """The labels this actor holds."""
    own = [s.scope_id for s in actor.seats if s.kind != "company" or _works_there(s)]
    found = {"public", *(f"org:{o}" for o in own), *(f"region:{r}" for r in staff_region_ids(actor))}
    if any(s.kind == "company" and s.verified and s.group_verified for s in actor.seats):
        found.add("verified_company")
    if actor.is_administrator:
        found.add("administrator")
    return frozenset(found)


def can_edit(actor: Actor, offer: Offer) -> bool:
    """Members of the company edit its offers."""
    return _works_there(actor.seat("organisation", offer.organisation_id))


def can_create(actor: Actor, organisation_id: int) -> bool:
    """Members of a company make offers for it."""
    return _works_there(actor.seat("organisation", organisation_id))


def can_decide(actor: Actor, organisation: Organisation) -> bool:
    """The coordinator of the company's region, of a region above it, or an administrator."""
    return actor.is_administrator or actor.may("coordinator", "region", {organisation.region_id})


def sees_vog(actor: Actor, offer: Offer) -> bool:
    """A VOG is a yes or no for the two sides: the company itself and verified school members."""
    return can_edit(actor, offer) or any(s.kind == "school" and s.verified for s in actor.seats)
