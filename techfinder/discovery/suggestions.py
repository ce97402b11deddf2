"""Suggestions both ways, as pages show them: asked of the engine, read again from SQL, explained.

What the engine names is read again through `visible_…` before it is shown: what is gone, full or put away is left out
and the next one takes its place. An index that is a moment behind may miss something, it never shows what it must not.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from techfinder.core.clock import now, today
from techfinder.core.db import db
from techfinder.core.permissions import Actor
from techfinder.discovery import near_miss
from techfinder.discovery.corpus import dismissed
from techfinder.discovery.engine import engine
from techfinder.discovery.explain import Line, point_of, sentences
from techfinder.discovery.models import Dismissal
from techfinder.matching.values import NearMiss, Need, Suggestion, Suggestions, Supply
from techfinder.offers import rules as offer_rules
from techfinder.offers.documents import is_full, supply
from techfinder.offers.models import Offer
from techfinder.offers.policy import viewer_labels as offer_labels
from techfinder.offers.policy import visible_offers
from techfinder.offers.queries import Card, card_of
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.documents import need as need_of
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import visible_requests

FITS, NEARBY, SPARE = 6, 4, 6
PER_OFFER, FOR_COMPANY = 30, 40
AskedLookup = Callable[[Actor, Collection[int]], Mapping[tuple[int, int], int]]
asked_lookup: list[AskedLookup] = []  # (request id, offer id) → conversation id; filled by `wiring.py` from conversations


@dataclass(frozen=True)
class Shown:
    """An offer put forward for a request. `conversation_id`: it was asked already."""

    offer: Card
    reasons: list[Line]
    conversation_id: int | None = None


@dataclass(frozen=True)
class Near:
    """An offer that fails one criterion by a little. `button` is empty when only the company can change that."""

    offer: Card
    reasons: list[Line]
    would: Any
    button: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    conversation_id: int | None = None


@dataclass(frozen=True)
class ForRequest:
    """Everything under a request. `failures` and `on_subject` say why `fits` is empty; `put_away` counts "past niet"."""

    fits: list[Shown] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    nearby: list[Shown] = field(default_factory=list)
    failures: Mapping[str, int] = field(default_factory=dict)
    on_subject: int = 0
    put_away: int = 0
    weights: str = ""


def _asked_already(actor: Actor, request_ids: Collection[int]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for lookup in asked_lookup:
        found |= lookup(actor, request_ids)
    return found


Rows = Mapping[int, tuple[Offer, Organisation]]


def _offers(actor: Actor, ids: Collection[int]) -> Rows:
    """The published offers among these that the actor may see and that can be asked for now. Two queries."""
    if not ids:
        return {}
    rows = db.session.execute(
        visible_offers(actor).add_columns(Organisation)
        .where(Offer.id.in_(ids), Offer.state == offer_rules.PUBLISHED, Offer.replaces_id.is_(None), Organisation.state == "approved")
        .options(selectinload(Offer.points))
    ).all()  # fmt: skip
    return {offer.id: (offer, company) for offer, company in rows if not is_full(company) and offer.places_left != 0}


def _card(offer: Offer, company: Organisation, found: Suggestion) -> Card:
    return {**card_of(offer, company), "km": found.km}


def _true(found: Suggestion, thing: Supply) -> bool:
    """Whether the place that the kilometres count from is still there."""
    return found.point_id is None or point_of(thing, found) is not None


def _shown(need: Need, rows: Rows, found: Iterable[Suggestion], asked: Mapping[int, int], most: int) -> list[Shown]:
    shown: list[Shown] = []
    for one in found:
        if one.id in rows and len(shown) < most:
            thing = supply(*rows[one.id])
            if _true(one, thing):
                shown.append(Shown(_card(*rows[one.id], one), list(sentences(need, thing, one)), asked.get(one.id)))
    return shown


def _about(reasons: Iterable[Line]) -> bool:
    """Whether there is something to say about the subject that both have."""
    return any(line.code in ("words", "themes") for line in reasons)


def _split(shown: list[Shown]) -> tuple[list[Shown], list[Shown]]:
    """Those that explain themselves, and those of which nobody could see why: they are no better than what is nearby."""
    return [s for s in shown if _about(s.reasons)], [s for s in shown if not _about(s.reasons)]


def _nears(need: Need, rows: Rows, found: Iterable[NearMiss], asked: Mapping[int, int], at: datetime) -> list[Near]:
    shown = []
    for miss in found:
        one = miss.suggestion
        if one.id not in rows or not _true(one, thing := supply(*rows[one.id])):
            continue
        change = near_miss.change(need, thing, miss, today(at))
        good = [r for r in sentences(need, thing, one) if not r.but and r.code not in ("reach", miss.fails)][:2]
        shown.append(
            Near(
                _card(*rows[one.id], one), [*good, near_miss.failing(need, thing, miss)], change.would, change.button,
                dict(change.fields), asked.get(one.id),
            )
        )  # fmt: skip
    return shown


def for_request(
    actor: Actor, request: SupportRequest, school: Organisation | None = None, at: datetime | None = None
) -> ForRequest:
    """What fits this request, for those who may see it; nothing for a request that is over. At most five queries."""
    moment = at or now()
    if request.state not in (rules.DRAFT, rules.UNCONFIRMED, rules.OPEN):
        return ForRequest()
    school = school or db.session.get_one(Organisation, request.organisation_id)
    need, away = need_of(request, school), dismissed(request.id, "school")
    asked = {offer_id: ident for (_request, offer_id), ident in _asked_already(actor, [request.id]).items()}
    found, rows = _ask(actor, need, away, moment)
    good, loose = _split(_shown(need, rows, found.fits, asked, FITS + SPARE))
    return ForRequest(
        fits=good[:FITS],
        near=_nears(need, rows, found.near, asked, moment),
        nearby=[*loose, *_shown(need, rows, found.nearby, asked, NEARBY)][:NEARBY],
        failures=found.failures, on_subject=found.on_subject, put_away=len(away), weights=found.weights,
    )  # fmt: skip


def _ask(actor: Actor, need: Need, away: frozenset[int], at: datetime) -> tuple[Suggestions, Rows]:
    """Ask for more than is shown, so that what SQL leaves out can be filled up; ask once more when that was not enough."""
    k = FITS + SPARE + len(away)
    for attempt in (1, 2):
        found = engine().suggest(need, at, k, offer_labels(actor))
        ids = {s.id for s in (*found.fits, *(m.suggestion for m in found.near), *found.nearby)} - away
        rows = _offers(actor, ids)
        enough = sum(s.id in rows for s in found.fits) >= FITS or len(found.fits) < k
        if enough or attempt == 2:
            break
        k *= 5
    return found, rows


def own_offers(actor: Actor, request: SupportRequest, school: Organisation, at: datetime | None = None) -> list[Shown]:
    """The actor's own companies' offers that fit this request, explained to them."""
    labels = frozenset(f"org:{s.scope_id}" for s in actor.seats if s.kind == "company" and s.verified and s.group_verified)
    if not labels or request.state != rules.OPEN:
        return []
    need, away = need_of(request, school), dismissed(request.id, "company")
    found = [s for s in engine().suggest(need, at or now(), FITS + len(away), labels).fits if s.id not in away]
    rows = _offers(actor, {s.id for s in found})
    asked = {offer_id: ident for (_request, offer_id), ident in _asked_already(actor, [request.id]).items()}
    return [
        Shown(_card(*rows[s.id], s), list(sentences(need, thing, s, "company")), asked.get(s.id))
        for s in found if s.id in rows and _true(s, thing := supply(*rows[s.id]))
    ]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request that an own offer fits, best one first; `others` are titles of further own offers that fit too."""

    request: SupportRequest
    school: Organisation
    offer_id: int
    offer_title: str
    km: float | None
    reasons: list[Line]
    others: tuple[str, ...] = ()
    conversation_id: int | None = None


@dataclass(frozen=True)
class ForCompany:
    """The requests that a company's offers fit. `offers` are its published ones, (id, title)."""

    found: list[Asked] = field(default_factory=list)
    offers: list[tuple[int, str]] = field(default_factory=list)
    full_until: datetime | None = None


def for_company(actor: Actor, organisation: Organisation, offer_id: int | None = None, at: datetime | None = None) -> ForCompany:
    """Requests for a company, best first, each with the own offer that fits best. At most seven queries.

    `offer_id` narrows to one own offer. A company that is full sees them all the same, for later.
    """
    moment = at or now()
    published = (Offer.organisation_id == organisation.id, Offer.state == offer_rules.PUBLISHED, Offer.replaces_id.is_(None))
    own = [(i, title) for i, title in db.session.execute(select(Offer.id, Offer.title).where(*published).order_by(Offer.id))]
    asked_of = published if offer_id is None else (*published, Offer.id == offer_id)
    offers = db.session.scalars(select(Offer).where(*asked_of).options(selectinload(Offer.points)).order_by(Offer.id)).all()
    full = organisation.full_until if is_full(organisation) else None
    things = {o.id: replace(supply(o, organisation), available=True) for o in offers}
    away = _company_dismissed(things)
    best: dict[int, list[tuple[Suggestion, Supply]]] = {}
    for thing in things.values():
        for one in engine().seekers(thing, moment, PER_OFFER, frozenset({"verified_company"})).fits:
            if (one.id, thing.id) not in away and _true(one, thing):
                best.setdefault(one.id, []).append((one, thing))
    for pairs in best.values():
        pairs.sort(key=lambda pair: -pair[0].score)
    order = sorted(best, key=lambda i: (-best[i][0][0].score, i))[:FOR_COMPANY]
    rows = {r.id: (r, s) for r, s in _requests(actor, order)}
    asked = _asked_already(actor, list(rows))
    found = [_asked(*rows[i], best[i], asked) for i in order if i in rows]
    return ForCompany([a for a in found if _about(a.reasons)], own, full)


def _company_dismissed(offer_ids: Collection[int]) -> set[tuple[int, int]]:
    rows = db.session.execute(
        select(Dismissal.support_request_id, Dismissal.offer_id).where(
            Dismissal.side == "company", Dismissal.offer_id.in_(offer_ids or [-1])
        )
    )
    return {(r, o) for r, o in rows}


def _requests(actor: Actor, ids: Collection[int]) -> Iterable[tuple[SupportRequest, Organisation]]:
    if not ids:
        return []
    rows = db.session.execute(
        visible_requests(actor).add_columns(Organisation).where(SupportRequest.id.in_(ids), SupportRequest.state == rules.OPEN)
    ).all()
    return [(r, school) for r, school in rows]


def _asked(
    request: SupportRequest, school: Organisation, pairs: list[tuple[Suggestion, Supply]], asked: Mapping[tuple[int, int], int]
) -> Asked:
    one, thing = pairs[0]
    return Asked(
        request, school, thing.id, thing.title, one.km, list(sentences(need_of(request, school), thing, one, "company")),
        tuple(t.title for _s, t in pairs[1:]), asked.get((request.id, thing.id)),
    )  # fmt: skip
