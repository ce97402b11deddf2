"""Supplies and needs as JSON text and back, for the generation's document store."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from techfinder.matching.values import Need, Point, Supply

SETS = {"labels", "region_ids", "kinds", "blocked"}
DAYS = {"period_from", "period_until"}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Point):
        return [value.id, value.lat, value.lon, value.radius_km, value.weekdays]
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def encode(thing: Supply | Need) -> bytes:
    """Only what differs from the default, so that the store stays small."""
    data = {f.name: _plain(v) for f in fields(thing) if (v := getattr(thing, f.name)) != f.default}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(kind: type[Supply] | type[Need], text: bytes) -> Any:
    data = json.loads(text.decode("utf-8", "surrogatepass"))
    for name, value in data.items():
        if name in SETS:
            data[name] = frozenset(value)
        elif name in DAYS:
            data[name] = date.fromisoformat(value)
        elif name == "published_at":
            data[name] = datetime.fromisoformat(value)
        elif name == "themes":
            data[name] = tuple(value)
        elif name == "points":
            data[name] = tuple(Point(*p) for p in value)
        elif name == "closed":
            data[name] = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in value)
    return kind(**data)
