"""One supply against one need, compiled: the filters of `filters.judge_supplies` for a single row, the cheap ones first.

`mode` says when a row may be left: `FITS` at its first failure, `NEAR` when it is no near miss either, `COUNT` at its
second failure. What is kept is judged to the end, so the bits are those that `filters` gives.
"""

from math import asin, isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.criteria import BIT, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import DECIMETRES, LIMIT_KM, MEAN
from techfinder.matching.geometry import (
    GRAIN_KM,
    SPHERE,
    bools,
    doubted,
    ellipsoid,
    f64s,
    i32s,
    i64s,
    u8s,
    u16s,
    u32s,
    u64s,
)

KIND, LEVELS, REACH, PERIOD = BIT["kind"], BIT["levels"], BIT["reach"], BIT["period"]
WEEKDAYS, DAYPARTS, LANGUAGE, FULL = BIT["weekdays"], BIT["dayparts"], BIT["language"], BIT["full"]
UNAVAILABLE, EXPIRED, BLOCKED = BIT["unavailable"], BIT["expired"], BIT["blocked"]
HIDDEN = FULL | UNAVAILABLE | EXPIRED | BLOCKED
FITS, NEAR, COUNT = 0, 1, 2
OUT = -1

# the columns of supplies, in this order, and alive and label_code before them
DOC_COLUMNS = (
    "kind", "levels", "from", "until", "weekdays", "dayparts", "language", "places", "available", "org", "trust", "id",
    "theme", "point_start", "theme_owner",
)  # fmt: skip
POINT_COLUMNS = ("point_lat", "point_lon", "px", "py", "pz", "point_radius", "point_weekdays")
DOCS = Tuple((
    bools, u32s, u8s, u64s, i32s, i32s, u8s, u16s, u64s, i32s, bools, i64s, f64s, i64s, u64s, i64s, i32s,
))  # fmt: skip
POINTS = Tuple((f64s, f64s, f64s, f64s, f64s, f64s, u8s))
# kinds wanted, accepted, nearly accepted; levels, near levels; first and last day, today; weekdays, dayparts, language;
# place, travel; x, y, z; weights of the six shares, c, d0, anywhere; mass. Only numbers: passing them on costs nothing
ASKED = Tuple((
    uint64, uint64, uint64, uint64, uint64, int64, int64, int64, int64, int64, uint64,
    float64, float64, float64, float64, float64, float64,
    float64, float64, float64, float64, float64, float64, float64, float64, float64, float64,
))  # fmt: skip
SETS = Tuple((bools, i64s, i64s, i64s, u64s, f64s))  # open label sets; closed from and until; blocked; themes; powers of spread


@njit(cache=True, nogil=True, forceinline=True)
def left(mode, fails, nearly):
    """Whether a row with these failures is of no more use."""
    if mode == FITS:
        return fails != 0
    return fails & (fails - 1) != 0 or (mode == NEAR and fails & ~nearly != 0)


@njit(cache=True, nogil=True, forceinline=True)
def judged(mode, kind, levels, since, until, weekdays, dayparts, language, places, available, asked):
    """(fails, nearly) by every filter but closed periods, blocked organisations and reach; `fails` is OUT when the row may be left.

    The columns' values come one by one: handing arrays on would count their references for every row.
    """
    _, accepted, nearly_accepted, n_levels, n_near, n_since, n_until, today, n_week, n_day, n_language = asked[:11]
    fails = nearly = 0
    bit = uint64(1) << uint64(kind)
    if bit & accepted == 0:
        fails |= KIND
        nearly |= KIND if bit & nearly_accepted != 0 else 0
    if n_levels != 0 and levels & n_levels == 0:
        fails |= LEVELS
        nearly |= LEVELS if levels & n_near != 0 else 0
    if left(mode, fails, nearly):
        return OUT, 0
    low, high = max(since, n_since), min(until, n_until)
    if until < today:
        fails |= EXPIRED
    if low > high:
        fails |= PERIOD
        nearly |= PERIOD if low - high <= NEAR_DAYS else 0
    if weekdays != 0 and n_week != 0 and (weekdays & n_week) == 0:
        fails |= WEEKDAYS
    if dayparts != 0 and n_day != 0 and (dayparts & n_day) == 0:
        fails |= DAYPARTS
    if n_language != 0 and language != n_language:
        fails |= LANGUAGE
    nearly |= fails & (WEEKDAYS | DAYPARTS | LANGUAGE)
    if places == 0:
        fails |= FULL
    if not available:
        fails |= UNAVAILABLE
    if left(mode, fails, nearly):
        return OUT, 0
    return fails, nearly


@njit(cache=True, nogil=True, forceinline=True)
def roughly(mode, travel, px, py, pz, radius, weekdays, asked):
    """(sure, fails, nearly, low) of an offer's only point by the sphere, whose error is bounded; not sure near a limit."""
    n_week, lat, max_travel = asked[8], asked[11], asked[13]
    limit = radius if travel == 1 else max_travel
    if not limit >= 0 or isnan(lat):
        return True, REACH, 0, 0.0
    nearly = limit * (1 + NEAR_SHARE) + NEAR_KM
    square = (px - asked[14]) ** 2 + (py - asked[15]) ** 2 + (pz - asked[16]) ** 2
    farthest = ((limit if mode == FITS else nearly) + GRAIN_KM) / (MEAN * (1 - SPHERE))
    if square > farthest * farthest:
        return True, REACH, 0, 0.0
    rough = 2 * MEAN * asin(min(1.0, sqrt(square) / 2))
    low, high = rough * (1 - SPHERE) - GRAIN_KM, rough * (1 + SPHERE) + GRAIN_KM
    if low > nearly:
        return True, REACH, 0, 0.0
    if high < limit - LIMIT_KM or (low > limit + LIMIT_KM and high < nearly - LIMIT_KM):
        free = weekdays == 0 or n_week == 0 or (weekdays & n_week) != 0
        fails = (0 if free else WEEKDAYS) | (0 if high < limit else REACH)
        return True, fails, fails, max(0.0, low)
    return False, 0, 0, 0.0


@njit(cache=True, nogil=True, forceinline=True)
def known_of(point, known, known_km):
    """What geopy said about a point; nan when it was not asked."""
    for i in range(len(known)):
        if known[i] == point:
            return known_km[i]
    return np.nan


@njit(cache=True, nogil=True)
def judged_reach(travel, first, last, plat, plon, pradius, pweek, asked, known, known_km):
    """(fails, nearly, km, point, doubtful point) of the nearest point that fits, else of the one that misses least."""
    n_week, lat, lon, max_travel = asked[8], asked[11], asked[12], asked[13]
    best_grade, best_value, best_km, best_point = 9, 0.0, np.nan, -1
    for p in range(first, last):
        limit = float64(pradius[p]) if travel == 1 else max_travel
        if not limit >= 0 or isnan(lat):
            continue
        nearly = limit * (1 + NEAR_SHARE) + NEAR_KM
        free = pweek[p] == 0 or n_week == 0 or (pweek[p] & n_week) != 0
        raw = known_of(p, known, known_km)
        if isnan(raw):
            raw = ellipsoid(lat, lon, plat[p], plon[p])
            if doubted(raw, limit):
                return 0, 0, np.nan, p, p
        inside = raw <= limit
        km = np.rint(raw * DECIMETRES) / DECIMETRES
        if km > nearly:
            continue
        if free:
            grade = 0 if inside else 1
        else:
            grade = 2 if inside else 3
        value = km if inside else km - limit
        if grade < best_grade or (grade == best_grade and value < best_value):
            best_grade, best_value, best_km, best_point = grade, value, km, p
    if best_point < 0:
        return REACH, 0, np.nan, -1, -1
    fails = (REACH if best_grade == 1 or best_grade == 3 else 0) | (WEEKDAYS if best_grade >= 2 else 0)
    return fails, fails, best_km, best_point, -1
