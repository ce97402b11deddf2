"""Reads about offers; always from `visible_offers`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from techfinder.core.db import db
from techfinder.core.files import StoredFile
from techfinder.core.permissions import Actor, require_visible
from techfinder.geo import km
from techfinder.offers import rules, wording
from techfinder.offers.models import WITH_POINTS, Offer
from techfinder.offers.policy import can_edit, company_ids, reader, sees_vog, visible
from techfinder.organisations.models import Organisation
from techfinder.reference import kinds, languages, levels
from techfinder.reference.themes import THEMES

Card = dict[str, Any]


def card_of(offer: Offer, company: Organisation) -> Card:
    """What `components/offer_card.html` shows. `offer.points` must be loaded. The address follows from the id."""
    return {
        "id": offer.id, "title": offer.title or wording.untitled(), "org": company.name, "kind": offer.kind,
        "kind_label": wording.kind_name(offer.kind), "text": "", "facts": wording.facts(offer),
        "reply": wording.reply(company), "badges": wording.badges(offer, company),
    }  # fmt: skip


@cache
def _some(staff: str) -> Select[Any]:
    """Visible offers with their points and company, by `offer_ids`."""
    wanted = Offer.id.in_(bindparam("offer_ids", expanding=True))
    return visible(staff).add_columns(Organisation).where(wanted).options(WITH_POINTS)


def cards(actor: Actor, ids: Iterable[int]) -> list[Card]:
    """Cards in the given order; what the actor may not see is left out. Two queries, however many."""
    order = list(ids)
    if not order:
        return []
    staff, values = reader(actor)
    rows = db.session.execute(_some(staff), {**values, "offer_ids": order}).all()
    found = {offer.id: card_of(offer, company) for offer, company in rows}
    return [found[i] for i in order if i in found]


@dataclass(frozen=True)
class Start:
    """A starting point as everybody may know it: of a person only the municipality, and its centre."""

    n: int
    name: str
    label: str
    reach: str
    reach_km: float | None
    days: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Detail:
    """Everything that the page of an offer shows. It holds no contact details, so that no template can show them."""

    id: int
    card: Card
    offer: dict[str, Any]
    state: str
    reason: str
    replaces_id: int | None
    copy: Offer | None
    company_id: int
    company: str
    about: str
    rows: list[tuple[str, str]]
    themes: list[str]
    starts: list[Start]
    visit: list[tuple[str, str]]
    when: list[str]
    months: list[tuple[str, bool]]
    seats_left: str
    responsible: str
    full: str
    reply: str
    home: dict[str, Any] | None
    distance: str
    nearest: str
    material: StoredFile | None
    confirmed_at: datetime | None
    may_edit: bool
    may_ask: bool
    public: bool


TEXTS = ("kind", "title", "summary", "activity", "school_arranges", "supervision", "preparation", "material_url")


def row(actor: Actor, offer_id: int) -> tuple[Offer, Organisation]:
    """The offer with its starting points, and its company. Raises `NotVisible`."""
    staff, values = reader(actor)
    offer, company = require_visible(db.session.execute(_some(staff), {**values, "offer_ids": [offer_id]}).one_or_none())
    return offer, company


def detail(actor: Actor, offer_id: int) -> Detail:
    """The page of an offer for this reader. Raises `NotVisible`."""
    offer, company = row(actor, offer_id)
    home = _own_school(actor)
    starts = _starts(offer)
    words, distance, nearest = _distance(home, starts, offer)
    return Detail(
        id=offer.id, card=card_of(offer, company), offer={name: getattr(offer, name) for name in TEXTS}, state=offer.state,
        reason=offer.state_reason, replaces_id=offer.replaces_id,
        copy=working_copy(offer.id) if can_edit(actor, offer) else None, company_id=company.id, company=company.name,
        about=company.about, rows=_rows(actor, offer, words), themes=wording.themes(offer.themes), starts=starts,
        visit=[r for r in wording.visit(offer) if r[1]] if rules.is_visit(offer.kind) else [],
        when=wording.when(offer), months=wording.months(offer), seats_left=wording.seats_left(offer),
        responsible=wording.stays_responsible(offer.kind), full=wording.full(offer, company), reply=wording.reply(company),
        home={"lat": home.lat, "lon": home.lon, "label": home.name} if home and words else None, distance=distance, nearest=nearest,
        material=db.session.get(StoredFile, offer.material_file_id) if offer.material_file_id else None,
        confirmed_at=(offer.confirmed_at or offer.published_at) if company.claimed else None, may_edit=can_edit(actor, offer),
        may_ask=_may_ask(actor),
        public=offer.state == rules.PUBLISHED and offer.replaces_id is None and company.state == "approved",
    )  # fmt: skip


def _may_ask(actor: Actor) -> bool:
    """Whether the page offers "Vraag aan": to schools and to visitors, not to companies and coordinators."""
    return any(s.kind == "school" for s in actor.seats) or not (actor.seats or actor.is_staff)


def _own_school(actor: Actor) -> Organisation | None:
    """The reader's school, for the kilometres; the first one where there are several."""
    seat = next((s for s in actor.seats if s.scope == "organisation" and s.kind == "school"), None)
    school = db.session.get(Organisation, seat.scope_id) if seat else None
    return school if school and school.lat is not None else None


def _starts(offer: Offer) -> list[Start]:
    """Places as readers see them; guest teachers from one municipality with one reach are one place."""
    found: dict[tuple[str, str, str], Start] = {}
    for p in offer.points:
        name, reach = wording.place_name(p), wording.reach(offer, p)
        days, label = wording.days(p.weekdays), "" if p.personal else p.label
        start = Start(len(found) + 1, name, label, reach, p.radius_km if reach else None, days, p.lat, p.lon)
        found.setdefault((name, reach, days + label), start)
    return list(found.values())


def _distance(home: Organisation | None, starts: Sequence[Start], offer: Offer) -> tuple[str, str, str]:
    """(words, kilometres, name of the place) from the reader's school to the place that counts: the nearest from which the
    company comes, else the nearest of all. Empty when distance means nothing; no kilometres below one."""
    nobody_travels = bool(offer.kind) and kinds.kind(offer.kind).travels == "nobody"
    if home is None or home.lat is None or home.lon is None or not starts or nobody_travels:
        return "", "", ""
    at = (home.lat, home.lon)
    measured = sorted(((km(at, (s.lat, s.lon)), s) for s in starts), key=lambda pair: pair[0])
    far, start = next((pair for pair in measured if pair[1].reach_km is None or pair[0] <= pair[1].reach_km), measured[0])
    return wording.distance(far, start.reach_km), wording.kilometres(far) if far >= 1 else "", start.name


def _rows(actor: Actor, offer: Offer, distance: str) -> list[tuple[str, str]]:
    vog = {None: "", True: wording.yes_no(True), False: wording.yes_no(False)}[offer.vog] if sees_vog(actor, offer) else ""
    language = languages.language(offer.language).label(wording.locale()) if offer.language else ""
    return wording.terms(
        distance=distance, travel=wording.travel(offer), level=levels.describe(offer.levels, wording.locale()),
        duration=wording.minutes(offer.duration_minutes), groups=wording.groups(offer), cost=wording.cost(offer),
        language=language, vog=vog,
    )  # fmt: skip


@dataclass(frozen=True)
class Mine:
    """An offer in the list of its own company, with the working copy that may stand beside it."""

    card: Card
    offer: Offer
    company: Organisation
    copy: Offer | None
    actions: tuple[str, ...]


def mine(actor: Actor) -> list[Mine]:
    """All offers of the actor's companies, newest change first, working copies with what they replace. Two queries."""
    ids = company_ids(actor)
    if not ids:
        return []
    rows = db.session.execute(
        select(Offer, Organisation).join(Organisation, Organisation.id == Offer.organisation_id)
        .where(Offer.organisation_id.in_(ids)).options(WITH_POINTS).order_by(Offer.state_at.desc(), Offer.id.desc())
    ).all()  # fmt: skip
    copies = {o.replaces_id: o for o, _company in rows if o.replaces_id is not None}
    return [
        Mine(card_of(o, c), o, c, copies.get(o.id), rules.actions(o.state)) for o, c in rows if o.replaces_id is None
    ]


def companies(actor: Actor) -> list[Organisation]:
    """The actor's companies, oldest seat first."""
    ids = company_ids(actor)
    found = {o.id: o for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids or [-1])))}
    return [found[i] for i in ids if i in found]


def working_copy(offer_id: int) -> Offer | None:
    """The working copy of this offer, if there is one; for those who may edit it."""
    return db.session.scalars(select(Offer).where(Offer.replaces_id == offer_id)).one_or_none()


def theme_choices() -> list[tuple[str, str]]:
    """All themes with their labels, in the order of the vocabulary."""
    return [(t.code, t.label(wording.locale())) for t in THEMES]


def stored_file(offer: Offer | None) -> StoredFile | None:
    """The file that belongs to an offer's material."""
    return db.session.get(StoredFile, offer.material_file_id) if offer and offer.material_file_id else None


def text_that_stands(actor: Actor, offer_id: int | None, key: str | None) -> Offer:
    """The text that a stale form ran into: the draft, the working copy of a public offer, or the draft this form made."""
    copies = or_(Offer.id == offer_id, Offer.replaces_id == offer_id) if offer_id else Offer.made_by_key == (key or "-")
    found = db.session.scalars(
        select(Offer).where(copies, Offer.organisation_id.in_(company_ids(actor) or [-1]))
        .options(WITH_POINTS).order_by(Offer.replaces_id.is_(None), Offer.id)
    ).first()  # fmt: skip
    offer: Offer = require_visible(found)
    return offer
