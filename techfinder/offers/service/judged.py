"""The text that a coordinator sent back, kept so that the corrected one can be read beside it."""

from datetime import date
from typing import Any

from techfinder.offers.models import Offer, StartingPoint
from techfinder.offers.service.drafts import CONTENT, POINT_CONTENT

# What the coordinator did not read is not kept: whom to contact, and where exactly a guest teacher lives.
READ = tuple(name for name in CONTENT if not name.startswith("contact_") and name != "vog")
READ_OF_A_POINT = tuple(name for name in POINT_CONTENT if name not in ("postcode", "lat", "lon"))
DAYS = ("period_from", "period_until")


def kept(offer: Offer) -> dict[str, Any]:
    """What there is to read in this offer now, as JSON."""
    values = {name: getattr(offer, name) for name in READ}
    for name in DAYS:
        values[name] = values[name].isoformat() if values[name] else None
    return values | {"themes": list(offer.themes), "points": [_point(point) for point in offer.points]}


def _point(point: StartingPoint) -> dict[str, Any]:
    found = {name: getattr(point, name) for name in READ_OF_A_POINT}
    return found | {"place": ""} if point.personal else found


def as_it_was(offer: Offer) -> Offer | None:
    """The offer as it was when it was sent back last, to read only (it belongs to no session); None when it never was."""
    if offer.judged is None:
        return None
    values = dict(offer.judged)
    for name in DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return Offer(**values | {"points": [StartingPoint(**point) for point in values["points"]]})
