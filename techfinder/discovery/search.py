"""A search: the engine finds and counts, SQL says what may be shown."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import selectinload

from techfinder.core.clock import now
from techfinder.core.db import db
from techfinder.core.paging import Page
from techfinder.core.permissions import Actor
from techfinder.discovery.engine import engine
from techfinder.discovery.forms import COSTS, SORTS, Asked
from techfinder.geo import Place, locate, postcode
from techfinder.geo.postcodes import split_postcode
from techfinder.matching.values import Hit, Query, Result
from techfinder.offers.models import Offer
from techfinder.offers.policy import viewer_labels, visible_offers
from techfinder.offers.rules import PUBLISHED
from techfinder.organisations.models import Organisation
from techfinder.reference import levels
from techfinder.reference.levels import LEVEL_GROUPS
from techfinder.regions.models import Region
from techfinder.regions.queries import tree

PER_PAGE = 20
GROUP_MASKS = tuple(group.mask for group in LEVEL_GROUPS)


@dataclass(frozen=True)
class Whereabouts:
    """What the place field said. `unknown_code`: a postcode that doesn't exist; `unknown`: nothing is known by this name."""

    place: Place | None = None
    unknown_code: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Found:
    """One offer of the page, with what the engine says about it."""

    offer: Offer
    company: Organisation
    hit: Hit


@dataclass(frozen=True)
class Alone:
    """How much there is for one part of a question that gave nothing: the words, the place, or the filters alone."""

    words: int
    place: int
    filters: int


@dataclass(frozen=True)
class Answer:
    """A page of results as this reader may see them; `result` holds the counts and the ways out."""

    asked: Asked
    where: Whereabouts
    page: Page[Found]
    result: Result
    regions: tuple[Region, ...]
    sort: str  # the key of forms.SORTS that holds
    alone: Alone | None = None  # only when nothing was found


def whereabouts(typed: str) -> Whereabouts:
    """Where somebody means. Behind a postcode that doesn't exist the place name is tried."""
    if not typed:
        return Whereabouts()
    code, _rest = split_postcode(typed)
    place = locate(typed)
    return Whereabouts(place, code if code and not postcode(code[:4]) else "", place is None)


def sort_of(asked: Asked, place: Place | None) -> str:
    """The order that holds: distances need a place, and without words or place the newest come first."""
    if asked.sort and (asked.sort != "afstand" or place):
        return asked.sort
    return "relevantie" if asked.q or place else "nieuw"


def own_school(actor: Actor) -> Organisation | None:
    """The reader's first school with a known place: what a bare search page begins with."""
    seat = next((s for s in actor.seats if s.kind == "school"), None)
    school = db.session.get(Organisation, seat.scope_id) if seat else None
    return school if school and school.postcode and locate(school.postcode) else None


def answer(actor: Actor, asked: Asked) -> Answer:
    """Search, read the page again from SQL, and search once more when the index was behind. A page past the end is the last."""
    where, regions = whereabouts(asked.postcode), tuple(tree())
    sort = sort_of(asked, where.place)
    query = _query(actor, asked, where.place, regions, SORTS[sort])
    result, found = _search(actor, query, at_once=False)
    if len(found) < len(result.hits):
        result, found = _search(actor, query, at_once=True)
    pages = max(1, -(-result.total // PER_PAGE))
    if query.page > pages:
        query = replace(query, page=pages)
        result, found = _search(actor, query, at_once=False)
    total = result.total - (len(result.hits) - len(found))
    alone = None if total else _alone(query)
    return Answer(asked, where, Page(found, query.page, PER_PAGE, total), result, regions, sort, alone)


def _alone(query: Query) -> Alone:
    anything = Query(labels=query.labels, per_page=1)
    words = replace(anything, text=query.text)
    place = replace(anything, lat=query.lat, lon=query.lon, radius_km=query.radius_km)
    filters = replace(query, text="", lat=None, lon=None, radius_km=None, page=1, per_page=1)
    return Alone(*(engine().search(q, now()).total for q in (words, place, filters)))


def _query(actor: Actor, asked: Asked, place: Place | None, regions: tuple[Region, ...], order: str) -> Query:
    return Query(
        text=asked.q,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        radius_km=float(asked.km) if place and asked.km is not None else None,
        kinds=frozenset(asked.kinds),
        levels=levels.mask(asked.levels),
        level_groups=GROUP_MASKS,
        themes=frozenset(asked.themes),
        languages=frozenset(asked.languages),
        cost=frozenset(COSTS[c] for c in asked.costs),
        regions=region_ids(asked.regions, regions),
        period_from=asked.period_from,
        period_until=asked.period_until,
        sort=order,  # type: ignore[arg-type]
        page=asked.page,
        per_page=PER_PAGE,
        labels=viewer_labels(actor),
    )


def region_ids(slugs: tuple[str, ...], regions: tuple[Region, ...]) -> frozenset[int]:
    """The regions with these slugs and all below them; unknown slugs are left out."""
    paths = [r.path for r in regions if r.slug in slugs]
    return frozenset(r.id for r in regions if any(r.path.startswith(path) for path in paths))


def _search(actor: Actor, query: Query, *, at_once: bool) -> tuple[Result, list[Found]]:
    result = engine(at_once=at_once).search(query, now())
    return result, _read(actor, result.hits)


def _read(actor: Actor, hits: tuple[Hit, ...]) -> list[Found]:
    """The hits that the actor may see, in their order. Two queries, however many.

    The state is looked at here: as a condition it would lead SQLite to read all published offers rather than these.
    """
    if not hits:
        return []
    rows = db.session.execute(
        visible_offers(actor).add_columns(Organisation).where(Offer.id.in_([h.id for h in hits])).options(selectinload(Offer.points))
    )
    found = {offer.id: (offer, company) for offer, company in rows if offer.state == PUBLISHED}
    return [Found(*found[h.id], h) for h in hits if h.id in found]
