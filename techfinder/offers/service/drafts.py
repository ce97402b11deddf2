"""Making and changing what is not public: drafts, copies, and working copies of published offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotAllowed, RuleBroken, Stale
from techfinder.core.permissions import Actor, require, require_visible
from techfinder.geo import Place, locate, municipality_centre
from techfinder.offers import rules
from techfinder.offers.models import WITH_POINTS, Offer, StartingPoint
from techfinder.offers.policy import can_create, can_edit, visible_offers
from techfinder.organisations.models import Organisation

CONTENT = (
    "kind", "title", "summary", "activity", "themes", "levels", "language", "duration_minutes", "max_pupils",
    "max_groups_per_day", "places_per_year", "cost_cents", "cost_note", "period_from", "period_until", "weekdays", "dayparts",
    "when_note", "school_arranges", "supervision", "preparation", "min_age", "safety_clothing", "photos_allowed",
    "paid_transport", "accessibility", "vog",
    "contact_name", "contact_email", "contact_phone", "material_url", "material_file_id",
)  # fmt: skip
CLOSED = ("rejected", "blocked")  # a company in one of these states puts nothing on the site
POINT_CONTENT = ("position", "label", "personal", "postcode", "place", "municipality", "lat", "lon", "radius_km", "weekdays")


@dataclass(frozen=True)
class PointInput:
    """A starting point as typed: `where` is a postcode or a place; `radius_km` how far the company travels from it.

    `row` is its number in the form, for the field that a refusal belongs to.
    """

    where: str
    label: str = ""
    personal: bool = False
    radius_km: float | None = None
    weekdays: int = 0
    row: int = 0


def own(actor: Actor, offer_id: int) -> Offer:
    """The locked offer with its points, for somebody who may change it. Others learn only what they may see anyway."""
    offer = locked(Offer, offer_id, WITH_POINTS)
    if not can_edit(actor, offer):
        require_visible(db.session.scalar(visible_offers(actor).with_only_columns(Offer.id).where(Offer.id == offer_id)))
        raise NotAllowed()
    return offer


def create(actor: Actor, organisation_id: int, *, key: str | None = None, at: datetime | None = None, **content: Any) -> Offer:
    """A new draft for this company. The same form (`key`) makes one draft, however often it is sent."""
    require(can_create(actor, organisation_id))
    company = locked(Organisation, organisation_id)  # two posts of one form come one after the other
    if company.state in CLOSED:
        raise RuleBroken("offer.company_closed")
    made = select(Offer).where(Offer.made_by_key == key, Offer.organisation_id == organisation_id)
    if key and (offer := db.session.scalars(made.options(WITH_POINTS)).one_or_none()):
        return offer
    moment = at or now()
    offer = Offer(
        organisation_id=organisation_id, author_id=actor.user_id, created_at=moment, state_at=moment, made_by_key=key,
        saved_by_key=key, points=[],
    )
    db.session.add(offer)
    _fill(offer, content)
    db.session.flush()
    audit(actor, "offer.created", "offer", offer.id, at=moment)
    return offer


def save_draft(
    actor: Actor, offer_id: int, content: Mapping[str, Any], points: Sequence[PointInput] | None = None, *,
    version: int | None = None, key: str | None = None, typing: bool = False, at: datetime | None = None,
) -> Offer:
    """Store what was typed, complete or not.

    `typing`: saved while somebody types, so a place that cannot be found yet is left out. Else it raises `RuleBroken`
    (field "points-<row>-where"). Raises `Stale` when somebody else saved something different in between: a form (`key`)
    may overtake what it saved itself while typing, and the same content twice is no conflict.
    """
    offer = own(actor, offer_id)
    if offer.state not in rules.EDITABLE:
        raise RuleBroken("offer.state")
    typed = None if points is None else located(points, lenient=typing)
    overtaken = version is not None and offer.version != version and not (key and offer.saved_by_key == key)
    if overtaken and _differs(offer, content, typed):
        raise Stale()
    _fill(offer, content)
    if typed is not None and _values(typed) != _values(offer.points):
        offer.points = typed
    offer.saved_at = at or now()
    offer.saved_by_key = key if typing else None
    db.session.flush()
    return offer


def _fill(offer: Offer, content: Mapping[str, Any]) -> None:
    unknown = set(content) - set(CONTENT)
    if unknown:
        raise TypeError(f"not content of an offer: {unknown}")
    for name, value in content.items():
        setattr(offer, name, value)


def _differs(offer: Offer, content: Mapping[str, Any], typed: list[StartingPoint] | None) -> bool:
    if any(getattr(offer, name) != value for name, value in content.items()):
        return True
    return typed is not None and _values(typed) != _values(offer.points)


def _values(points: Sequence[StartingPoint]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(p, name) for name in POINT_CONTENT) for p in points]


def located(points: Sequence[PointInput], lenient: bool = False) -> list[StartingPoint]:
    """Typed places as rows. Raises `RuleBroken` for one that cannot be found, unless `lenient`: then it is left out."""
    known = [p for p in points if not lenient or locate(p.where) is not None]
    return [starting_point(position, typed) for position, typed in enumerate(known)]


def unknown_places(points: Sequence[PointInput]) -> list[RuleBroken]:
    """A refusal for every typed place that cannot be found, so that a form can show them with all its other problems."""
    return [RuleBroken("offer.postcode", f"points-{p.row}-where") for p in points if locate(p.where) is None]


def starting_point(position: int, typed: PointInput) -> StartingPoint:
    """The row for what was typed. Raises `RuleBroken` for the field "points-<row>-where" when there is no such place."""
    found = locate(typed.where)
    if found is None:
        raise RuleBroken("offer.postcode", f"points-{typed.row}-where")
    lat, lon = _shown_position(found, typed.personal)
    return StartingPoint(
        position=position, label=typed.label, personal=typed.personal, postcode=found.postcode, place=found.place,
        municipality=found.municipality, lat=lat, lon=lon, radius_km=typed.radius_km, weekdays=typed.weekdays,
    )


def _shown_position(found: Place, personal: bool) -> tuple[float, float]:
    """A person's own place is snapped to the centre of its municipality: otherwise a few searches would find the house."""
    centre = municipality_centre(found.municipality) if personal else None
    return centre or (found.lat, found.lon)


def clone_content(source: Offer, target: Offer) -> None:
    """Take over everything that people read, and the starting points."""
    for name in CONTENT:
        value = getattr(source, name)
        setattr(target, name, list(value) if isinstance(value, list) else value)
    target.points = [StartingPoint(**{name: getattr(p, name) for name in POINT_CONTENT}) for p in source.points]


def copy(actor: Actor, offer_id: int, *, at: datetime | None = None) -> Offer:
    """A new draft with the content of this offer, and with why a coordinator sent it back: the copy is looked at again too."""
    source = own(actor, offer_id)
    return _draft_from(actor, source, None, at or now())


def edit_published(actor: Actor, offer_id: int, *, at: datetime | None = None) -> Offer:
    """The working copy of a public or paused offer, made when there is none. The public version stands until it goes out."""
    source = own(actor, offer_id)
    if source.state not in (rules.PUBLISHED, rules.PAUSED) or source.replaces_id is not None:
        raise RuleBroken("offer.state")
    copies = select(Offer).where(Offer.replaces_id == source.id).options(WITH_POINTS)
    existing = db.session.scalars(copies).one_or_none()
    return existing or _draft_from(actor, source, source.id, at or now())


def _draft_from(actor: Actor, source: Offer, replaces_id: int | None, at: datetime) -> Offer:
    draft = Offer(
        organisation_id=source.organisation_id, author_id=actor.user_id, created_at=at, state_at=at, replaces_id=replaces_id,
        is_demo=source.is_demo, points=[], state_reason=source.state_reason,
    )
    clone_content(source, draft)
    db.session.add(draft)
    db.session.flush()
    audit(actor, "offer.copied", "offer", draft.id, at=at, source=source.id)
    return draft


def delete_draft(actor: Actor, offer_id: int) -> None:
    """Throw away a draft that was never public, or a working copy."""
    offer = own(actor, offer_id)
    if offer.state not in rules.EDITABLE or offer.published_at is not None:
        raise RuleBroken("offer.state")
    audit(actor, "offer.deleted", "offer", offer.id, title=offer.title)
    log_change("offer", offer.id)
    db.session.delete(offer)
    db.session.flush()
