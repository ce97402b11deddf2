"""Two texts of one offer side by side: what differs, in words."""

from typing import Any

from flask_babel import gettext as _

from techfinder.core.text import euros, kilometres
from techfinder.offers.forms import OfferForm
from techfinder.offers.wording import locale
from techfinder.reference import levels

NOT_TEXT = {"version", "key", "organisation_id", "material_file", "material_drop"}


def differences(before: OfferForm, after: OfferForm) -> list[dict[str, str]]:
    """For `components/diff.html`: the fields in which the two differ, each with both texts."""
    found = []
    for field in before:
        if field.name in NOT_TEXT:
            continue
        old, new = words(field), words(after[field.name])
        if old != new:
            found.append({"label": str(field.label.text), "before": old, "after": new})
    return found


def words(field: Any) -> str:
    """What somebody filled in, as a reader would say it."""
    data = field.data
    if field.name == "points":
        return "\n".join(_point(p) for p in data or [] if p.get("where"))
    if field.name == "levels":
        return levels.describe(levels.mask(data or []), locale())
    if field.name == "cost_cents" and data is not None:
        return euros(data)
    if field.type in ("RadioField", "SelectField", "Boxes", "YesNo"):
        chosen = data if isinstance(data, list) else [data]
        return ", ".join(str(label) for code, label, *_rest in field.iter_choices() if code in chosen and code)
    if data is None or data == "":
        return str(field.raw_data[0]) if getattr(field, "raw_data", None) and field.errors else ""
    return str(data).replace("\r\n", "\n")


def _point(point: dict[str, Any]) -> str:
    parts = [str(point["where"]), str(point.get("label") or "")]
    if point.get("radius_km"):
        parts.append(_("tot %(km)s", km=kilometres(float(point["radius_km"]))))
    if point.get("personal"):
        parts.append(_("iemands huis"))
    return ", ".join(p for p in parts if p)
