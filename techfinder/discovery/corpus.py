"""Rows → documents: everything that may be found, and the few rows that changed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from techfinder.core.changes import current_no
from techfinder.core.db import plain, reading
from techfinder.discovery.models import Dismissal
from techfinder.matching.values import Corpus, Need, Supply
from techfinder.offers.documents import supply
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.documents import need
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import complete

BATCH = 2000
PARAMETERS = 500  # ids in one statement
_FINDABLE = (Offer.state == "published", Offer.replaces_id.is_(None), Organisation.state == "approved")
_HOME = (Organisation.state == "approved",)
_OPEN = (SupportRequest.state == rules.OPEN, complete())
OFFER = (  # the columns that `offers.documents.supply` reads, but for the texts
    "id", "organisation_id", "state", "replaces_id", "title", "kind", "levels", "themes", "language", "cost_cents", "max_pupils",
    "period_from", "period_until", "weekdays", "dayparts", "places_left", "published_at",
)  # fmt: skip
POINT = ("id", "offer_id", "lat", "lon", "radius_km", "weekdays")
TEXTS = ("summary", "activity", "preparation")
NO_TEXTS = dict.fromkeys(TEXTS, "")
COMPANY = ("id", "name", "place", "state", "region_id", "full_until", "trust")
REQUEST = tuple(SupportRequest.__table__.columns.keys())
SCHOOL = ("id", "state", "lat", "lon", "holiday_region")


def _offers() -> Any:
    """Offers that can be found: published, by an approved company, no working copies."""
    return (
        select(Offer, Organisation)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(*_FINDABLE)
        .options(selectinload(Offer.points))
    )


def _requests() -> Any:
    """Requests that can be found: open, complete, of an approved school."""
    return (
        select(SupportRequest, Organisation)
        .join(Organisation, Organisation.id == SupportRequest.organisation_id)
        .where(*_OPEN, *_HOME)
    )


def size(session: Session) -> int:
    """How many things can be found; what building an index costs is in proportion."""
    counts = (
        select(func.count()).select_from(statement.with_only_columns(key).order_by(None).subquery())
        for statement, key in ((_offers(), Offer.id), (_requests(), SupportRequest.id))
    )
    return sum(session.scalar(count) or 0 for count in counts)


class _Row(SimpleNamespace):
    """Looks like an offer, a company or a starting point to who makes documents, and costs a tenth of one."""


def _columns(session: Session, model: Any, names: Sequence[str], *conditions: Any) -> Iterator[dict[str, Any]]:
    wanted = select(*(getattr(model, name) for name in names)).where(*conditions).order_by(model.id)
    rows = session.execute(wanted.execution_options(yield_per=BATCH))
    return (dict(zip(names, row, strict=True)) for row in rows)


def plain_supplies(session: Session, texts: bool = False) -> tuple[Supply, ...]:
    """All offers that can be found; without `texts` only what filters, counts and kilometres need."""
    names = (*OFFER, *TEXTS) if texts else OFFER
    blank = {} if texts else NO_TEXTS
    companies = {c["id"]: _Row(**c) for c in _columns(session, Organisation, COMPANY, Organisation.state == "approved")}
    points: dict[int, list[_Row]] = defaultdict(list)
    for point in _columns(session, StartingPoint, POINT):
        points[point["offer_id"]].append(_Row(**point))
    found = []
    for row in _columns(session, Offer, names, *_FINDABLE[:2]):
        company = companies.get(row["organisation_id"])
        if company is not None:
            offer = _Row(**row, **blank, points=points.get(row["id"], []))
            found.append(supply(cast(Offer, offer), cast(Organisation, company)))
    return tuple(found)


def _plain_needs(session: Session) -> tuple[Need, ...]:
    """All requests that can be found."""
    schools = {s["id"]: _Row(**s) for s in _columns(session, Organisation, SCHOOL, *_HOME)}
    found = []
    for row in _columns(session, SupportRequest, REQUEST, *_OPEN):
        school = schools.get(row["organisation_id"])
        if school is not None:
            found.append(need(cast(SupportRequest, _Row(**row)), cast(Organisation, school)))
    return tuple(found)


def offer_ids(session: Session, about: Any) -> frozenset[int]:
    """The offers that can be found and for which `about` holds."""
    offers = select(Offer.id).join(Organisation, Organisation.id == Offer.organisation_id)
    return frozenset(session.scalars(offers.where(*_FINDABLE, about)))


def supplies_of(session: Session, ids: Collection[int]) -> tuple[Supply, ...]:
    """These offers, as far as they can be found, with all their texts."""
    return tuple(supply(o, c) for part in _chunks(ids) for o, c in session.execute(_offers().where(Offer.id.in_(part))).unique())


def needs_about(session: Session, about: Any, most: int) -> tuple[Need, ...]:
    """The newest requests that can be found and for which `about` holds."""
    rows = session.execute(_requests().where(about).order_by(SupportRequest.id.desc()).limit(most)).unique()
    return tuple(need(r, s) for r, s in rows)


def again(is_supply: bool, ident: int) -> Supply | Need:
    """One thing read again, for when its document on disk was harmed; an empty one when it is gone."""
    with reading() as session:
        if is_supply:
            offers = select(Offer, Organisation).join(Organisation, Organisation.id == Offer.organisation_id)
            offer = session.execute(offers.where(Offer.id == ident).options(selectinload(Offer.points))).unique().first()
            return supply(*offer) if offer else Supply(ident, 0, "", "material", 0)
        requests = select(SupportRequest, Organisation).join(Organisation, Organisation.id == SupportRequest.organisation_id)
        request = session.execute(requests.where(SupportRequest.id == ident)).unique().first()
        return need(*request) if request else Need(ident, 0, "", 0)


def whole() -> Corpus:
    """Everything that can be found, and the number of the last change it contains at least."""
    with reading() as session:
        no = current_no(session)
        session.rollback()  # rows are read after the number: a change in between is laid over once more, which is harmless
        return Corpus(plain_supplies(session, texts=True), _plain_needs(session), no)


@dataclass(frozen=True)
class Fresh:
    """The changed things as they are now; what is no longer found is gone."""

    supplies: tuple[Supply, ...]
    needs: tuple[Need, ...]
    gone_supplies: frozenset[int]
    gone_needs: frozenset[int]


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), PARAMETERS):
        yield ordered[start : start + PARAMETERS]


def changed(session: Session, refs: Collection[tuple[str, int]]) -> Fresh:
    """Read the things again that the change log names; an organisation stands for all its offers and requests."""
    offer_ids = {ref for kind, ref in refs if kind == "offer"}
    request_ids = {ref for kind, ref in refs if kind == "support_request"}
    for part in _chunks({ref for kind, ref in refs if kind == "organisation"}):
        offer_ids |= set(session.scalars(select(Offer.id).where(Offer.organisation_id.in_(part))))
        request_ids |= set(session.scalars(select(SupportRequest.id).where(SupportRequest.organisation_id.in_(part))))
    supplies = [
        supply(o, c) for part in _chunks(offer_ids) for o, c in session.execute(_offers().where(Offer.id.in_(part))).unique()
    ]
    needs = [
        need(r, s) for part in _chunks(request_ids)
        for r, s in session.execute(_requests().where(SupportRequest.id.in_(part))).unique()
    ]  # fmt: skip
    gone_supplies = frozenset(offer_ids - {s.id for s in supplies})
    return Fresh(tuple(supplies), tuple(needs), gone_supplies, frozenset(request_ids - {n.id for n in needs}))


_DISMISSED = select(Dismissal.offer_id).where(
    Dismissal.support_request_id == bindparam("request_id"), Dismissal.side == bindparam("by_side")
)


def dismissed(support_request_id: int, side: str) -> frozenset[int]:
    """The offers of which this side said "past niet" for this request."""
    return frozenset(plain(_DISMISSED, request_id=support_request_id, by_side=side).scalars())
