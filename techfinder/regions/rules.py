"""Areas: which pieces a place belongs to, and which piece weighs most."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WEIGHT = {"location": 4, "postcode": 3, "municipality": 2, "province": 1}
_RANGE = re.compile(r"^(\d{4})(?:-(\d{4}))?$")


@dataclass(frozen=True)
class Whereabouts:
    """What is known of where something is; empty strings where unknown."""

    postcode: str = ""
    municipality: str = ""
    province: str = ""
    location: str = ""  # BRIN + vestigingsnummer


def postcode_range(value: str) -> tuple[int, int] | None:
    """ "5701" or "5700-5709" as (first, last); None when it is neither, or runs backwards."""
    match = _RANGE.match(value)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if 1000 <= first <= last <= 9999 else None


def covers(kind: str, value: str, where: Whereabouts) -> float:
    """How specifically this piece of an area covers the place: 0 is not at all; more is more specific."""
    if kind == "location":
        return WEIGHT[kind] if where.location and where.location == value else 0
    if kind == "municipality":
        return WEIGHT[kind] if where.municipality and where.municipality == value else 0
    if kind == "province":
        return WEIGHT[kind] if where.province and where.province == value else 0
    span = postcode_range(value)
    digits = where.postcode[:4]
    if span is None or not digits.isdigit() or not span[0] <= int(digits) <= span[1]:
        return 0
    return WEIGHT["postcode"] + (1 - (span[1] - span[0]) / 9000) * 0.9  # a narrower range weighs more


def clashes(pieces: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """Postcode ranges that overlap with another owner's range of equal width: (value, other value)."""
    spans = [(s, v, owner) for k, v, owner in pieces if k == "postcode" and (s := postcode_range(v)) is not None]
    return [
        (v, other)
        for i, (a, v, owner) in enumerate(spans)
        for b, other, other_owner in spans[i + 1 :]
        if owner != other_owner and a[0] <= b[1] and b[0] <= a[1] and a[1] - a[0] == b[1] - b[0]
    ]
