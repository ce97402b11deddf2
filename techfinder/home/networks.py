"""What a network sees: the organisations in its area, and counts. It decides nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, false, func, or_, select

from techfinder.core.db import db
from techfinder.core.permissions import Actor
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.regions.models import Network, NetworkArea
from techfinder.regions.rules import postcode_range
from techfinder.support_requests.models import SupportRequest

LISTED = 200  # organisations named on the page


def visible(actor: Actor) -> list[Network]:
    """The networks in which the actor has a post; all of them for an administrator."""
    statement = select(Network).order_by(Network.name)
    if not actor.is_administrator:
        ids = actor.scope_ids("coordinator", "network") | actor.scope_ids("reader", "network")
        statement = statement.where(Network.id.in_(ids) if ids else false())
    return list(db.session.scalars(statement))


def _covers(area: NetworkArea) -> Any:
    """One piece of area, for its sectors, as a condition on organisations; a company has no sector and always counts."""
    if area.kind == "postcode":
        span = postcode_range(area.value)
        place: Any = Organisation.postcode.between(str(span[0]), f"{span[1]}~") if span else false()
    elif area.kind == "location":
        place = Organisation.brin == area.value
    else:
        place = getattr(Organisation, area.kind) == area.value
    return and_(place, or_(Organisation.kind == "company", Organisation.sector.in_(area.sectors))) if area.sectors else place


@dataclass(frozen=True)
class NetworkPage:
    """Counts over the whole area, and the organisations by name: (organisation, public offers, open requests)."""

    network: Network
    companies: int
    schools: int
    offers: int
    requests: int
    rows: list[tuple[Organisation, int, int]]


def page(network: Network) -> NetworkPage:
    """Four queries, however large the area."""
    areas = db.session.scalars(select(NetworkArea).where(NetworkArea.network_id == network.id)).all()
    covered = or_(*(_covers(a) for a in areas)) if areas else false()
    inside = and_(covered, Organisation.state == "approved", Organisation.closed_at.is_(None))
    kinds = select(Organisation.kind, func.count()).where(inside).group_by(Organisation.kind)
    counts: dict[str, int] = dict(db.session.execute(kinds).tuples().all())
    offers = _counted(Offer, inside, and_(Offer.state == "published", Offer.replaces_id.is_(None)))
    requests = _counted(SupportRequest, inside, SupportRequest.state == "open")
    active = sorted(set(offers) | set(requests))[:LISTED]
    groups = db.session.scalars(select(Organisation).where(Organisation.id.in_(active or [-1])).order_by(Organisation.name)).all()
    rows = [(g, offers.get(g.id, 0), requests.get(g.id, 0)) for g in groups]
    return NetworkPage(
        network, counts.get("company", 0), counts.get("school", 0), sum(offers.values()), sum(requests.values()), rows
    )


def _counted(model: Any, inside: Any, which: Any) -> dict[int, int]:
    statement = (
        select(model.organisation_id, func.count()).join(Organisation, Organisation.id == model.organisation_id)
        .where(inside, which).group_by(model.organisation_id)
    )
    return dict(db.session.execute(statement).tuples().all())
