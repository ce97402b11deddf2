"""Two texts of one offer side by side: what differs, in words."""

import re
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext as _

from techfinder.core.text import euros, kilometres
from techfinder.offers.forms import OfferForm
from techfinder.offers.wording import locale
from techfinder.reference import levels

NOT_TEXT = {"version", "key", "organisation_id", "material_file", "material_drop"}


Parts = list[tuple[str, str]]


def differences(before: OfferForm, after: OfferForm) -> list[dict[str, Any]]:
    """For `components/diff.html`: the fields in which the two differ, each with both texts and what differs marked."""
    found = []
    for field in before:
        if field.name in NOT_TEXT:
            continue
        old, new = words(field), words(after[field.name])
        if old != new:
            left, right = marked(old, new)
            found.append({"label": str(field.label.text), "before": left, "after": right})
    return found


def marked(old: str, new: str) -> tuple[Parts, Parts]:
    """Both texts in pieces: "same", and what only one of them has ("del" in the first, "ins" in the second). By words."""
    a, b = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    left: Parts = []
    right: Parts = []
    for op, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if i < j:
            left.append(("same" if op == "equal" else "del", "".join(a[i:j])))
        if k < m:
            right.append(("same" if op == "equal" else "ins", "".join(b[k:m])))
    return left, right


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
