"""Making and changing what is not public: drafts, copies, and working copies of published offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor, require
from techfinder.geo import Place, locate, municipality_centre
from techfinder.offers import rules
from techfinder.offers.models import Offer, StartingPoint
from techfinder.offers.policy import can_create, can_edit

CONTENT = (
    "kind", "title", "summary", "activity", "themes", "levels", "language", "duration_minutes", "max_pupils",
    "max_groups_per_day", "places_per_year", "cost_cents", "cost_note", "period_from", "period_until", "weekdays", "dayparts",
    "when_note", "school_arranges", "supervision", "preparation", "min_age", "safety_clothing", "photos_allowed",
    "paid_transport", "accessibility", "vog",
    "contact_name", "contact_email", "contact_phone", "material_url", "material_file_id",
)  # fmt: skip
POINT_CONTENT = ("position", "label", "personal", "postcode", "place", "municipality", "lat", "lon", "radius_km", "weekdays")


@dataclass(frozen=True)
class PointInput:
    """A starting point as typed: `where` is a postcode or a place; `radius_km` how far the company travels from it."""

    where: str
    label: str = ""
    personal: bool = False
    radius_km: float | None = None
    weekdays: int = 0


def create(actor: Actor, organisation_id: int, *, at: datetime | None = None, **content: Any) -> Offer:
    """A new draft for this company."""
    require(can_create(actor, organisation_id))
    moment = at or now()
    offer = Offer(organisation_id=organisation_id, author_id=actor.user_id, created_at=moment, state_at=moment, points=[])
    db.session.add(offer)
    _fill(offer, content)
    db.session.flush()
    audit(actor, "offer.created", "offer", offer.id, at=moment)
    return offer


def save_draft(
    actor: Actor, offer_id: int, content: Mapping[str, Any], points: Sequence[PointInput] | None = None, *,
    version: int | None = None,
) -> Offer:
    """Store what was typed, complete or not. Raises `Stale` when somebody saved in between, and `RuleBroken` for a place
    that cannot be found (field "points-<n>-where")."""
    offer = locked(Offer, offer_id, selectinload(Offer.points))
    require(can_edit(actor, offer))
    if offer.state not in rules.EDITABLE:
        raise RuleBroken("offer.state")
    expect_version(offer, version)
    _fill(offer, content)
    if points is not None:
        offer.points = [starting_point(n, p) for n, p in enumerate(points)]
    db.session.flush()
    return offer


def _fill(offer: Offer, content: Mapping[str, Any]) -> None:
    unknown = set(content) - set(CONTENT)
    if unknown:
        raise TypeError(f"not content of an offer: {unknown}")
    for name, value in content.items():
        setattr(offer, name, value)


def starting_point(position: int, typed: PointInput) -> StartingPoint:
    """The row for what was typed. Raises `RuleBroken` for the field "points-<position>-where" when there is no such place."""
    found = locate(typed.where)
    if found is None:
        raise RuleBroken("offer.postcode", f"points-{position}-where")
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
    """A new draft with the content of this offer."""
    source = locked(Offer, offer_id, selectinload(Offer.points))
    require(can_edit(actor, source))
    return _draft_from(actor, source, None, at or now())


def edit_published(actor: Actor, offer_id: int, *, at: datetime | None = None) -> Offer:
    """The working copy of a public or paused offer, made when there is none. The public version stands until it goes out."""
    source = locked(Offer, offer_id, selectinload(Offer.points))
    require(can_edit(actor, source))
    if source.state not in (rules.PUBLISHED, rules.PAUSED) or source.replaces_id is not None:
        raise RuleBroken("offer.state")
    existing = db.session.scalars(select(Offer).where(Offer.replaces_id == source.id)).one_or_none()
    return existing or _draft_from(actor, source, source.id, at or now())


def _draft_from(actor: Actor, source: Offer, replaces_id: int | None, at: datetime) -> Offer:
    draft = Offer(
        organisation_id=source.organisation_id, author_id=actor.user_id, created_at=at, state_at=at, replaces_id=replaces_id,
        is_demo=source.is_demo, points=[],
    )
    clone_content(source, draft)
    db.session.add(draft)
    db.session.flush()
    audit(actor, "offer.copied", "offer", draft.id, at=at, source=source.id)
    return draft


def delete_draft(actor: Actor, offer_id: int) -> None:
    """Throw away a draft that was never public, or a working copy."""
    offer = locked(Offer, offer_id, selectinload(Offer.points))
    require(can_edit(actor, offer))
    if offer.state not in rules.EDITABLE or offer.published_at is not None:
        raise RuleBroken("offer.state")
    audit(actor, "offer.deleted", "offer", offer.id, title=offer.title)
    db.session.delete(offer)
    db.session.flush()
