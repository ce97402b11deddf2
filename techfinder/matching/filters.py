"""The hard filters, each a bit with a reason code, and which of them fail only by a little.

Supplies for one need, in numpy: what `suggest` puts forward as nearby, and what its kernel is compared with. The other way
round is `seeking.py`.
"""

from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np

from techfinder.matching.columns import (
    ALL_KINDS,
    NEAR_MASK,
    OTHER,
    TRAVEL,
    accepted_mask,
    early,
    kind_mask,
    language_code,
    late,
)
from techfinder.matching.criteria import BIT, CODES, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import measured, sphere_km
from techfinder.matching.segment import Segment
from techfinder.matching.values import Need

Bits = np.ndarray | np.unsignedinteger
SPHERE = 1.006  # the sphere and the ellipsoid differ by less, anywhere

@dataclass(frozen=True, slots=True)
class Judged:
    """Per candidate [M]: `fails` and `nearly` uint32 of BITs; `km` float64, nan when nobody travels; `point` int64, the
    row of the point in the segment's or supply's points, -1 without; the features that filters know: `levels`, `kind`."""

    fails: np.ndarray
    nearly: np.ndarray
    km: np.ndarray
    point: np.ndarray
    levels: np.ndarray
    kind: np.ndarray


class Verdict:
    """Collects failures of M pairs."""

    def __init__(self, count: int):
        self.fails = np.zeros(count, np.uint32)
        self.nearly = np.zeros(count, np.uint32)

    def fail(self, code: str, where: np.ndarray | bool, nearly: np.ndarray | bool = False) -> None:
        bit = np.uint32(BIT[code])
        self.fails |= np.where(where, bit, np.uint32(0))
        self.nearly |= np.where(np.logical_and(where, nearly), bit, np.uint32(0))


def judge_supplies(segment: Segment, rows: np.ndarray, need: Need, today: date) -> Judged:
    """Every supply in `rows` against one need."""
    c = segment.columns
    v = Verdict(len(rows))
    bits = np.uint64(1) << c["kind"][rows].astype(np.uint64)
    kind = _kind(v, bits, np.uint64(kind_mask(need.kinds)), np.uint64(accepted_mask(need.kinds)), c["kind"][rows])
    levels = _levels(v, c["levels"][rows], np.uint64(need.levels), np.uint64(need.near_levels))
    low = np.maximum(c["from"][rows], max(early(need.period_from), today.toordinal()))
    high = np.minimum(c["until"][rows], late(need.period_until))
    v.fail("expired", c["until"][rows] < today.toordinal())
    _period(v, low, high)
    for first, last in need.closed:
        v.fail("period", (low >= first.toordinal()) & (high <= last.toordinal()))
    _masks(v, "weekdays", c["weekdays"][rows], np.uint8(need.weekdays & 0x7F))
    _masks(v, "dayparts", c["dayparts"][rows], np.uint16(need.dayparts & 0xFFFF))
    if need.language:
        v.fail("language", c["language"][rows] != np.uint64(language_code(need.language)), True)
    v.fail("full", c["places"][rows] == 0)
    v.fail("unavailable", ~c["available"][rows])
    if need.blocked:
        v.fail("blocked", np.isin(c["org"][rows], np.array(sorted(need.blocked), np.int64)))
    km, point = _reach_of_supplies(v, segment, rows, need)
    return Judged(v.fails, v.nearly, km, point, levels, kind)


def _kind(v: Verdict, offered: Bits, wanted: Bits, accepted: Bits, codes: np.ndarray) -> np.ndarray:
    """1 as asked (or any kind is welcome), 0 for what answers in its place."""
    v.fail("kind", (offered & accepted) == 0, (NEAR_MASK[codes] & wanted) != 0)
    return np.broadcast_to((offered & wanted) != 0, len(v.fails)).astype(np.float64)


def _levels(v: Verdict, offered: Bits, asked: Bits, nearly: Bits) -> np.ndarray:
    """The share of the asked levels that is offered."""
    shared, wanted = np.bitwise_count(offered & asked), np.bitwise_count(asked)
    v.fail("levels", (shared == 0) & (wanted > 0), (offered & nearly) != 0)
    return np.broadcast_to(np.where(wanted > 0, shared / np.maximum(wanted, 1), 1.0), len(v.fails))


def _period(v: Verdict, low: np.ndarray, high: np.ndarray) -> None:
    v.fail("period", low > high, low - high <= NEAR_DAYS)


def _masks(v: Verdict, code: str, one: Bits, other: Bits) -> None:
    v.fail(code, (one != 0) & (other != 0) & ((one & other) == 0), True)


def _reach_of_supplies(v: Verdict, segment: Segment, rows: np.ndarray, need: Need) -> tuple[np.ndarray, np.ndarray]:
    c = segment.columns
    travel = TRAVEL[c["kind"][rows]]
    moving = np.flatnonzero(travel > 0)
    start, stop = c["point_start"][rows[moving]], c["point_start"][rows[moving] + 1]
    owner = np.repeat(moving, stop - start)
    shift = np.repeat(start - np.concatenate([[0], np.cumsum(stop - start)[:-1]]) if len(start) else start, stop - start)
    at = np.arange(len(owner)) + shift
    radius = c["point_radius"][at]
    limit = np.where(travel[owner] == 1, radius, -1.0 if need.max_travel_km is None else need.max_travel_km)
    lat = np.nan if need.lat is None or need.lon is None else need.lat
    free = _free(c["point_weekdays"][at], np.uint8(need.weekdays & 0x7F))
    return _nearest(v, moving, owner, at, limit, free, (lat, need.lon or 0.0, c["point_lat"][at], c["point_lon"][at]))


def _free(one: Bits, other: Bits) -> np.ndarray:
    return (one == 0) | (other == 0) | ((one & other) != 0)


def _nearest(
    v: Verdict, moving: np.ndarray, owner: np.ndarray, at: np.ndarray, limit: np.ndarray, free: np.ndarray, places: tuple
) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres from the nearest point that fits, else from the one that needs the least more; and that point.

    `owner` (ascending) are positions among the M candidates, `moving` those that need a reach at all.
    """
    count = len(v.fails)
    km, point = np.full(count, np.nan), np.full(count, -1, np.int64)
    nearly = np.where(limit >= 0, limit * (1 + NEAR_SHARE) + NEAR_KM, -1.0)
    rough = sphere_km(*places)
    close = np.flatnonzero(rough <= nearly * SPHERE)
    lat, lon, lats, lons = (np.broadcast_to(p, len(owner))[close] for p in places)
    owner, at, limit, free, nearly = owner[close], at[close], limit[close], free[close], nearly[close]
    exact, inside = measured(lat, lon, lats, lons, limit)
    almost = exact <= nearly
    owner, at, limit, free, exact, inside = owner[almost], at[almost], limit[almost], free[almost], exact[almost], inside[almost]
    # rank of a point for its owner: free and inside before free before others, then the least excess or distance
    grade = np.where(free, np.where(inside, 0, 1), np.where(inside, 2, 3))
    order = np.lexsort((at, np.where(inside, exact, exact - limit), grade, owner))
    first = order[np.concatenate([[True], np.diff(owner[order]) > 0])] if len(order) else order
    best = owner[first]
    km[best], point[best] = exact[first], at[first]
    reached, busy, almost = np.zeros(count, bool), np.zeros(count, bool), np.zeros(count, bool)
    reached[best], busy[best], almost[best] = inside[first], ~free[first], True
    must = np.zeros(count, bool)
    must[moving] = True
    v.fail("reach", must & ~reached, almost)
    v.fail("weekdays", busy, True)
    return km, point


def none_or(value: float) -> float | None:
    return None if isnan(value) else float(value)


__all__ = ["ALL_KINDS", "BIT", "CODES", "NEAR_MASK", "OTHER", "TRAVEL", "Judged", "judge_supplies", "none_or"]
