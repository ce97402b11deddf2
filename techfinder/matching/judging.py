"""One supply against one need, compiled: the filters of `filters.judge_supplies` for a single row, the cheap ones first.

`mode` says when a row may be left: `FITS` at its first failure, `NEAR` when it is no near miss either, `COUNT` at its
second failure. What is kept is judged to the end, so the bits are those that `filters` gives.
"""

from math import isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, float32, float64, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.criteria import BIT, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import DECIMETRES
from techfinder.matching.geometry import (
    GRAIN_KM,
    bools,
    doubted,
    f64s,
    farthest,
    first_bit,
    i32s,
    i64s,
    ro,
    u8s,
    u16s,
    u64s,
    way,
)

KIND, LEVELS, REACH, PERIOD = BIT["kind"], BIT["levels"], BIT["reach"], BIT["period"]
WEEKDAYS, DAYPARTS, LANGUAGE, FULL = BIT["weekdays"], BIT["dayparts"], BIT["language"], BIT["full"]
UNAVAILABLE, EXPIRED, BLOCKED = BIT["unavailable"], BIT["expired"], BIT["blocked"]
HIDDEN = FULL | UNAVAILABLE | EXPIRED | BLOCKED
FITS, NEAR, COUNT = 0, 1, 2
OUT = -1
ROUNDED = 1e-7  # the share by which a float32 may be off

# the columns of supplies, in this order
DOC_COLUMNS = (
    "kind", "levels", "from", "until", "weekdays", "dayparts", "language", "places", "available", "org", "trust", "id",
    "theme", "point_start", "theme_owner",
)  # fmt: skip
POINT_COLUMNS = ("point_lat", "point_lon", "spot", "point_radius", "point_weekdays", "point_id")
DOCS = Tuple((u8s, u64s, i32s, i32s, u8s, u16s, u64s, i32s, bools, i64s, f64s, i64s, u64s, i32s, i32s))
POINTS = Tuple((f64s, f64s, ro(float32, 2), f64s, u8s, i64s))
# kinds wanted, accepted, nearly accepted; levels, near levels; first and last day, today; weekdays, dayparts, language;
# place, travel; x, y, z; weights of the six shares, c, d0, anywhere; mass. Only numbers: passing them on costs nothing
ASKED = Tuple((
    uint64, uint64, uint64, uint64, uint64, int64, int64, int64, int64, int64, uint64,
    float64, float64, float64, float64, float64, float64,
    float64, float64, float64, float64, float64, float64, float64, float64, float64, float64,
))  # fmt: skip
SETS = Tuple((u64s, i64s, i64s, i64s, u64s, f64s))  # bits of what is visible; closed from and until; blocked; themes; powers of spread
QUESTION = Tuple((u64s, f64s, *SETS.types[1:]))  # `ASKED` as two arrays, and the sets but the first


@njit(nogil=True)
def asked_of(numbers, others):
    """`ASKED` of its whole numbers and its others, in that order: two arrays are handed on faster than so many numbers."""
    n, o = numbers, others
    return (
        n[0], n[1], n[2], n[3], n[4], int64(n[5]), int64(n[6]), int64(n[7]), int64(n[8]), int64(n[9]), n[10],
        o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8], o[9], o[10], o[11], o[12], o[13], o[14], o[15],
    )  # fmt: skip


@njit(nogil=True, forceinline=True)
def left(mode, fails, nearly):
    """Whether a row with these failures is of no more use."""
    if mode == FITS:
        return fails != 0
    return fails & (fails - 1) != 0 or (mode == NEAR and fails & ~nearly != 0)


@njit(nogil=True, forceinline=True)
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


@njit(nogil=True, forceinline=True)
def barred(fails, since, until, org, sets, asked):
    """`fails` and what closed periods and blocked organisations add."""
    closed_from, closed_until, blocked = sets[1], sets[2], sets[3]
    for j in range(len(closed_from)):
        if max(since, asked[5]) >= closed_from[j] and min(until, asked[6]) <= closed_until[j]:
            fails |= PERIOD
    for j in range(len(blocked)):
        if org == blocked[j]:
            fails |= BLOCKED
    return fails


@njit(nogil=True, forceinline=True)
def roughly(limit, x, y, z, weekdays, asked):
    """(sure, fails, nearly, low, high) of an offer's only point by the chord; not sure near a limit."""
    n_week = asked[8]
    if not limit >= 0:
        return True, REACH, 0, 0.0, 0.0
    nearly = limit * (1 + NEAR_SHARE) + NEAR_KM
    chord = sqrt((x - asked[14]) ** 2 + (y - asked[15]) ** 2 + (z - asked[16]) ** 2)
    low, high = chord - GRAIN_KM, farthest(chord + GRAIN_KM)
    if not low <= nearly:  # nowhere, too
        return True, REACH, 0, 0.0, 0.0
    if high < limit or (low > limit and high < nearly):
        free = weekdays == 0 or n_week == 0 or (weekdays & n_week) != 0
        fails = (0 if free else WEEKDAYS) | (0 if high < limit else REACH)
        return True, fails, fails, max(0.0, low), high
    return False, 0, 0, 0.0, 0.0


@njit(nogil=True, forceinline=True)
def nearest(travel, first, last, spot, pweek, asked):
    """(verdict, low, high) of an offer's points by their chords: 0 none fits, 1 one does, between `low` and `high` km, 2 not sure."""
    n_week, max_travel = asked[8], asked[13]
    verdict, least, most = 0, np.inf, np.inf
    for p in range(first, last):
        limit, grain = max_travel, GRAIN_KM
        if travel == 1:  # its radius is rounded here
            limit = float64(spot[p, 3])
            grain += limit * ROUNDED
        if not limit >= 0 or (n_week != 0 and pweek[p] != 0 and (pweek[p] & n_week) == 0):
            continue
        chord = sqrt((spot[p, 0] - asked[14]) ** 2 + (spot[p, 1] - asked[15]) ** 2 + (spot[p, 2] - asked[16]) ** 2)
        if not chord - grain <= limit:
            continue
        high = farthest(chord + GRAIN_KM)
        if high < limit - grain:
            verdict = max(verdict, 1)
            least, most = min(least, max(0.0, chord - GRAIN_KM)), min(most, high)
        else:
            verdict = 2
    return verdict, least, most


@njit(nogil=True, forceinline=True)
def perhaps_near(travel, first, last, spot, pradius, asked):
    """Whether any of an offer's points may be within reach, or nearly."""
    for p in range(first, last):
        limit = float64(pradius[p]) if travel == 1 else asked[13]
        chord = sqrt((spot[p, 0] - asked[14]) ** 2 + (spot[p, 1] - asked[15]) ** 2 + (spot[p, 2] - asked[16]) ** 2)
        if limit >= 0 and chord - GRAIN_KM <= limit * (1 + NEAR_SHARE) + NEAR_KM:
            return True
    return False


@njit(nogil=True, forceinline=True)
def known_of(point, known, known_km):
    """What geopy said about a point; nan when it was not asked."""
    for i in range(len(known)):
        if known[i] == point:
            return known_km[i]
    return np.nan


@njit(nogil=True)
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
            raw = way(asked[14], asked[15], asked[16], lat, lon, plat[p], plon[p])
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


@njit(nogil=True, forceinline=True)
def unhindered(b, live, simple, docs, blocks, sets, asked):
    """Those of the documents `live` of block b that pass every filter but the reach, as bits.

    `simple`: no language, closed period or blocked organisation is asked about, so that kind and levels decide for a plain one.
    """
    kind, levels, since, until, weekdays, dayparts, language, places, available, org = docs[:10]
    accepted, n_levels = asked[1], asked[3]
    if blocks[0][b] & ~accepted != 0:
        live = of_kinds(b, live, kind, accepted)
    if n_levels != 0 and blocks[11][b] & n_levels == 0:
        live &= of_levels(b, n_levels, blocks)
    doubtful = live & ~blocks[12][b] if simple else live
    while doubtful != 0:
        bit = doubtful & (~doubtful + uint64(1))
        doubtful ^= bit
        row = (b << 6) + first_bit(bit)
        fails, _ = judged(
            FITS, kind[row], levels[row], since[row], until[row], weekdays[row], dayparts[row], language[row], places[row],
            available[row], asked,
        )  # fmt: skip
        if fails != 0 or barred(0, since[row], until[row], org[row], sets, asked) != 0:
            live ^= bit
    return live


@njit(nogil=True, forceinline=True)
def perhaps_nearly(b, live, simple, travels, blocks, asked):
    """Those of the documents `live` of block b that kind and levels may let fail one filter by a little; all that do are among them."""
    kinds, n_levels = blocks[0][b], asked[3]
    fit = of_levels(b, n_levels, blocks) if n_levels != 0 else ~uint64(0)
    if kinds & asked[1] == 0:  # which is their failure
        return live & fit
    of_one_kind = kinds & (kinds - uint64(1)) == 0
    if of_one_kind and simple and asked[5] <= asked[6] and travels[first_bit(kinds)] == 0:
        live &= ~(fit & blocks[12][b])  # they fit
    return live & (fit | of_levels(b, asked[4], blocks)) if n_levels != 0 else live


@njit(nogil=True, forceinline=True)
def of_levels(b, wanted, blocks):
    """The documents of block b that are for one of the levels."""
    wanted, found = blocks[1][b] & wanted, uint64(0)
    while wanted != 0:
        found |= blocks[13][b, first_bit(wanted)]
        wanted &= wanted - uint64(1)
    return found


@njit(nogil=True)
def of_kinds(b, live, kind, accepted):
    """Those of a block of several kinds whose kind is accepted."""
    found = uint64(0)
    while live != 0:
        i = first_bit(live)
        live &= live - uint64(1)
        found |= ((accepted >> uint64(kind[(b << 6) + i])) & uint64(1)) << uint64(i)
    return found
