"""Every need against one supply: the filters of `filters.py` the other way round, compiled.

`judge_needs` gives what plain arithmetic over the columns gives (tests/matching/reference.py), bit for bit: whether a need lies
within reach is judged by the ellipsoid, and where the formula could be wrong, by geopy (`known`). A pair that fails two filters
without its place is no fit, no near miss and nobody's lonely failure: its kilometres are not asked for.
"""

from datetime import date
from math import isnan

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int64, uint32, uint64  # type: ignore[attr-defined]

from techfinder.geo.distance import km as geodesic
from techfinder.matching.columns import NEAR_MASK, TRAVEL, early, kind_code, language_code, late
from techfinder.matching.criteria import BIT, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import DECIMETRES, positions
from techfinder.matching.filters import Judged
from techfinder.matching.finishing import MOST_DOUBTS, noted
from techfinder.matching.geometry import GRAIN_KM, bits, doubted, ellipsoid, f64s, i32s, i64s, u8s, u16s, u64s
from techfinder.matching.judging import known_of
from techfinder.matching.segment import Segment, fixed
from techfinder.matching.values import Supply

KIND, LEVELS, REACH, PERIOD, WEEKDAYS = (BIT[code] for code in ("kind", "levels", "reach", "period", "weekdays"))
DAYPARTS, LANGUAGE, FULL, UNAVAILABLE = (BIT[code] for code in ("dayparts", "language", "full", "unavailable"))
EXPIRED, BLOCKED = BIT["expired"], BIT["blocked"]
NONE_KNOWN = (fixed([], np.int64), fixed([], np.float64))
COLUMNS = (
    "wanted", "accepted", "levels", "near_levels", "language", "from", "until", "weekdays", "dayparts", "lat", "lon", "travel",
    "closed_owner", "closed_from", "closed_until", "blocked_owner", "blocked",
)  # fmt: skip

# COLUMNS, the closed and the blocked ones int64; and x, y, z in km from the centre of the earth
NEEDS = Tuple((u64s, u64s, u64s, u64s, u64s, i32s, i32s, u8s, u16s, f64s, f64s, f64s, i64s, i64s, i64s, i64s, i64s, f64s, f64s, f64s))
# kind's bit, the kinds it nearly answers, levels, language; first and last day, today, weekdays, dayparts, organisation; failures
# of its own; travel
OFFER = Tuple((uint64, uint64, uint64, uint64, int64, int64, int64, int64, int64, int64, int64, int64))
# latitude, longitude, x, y, z, radius, weekdays
POINTS = Tuple((f64s, f64s, f64s, f64s, f64s, f64s, u8s))


@njit(nogil=True, forceinline=True)
def met(one, other):
    """Whether two masks share something; not stated is everything."""
    return one == 0 or other == 0 or one & other != 0


@njit(nogil=True, forceinline=True)
def timed(since, until, weekdays, dayparts, language, offer):
    """(fails, nearly) by days and language."""
    low, high, fails, nearly = max(since, offer[4]), min(until, offer[5]), 0, 0
    if until < offer[6] or offer[5] < offer[6]:
        fails |= EXPIRED
    if low > high:
        fails |= PERIOD
        nearly |= PERIOD if low - high <= NEAR_DAYS else 0
    fails |= 0 if met(weekdays, offer[7]) else WEEKDAYS
    fails |= 0 if met(dayparts, offer[8]) else DAYPARTS
    fails |= LANGUAGE if language != 0 and language != offer[3] else 0
    return fails, nearly | fails & (WEEKDAYS | DAYPARTS | LANGUAGE)


@njit(nogil=True)
def reached(row, travel, needs, points, known, known_km, doubts):
    """(fails, km, point) of the supply's nearest point that fits, else of the one that misses least; -1 without one."""
    lat, lon, limit, weekdays = needs[9][row], needs[10][row], needs[11][row], needs[7][row]
    plat, plon, px, py, pz, radius, pweek = points
    best_grade, best_value, best_km, best = 9, 0.0, np.nan, -1
    for p in range(len(plat)):
        if travel == 1:
            limit = radius[p]
        if not limit >= 0 or isnan(lat):
            continue
        nearly = limit * (1 + NEAR_SHARE) + NEAR_KM
        square = (px[p] - needs[17][row]) ** 2 + (py[p] - needs[18][row]) ** 2 + (pz[p] - needs[19][row]) ** 2
        if square > (nearly + GRAIN_KM) ** 2:  # no way over the ellipsoid is shorter than the straight line
            continue
        raw = known_of(row * len(plat) + p, known, known_km)
        if isnan(raw):
            raw = ellipsoid(lat, lon, plat[p], plon[p])
            if doubted(raw, limit):
                noted(doubts, row * len(plat) + p)
                continue
        inside, km = raw <= limit, np.rint(raw * DECIMETRES) / DECIMETRES
        if km > nearly:
            continue
        grade = (0 if inside else 1) + (0 if met(pweek[p], weekdays) else 2)
        value = km if inside else km - limit
        if grade < best_grade or (grade == best_grade and value < best_value):
            best_grade, best_value, best_km, best = grade, value, km, p
    if best < 0:
        return REACH, best_km, best
    return (REACH if best_grade & 1 else 0) | (WEEKDAYS if best_grade >= 2 else 0), best_km, best


JUDGED = Tuple((uint32[::1], uint32[::1], float64[::1], int64[::1], float64[::1], float64[::1], int64[::1]))(
    i64s, NEEDS, OFFER, POINTS, i64s, f64s
)


@njit(JUDGED, cache=True, nogil=True)
def judged(rows, needs, offer, points, known, known_km):
    """(fails, nearly, km, point, levels, kind, doubts) of the needs in `rows`, as `filters.Judged`; doubts are row · points + point."""
    wanted, accepted, levels, near_levels, language, since, until, weekdays, dayparts = needs[:9]
    closed_owner, closed_from, closed_until, blocked_owner, blocked = needs[12:17]
    count = len(rows)
    fails, nearly, doubts = np.empty(count, np.uint32), np.empty(count, np.uint32), np.zeros(MOST_DOUBTS + 1, np.int64)
    kms, point = np.full(count, np.nan), np.full(count, -1, np.int64)
    share, kind, shut = np.empty(count, np.float64), np.empty(count, np.float64), np.zeros(len(wanted), np.uint32)
    for j in range(len(closed_owner)):
        row = closed_owner[j]
        if max(since[row], offer[4]) >= closed_from[j] and min(until[row], offer[5]) <= closed_until[j]:
            shut[row] |= PERIOD
    for j in range(len(blocked)):
        if blocked[j] == offer[9]:
            shut[blocked_owner[j]] |= BLOCKED
    for i in range(count):
        row = rows[i]
        bad, almost = timed(since[row], until[row], weekdays[row], dayparts[row], language[row], offer)
        bad |= int64(shut[row]) | offer[10]
        if offer[0] & accepted[row] == 0:
            bad |= KIND
            almost |= KIND if offer[1] & wanted[row] != 0 else 0
        asked, shared = bits(levels[row]), bits(offer[2] & levels[row])
        if asked > 0 and shared == 0:
            bad |= LEVELS
            almost |= LEVELS if offer[2] & near_levels[row] != 0 else 0
        share[i], kind[i] = shared / asked if asked > 0 else 1.0, 1.0 if offer[0] & wanted[row] != 0 else 0.0
        if offer[11] > 0 and bad & (bad - 1) == 0:
            missed, kms[i], point[i] = reached(row, offer[11], needs, points, known, known_km, doubts)
            bad |= missed
            almost |= missed if point[i] >= 0 else 0
        fails[i], nearly[i] = bad, almost
    return fails, nearly, kms, point, share, kind, doubts[1 : doubts[0] + 1]


def judge_needs(segment: Segment, rows: np.ndarray, supply: Supply, today: date) -> Judged:
    """Every need in `rows` against one supply."""
    needs, offer, points = _needs(segment), _offer(supply, today), _points(supply)
    known, said = NONE_KNOWN, dict[int, float]()
    while True:
        *made, doubts = judged(rows, needs, offer, points, *known)
        if not len(doubts):
            return Judged(*made)
        for doubt in doubts.tolist():
            row, p = divmod(doubt, len(points[0]))
            said[doubt] = geodesic((float(needs[9][row]), float(needs[10][row])), (float(points[0][p]), float(points[1][p])))
        known = (fixed(list(said), np.int64), fixed(list(said.values()), np.float64))


def _needs(segment: Segment) -> tuple[np.ndarray, ...]:
    """The columns as the kernel takes them, made once."""
    made = segment.derived.get("needs")
    if made is None:
        c = segment.columns
        columns = [fixed(c[name], np.int64 if name.startswith(("closed", "blocked")) else None) for name in COLUMNS]
        made = segment.derived["needs"] = (*columns, *map(fixed, positions(c["lat"], c["lon"])))
    return made


def _offer(s: Supply, today: date) -> tuple:
    """In the order of `OFFER`."""
    code, u = kind_code(s.kind), np.uint64
    own = (FULL if s.places_left == 0 else 0) | (0 if s.available else UNAVAILABLE)
    return (
        u(1 << code), u(NEAR_MASK[code]), u(s.levels), u(language_code(s.language)),
        max(early(s.period_from), today.toordinal()), late(s.period_until), today.toordinal(), s.weekdays & 0x7F, s.dayparts & 0xFFFF,
        s.organisation_id, own, int(TRAVEL[code]),
    )  # fmt: skip


def _points(supply: Supply) -> tuple[np.ndarray, ...]:
    """In the order of `POINTS`, by id."""
    points = sorted(supply.points, key=lambda p: p.id)
    lats, lons = np.array([p.lat for p in points], np.float64), np.array([p.lon for p in points], np.float64)
    radii = np.array([-1.0 if p.radius_km is None else p.radius_km for p in points], np.float64)
    return tuple(map(fixed, (lats, lons, *positions(lats, lons), radii, np.array([p.weekdays & 0x7F for p in points], np.uint8))))
