"""Rows → documents: everything that may be found, and the few rows that changed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from techfinder.core.changes import current_no
from techfinder.core.db import db, reading
from techfinder.discovery.models import Dismissal
from techfinder.matching.values import Corpus, Need, Supply
from techfinder.offers.documents import supply
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.documents import need
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import complete

BATCH = 2000
PARAMETERS = 500  # ids in one statement


def _offers() -> Any:
    """Offers that can be found: published, by an approved company, no working copies."""
    return (
        select(Offer, Organisation)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(Offer.state == "published", Offer.replaces_id.is_(None), Organisation.state == "approved")
        .options(selectinload(Offer.points))
    )


def _requests() -> Any:
    """Requests that can be found: open, complete, of an approved school."""
    return (
        select(SupportRequest, Organisation)
        .join(Organisation, Organisation.id == SupportRequest.organisation_id)
        .where(SupportRequest.state == rules.OPEN, complete(), Organisation.state == "approved")
    )


def _batches(session: Session, statement: Any, key: Any) -> Iterator[Any]:
    """All rows in the order of their id, without holding them all at once."""
    last = 0
    while rows := session.execute(statement.where(key > last).order_by(key).limit(BATCH)).unique().all():
        yield from rows
        last = rows[-1][0].id
        session.expunge_all()


def whole() -> Corpus:
    """Everything that can be found, and the number of the last change it contains at least."""
    with reading() as session:
        no = current_no(session)
        session.rollback()  # rows are read after the number: a change in between is laid over once more, which is harmless
        supplies = tuple(supply(o, c) for o, c in _batches(session, _offers(), Offer.id))
        needs = tuple(need(r, s) for r, s in _batches(session, _requests(), SupportRequest.id))
    return Corpus(supplies, needs, no)


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


def dismissed(support_request_id: int, side: str) -> frozenset[int]:
    """The offers of which this side said "past niet" for this request."""
    return frozenset(
        db.session.scalars(
            select(Dismissal.offer_id).where(Dismissal.support_request_id == support_request_id, Dismissal.side == side)
        )
    )
