"""The fast way to `suggest`: one compiled pass over a segment that gives what `matcher` and `filters` give, bit for bit.

Numba compiles for explicit signatures and keeps the result beside the module, so that serving never compiles; `nogil`
lets other threads go on. No `fastmath`: every sum is in the order that `ranking.features` states.

Steps: postings are added up per document; documents with a match are judged by the cheap filters first and by reach last, on
a sphere whose error is bounded, so the ellipsoid is asked only near a limit; what remains is visited best bound first,
and the ellipsoid is computed only for what can still enter the first `k` (fits) or the first few (near misses).

Where the formula of the ellipsoid could be wrong in its last shown place, the pair is handed back, and the caller asks
geopy and runs again with what it said (`known`).
"""

from math import asin, atan, atan2, cos, floor, isnan, radians, sin, sqrt, tan

import numpy as np
from numba import njit, types
from numba.types import (  # type: ignore[attr-defined]
    Array,
    Tuple,
    float64,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)

from techfinder.matching.criteria import BIT, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import DECIMETRES, ERROR_KM, LIMIT_KM, MEAN, A, B, F

KIND, LEVELS, REACH, PERIOD = BIT["kind"], BIT["levels"], BIT["reach"], BIT["period"]
WEEKDAYS, DAYPARTS, LANGUAGE, FULL = BIT["weekdays"], BIT["dayparts"], BIT["language"], BIT["full"]
UNAVAILABLE, EXPIRED, BLOCKED = BIT["unavailable"], BIT["expired"], BIT["blocked"]
HIDDEN = FULL | UNAVAILABLE | EXPIRED | BLOCKED
CODES = len(BIT)
SPHERE = 0.006  # share by which sphere and ellipsoid may differ, anywhere
GRAIN_KM = 0.002  # and what the chord of two near points may be off
BUCKETS = 1024
SHARES = 6
MOST_DOUBTS = 64


@njit(types.int64(uint64), cache=True, nogil=True)
def bits(x):
    """Number of bits set."""
    x = x - ((x >> uint64(1)) & uint64(0x5555555555555555))
    x = (x & uint64(0x3333333333333333)) + ((x >> uint64(2)) & uint64(0x3333333333333333))
    x = (x + (x >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return int64((x * uint64(0x0101010101010101)) >> uint64(56))


@njit(float64(float64, float64, float64, float64), cache=True, nogil=True)
def ellipsoid(lat1, lon1, lat2, lon2):
    """Vincenty's inverse, as `distance._vincenty`; nan where it doesn't converge."""
    u1, u2 = atan((1 - F) * tan(radians(lat1))), atan((1 - F) * tan(radians(lat2)))
    s1, c1, s2, c2 = sin(u1), cos(u1), sin(u2), cos(u2)
    start = radians(lon2 - lon1)
    lam, moved = start, 1.0
    ss = cs = sigma = ca2 = cm = 0.0
    for _ in range(12):
        sl, cl = sin(lam), cos(lam)
        ss = sqrt((c2 * sl) ** 2 + (c1 * s2 - s1 * c2 * cl) ** 2)
        cs = s1 * s2 + c1 * c2 * cl
        if ss == 0.0:
            return 0.0 if cs > 0 else np.nan
        sigma = atan2(ss, cs)
        sa = c1 * c2 * sl / ss
        ca2 = 1 - sa**2
        cm = cs - 2 * s1 * s2 / ca2 if ca2 > 0 else 0.0
        c = F / 16 * ca2 * (4 + F * (4 - 3 * ca2))
        new = start + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm**2 - 1)))
        moved = abs(new - lam)
        lam = new
        if moved <= 1e-15:
            break
    if moved > 1e-13:
        return np.nan
    k = ca2 * (A**2 - B**2) / B**2
    a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
    b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
    d = b * ss * (cm + b / 4 * (cs * (2 * cm**2 - 1) - b / 6 * cm * (4 * ss**2 - 3) * (4 * cm**2 - 3)))
    return B * a * (sigma - d)


@njit(types.boolean(float64, float64), cache=True, nogil=True)
def doubted(raw, limit):
    """As `distance.doubtful`."""
    scaled = raw * DECIMETRES
    sure = abs(scaled - floor(scaled) - 0.5) > ERROR_KM * DECIMETRES and abs(raw - limit) > LIMIT_KM
    return not sure


def ro(dtype):
    return Array(dtype, 1, "C", readonly=True)


i64s, f64s, u64s, u8s, bools = ro(int64), ro(float64), ro(uint64), ro(uint8), ro(types.boolean)
i32s, u32s, u16s = ro(types.int32), ro(uint32), ro(uint16)

SCORE = float64[::1](u64s, f64s, u64s, i64s, i32s, u8s, u8s, Array(float64, 2, "C", readonly=True))


@njit(SCORE, cache=True, nogil=True)
def text_scores(asked, factors, hashes, offsets, docs, tf, lengths, table):
    """Σ factor · saturated frequency per document, float64 [N]; `asked` are hashes in the order of addition."""
    total = np.zeros(len(lengths), np.float64)
    for q in range(len(asked)):
        i = np.searchsorted(hashes, asked[q])
        if i < len(hashes) and hashes[i] == asked[q]:
            factor = factors[q]
            for p in range(offsets[i], offsets[i + 1]):
                doc = docs[p]
                total[doc] += factor * table[tf[p], lengths[doc]]
    return total


RUN = Tuple(
    (int64[::1], float64[:, ::1], int64[::1], int64[::1], float64[::1], int64[::1], int64[::1])
)(
    f64s, i64s, int64,
    bools, bools, u32s, u8s, u64s, i32s, i32s, u8s, u16s, u64s, i32s, bools, i64s, f64s,
    i64s, i64s, f64s, f64s, f64s, f64s, f64s, f64s, u8s,
    u8s, u64s, uint64, uint64, uint64, uint64, int64, int64, int64, i64s, i64s,
    int64, int64, uint64, i64s, float64, float64, float64, f64s, float64, int64, int64, int64, i64s, f64s,
)  # fmt: skip


@njit(cache=True, nogil=True)
def judged_reach(
    row, travel, plat, plon, px, py, pz, pradius, pweek, first, last, n_week, max_travel, lat, lon, x, y, z, known, known_km,
):  # fmt: skip
    """(fails, nearly, low, km, point, doubtful point): `low` bounds the kilometres from below, `km` is nan until needed."""
    best_grade, best_value, best_km, best_point = 9, 0.0, np.nan, -1
    single = last - first == 1
    for p in range(first, last):
        limit = pradius[p] if travel == 1 else max_travel
        if not limit >= 0 or isnan(lat):
            continue
        nearly = limit * (1 + NEAR_SHARE) + NEAR_KM
        chord = sqrt((px[p] - x) ** 2 + (py[p] - y) ** 2 + (pz[p] - z) ** 2)
        rough = 2 * MEAN * asin(min(1.0, chord / 2))
        low, high = rough * (1 - SPHERE) - GRAIN_KM, rough * (1 + SPHERE) + GRAIN_KM
        if low > nearly:
            continue
        free = pweek[p] == 0 or n_week == 0 or (pweek[p] & n_week) != 0
        if single and (high < limit - LIMIT_KM or (low > limit + LIMIT_KM and high < nearly - LIMIT_KM)):
            fails = (0 if free else WEEKDAYS) | (0 if high < limit else REACH)
            return fails, fails, max(0.0, low), np.nan, p, -1
        raw = np.nan
        for i in range(len(known)):
            if known[i] == p:
                raw = known_km[i]
        if isnan(raw):
            raw = ellipsoid(lat, lon, plat[p], plon[p])
            if doubted(raw, limit):
                return 0, 0, 0.0, np.nan, p, p
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
        return REACH, 0, 0.0, np.nan, -1, -1
    fails = (REACH if best_grade == 1 or best_grade == 3 else 0) | (WEEKDAYS if best_grade >= 2 else 0)
    return fails, fails, best_km, best_km, best_point, -1


@njit(cache=True, nogil=True)
def bucket(score):
    return min(BUCKETS - 1, max(0, int(score * BUCKETS)))


@njit(cache=True, nogil=True)
def by_bucket(bound, n):
    """Positions 0…n−1 by bucket of their bound, the highest first: a counting sort."""
    sizes = np.zeros(BUCKETS + 1, np.int64)
    for i in range(n):
        sizes[BUCKETS - 1 - bucket(bound[i]) + 1] += 1
    for b in range(BUCKETS):
        sizes[b + 1] += sizes[b]
    order = np.empty(n, np.int64)
    for i in range(n):
        b = BUCKETS - 1 - bucket(bound[i])
        order[sizes[b]] = i
        sizes[b] += 1
    return order


@njit(RUN, cache=True, nogil=True)
def run(
    text, themes, asked_themes,
    alive, open_sets, label_code, kind, levels, since, until, weekdays, dayparts, language, places, available, org, trust,
    ids, start, plat, plon, px, py, pz, pradius, pweek,
    travel, near_kinds, wanted, accepted, n_levels, n_near, n_since, n_until, today, closed_from, closed_until,
    n_week, n_day, n_language, blocked, lat, lon, max_travel, weights, mass, k, most_near, counting, known, known_km,
):  # fmt: skip
    """(rows, shares, points, fails, km, counts, doubts): the first k fits and then the first near misses.

    With `counting` every document is judged to the end, so that the counts are whole; else it is left at its first failure
    that makes it neither a fit nor a near miss, and `counts[3:]` mean nothing.

    `shares` [n, 6] in the order of `ranking.SHARES`, then summed by the caller's rule in column 6; `counts`: fits, near misses,
    documents on the subject, then per filter those that only it kept out; `doubts`: points to ask geopy about.
    """
    w_text, w_near, w_themes, w_levels, w_kind, w_trust = weights[0], weights[1], weights[2], weights[3], weights[4], weights[5]
    c, d0, anywhere = weights[6], weights[7], weights[8]
    count = len(text)
    rows = np.empty(count, np.int64)
    bound = np.empty(count, np.float64)
    lows = np.empty(count, np.float64)
    kms = np.empty(count, np.float64)
    points = np.empty(count, np.int64)
    failed = np.empty(count, np.int64)
    n = 0
    counts = np.zeros(3 + CODES, np.int64)
    doubts = np.empty(MOST_DOUBTS, np.int64)
    n_doubts = 0
    y_lat, y_lon = radians(lat), radians(lon)
    x, y, z = cos(y_lat) * cos(y_lon), cos(y_lat) * sin(y_lon), sin(y_lat)
    asked = bits(n_levels)
    n_themes = len(themes)
    for row in range(count):
        own = themes[row] if n_themes else 0
        if text[row] <= 0.0 and own == 0:
            continue
        if not alive[row] or not open_sets[label_code[row]]:
            continue
        counts[2] += 1
        fails = nearly = 0
        bit = uint64(1) << uint64(kind[row])
        if bit & accepted == 0:
            fails |= KIND
            if near_kinds[kind[row]] & wanted != 0:
                nearly |= KIND
            elif not counting:
                continue
        shared = bits(levels[row] & n_levels)
        if asked > 0 and shared == 0:
            fails |= LEVELS
            if levels[row] & n_near != 0:
                nearly |= LEVELS
            elif not counting:
                continue
        if fails != 0 and (fails & (fails - 1) != 0 or (most_near == 0 and not counting)):
            continue
        low, high = max(since[row], n_since), min(until[row], n_until)
        if until[row] < today:
            fails |= EXPIRED
        if low > high:
            fails |= PERIOD
            if low - high <= NEAR_DAYS:
                nearly |= PERIOD
        for i in range(len(closed_from)):
            if low >= closed_from[i] and high <= closed_until[i]:
                fails |= PERIOD
        if weekdays[row] != 0 and n_week != 0 and (weekdays[row] & n_week) == 0:
            fails |= WEEKDAYS
            nearly |= WEEKDAYS
        if dayparts[row] != 0 and n_day != 0 and (dayparts[row] & n_day) == 0:
            fails |= DAYPARTS
            nearly |= DAYPARTS
        if n_language != 0 and language[row] != n_language:
            fails |= LANGUAGE
            nearly |= LANGUAGE
        if places[row] == 0:
            fails |= FULL
        if not available[row]:
            fails |= UNAVAILABLE
        for i in range(len(blocked)):
            if org[row] == blocked[i]:
                fails |= BLOCKED
        if fails & (fails - 1) != 0 or (fails & ~nearly != 0 and not counting):
            continue  # two filters at least: neither a fit nor a near miss
        km_low, km, point = 0.0, np.nan, -1
        moves = travel[kind[row]] > 0
        if moves:
            f, near, km_low, km, point, doubt = judged_reach(
                row, travel[kind[row]], plat, plon, px, py, pz, pradius, pweek, start[row], start[row + 1],
                n_week, max_travel, lat, lon, x, y, z, known, known_km,
            )  # fmt: skip
            if doubt >= 0:
                if n_doubts < MOST_DOUBTS:
                    doubts[n_doubts] = doubt
                    n_doubts += 1
                continue
            fails |= f
            nearly |= near
        if fails & (fails - 1) != 0:
            continue
        if fails != 0:
            for code in range(CODES):
                if fails == 1 << code:
                    counts[3 + code] += 1
            if fails & HIDDEN != 0 or fails & ~nearly != 0:
                continue
        # the same sums as the final score, with the least kilometres that are possible
        s = w_text * (text[row] / (text[row] + c * mass) if mass > 0 else 0.0)
        s = s + w_near * (anywhere if point < 0 else d0 / (d0 + km_low))
        s = s + w_themes * (own / asked_themes if asked_themes > 0 else 0.5)
        s = s + w_levels * (shared / asked if asked > 0 else 1.0)
        s = s + w_kind * (1.0 if bit & wanted != 0 else 0.0)
        s = s + w_trust * (0.5 if isnan(trust[row]) else trust[row])
        rows[n], bound[n], lows[n], kms[n], points[n], failed[n] = row, s + 1e-12, km_low, km, point, fails
        n += 1
    most = k + most_near
    out_rows = np.zeros(most, np.int64)
    out_shares = np.zeros((most, SHARES + 1), np.float64)
    out_points = np.empty(most, np.int64)
    out_fails = np.empty(most, np.int64)
    out_km = np.empty(most, np.float64)
    order = by_bucket(bound, n)
    for near_pass in range(2):
        base = 0 if near_pass == 0 else k
        room = k if near_pass == 0 else most_near
        filled = 0
        for o in range(n):
            i = order[o]
            if (failed[i] != 0) != (near_pass == 1):
                continue
            if filled == room and room > 0 and bucket(bound[i]) < bucket(out_shares[base + room - 1, SHARES]):
                break
            if room == 0 or (filled == room and bound[i] < out_shares[base + room - 1, SHARES]):
                continue
            row, km = rows[i], kms[i]
            point = points[i]
            if point >= 0 and isnan(km):
                raw = np.nan
                for j in range(len(known)):
                    if known[j] == point:
                        raw = known_km[j]
                if isnan(raw):
                    raw = ellipsoid(lat, lon, plat[point], plon[point])
                    if doubted(raw, -1.0):
                        if n_doubts < MOST_DOUBTS:
                            doubts[n_doubts] = point
                            n_doubts += 1
                        continue
                km = np.rint(raw * DECIMETRES) / DECIMETRES
            own = themes[row] if n_themes else 0
            shared = bits(levels[row] & n_levels)
            bit = uint64(1) << uint64(kind[row])
            s0 = w_text * (text[row] / (text[row] + c * mass) if mass > 0 else 0.0)
            s1 = w_near * (anywhere if point < 0 else d0 / (d0 + km))
            s2 = w_themes * (own / asked_themes if asked_themes > 0 else 0.5)
            s3 = w_levels * (shared / asked if asked > 0 else 1.0)
            s4 = w_kind * (1.0 if bit & wanted != 0 else 0.0)
            s5 = w_trust * (0.5 if isnan(trust[row]) else trust[row])
            score = s0 + s1 + s2 + s3 + s4 + s5
            # insertion, best first, ties on id
            at = filled if filled < room else room
            while at > 0:
                other = out_shares[base + at - 1, SHARES]
                if other > score or (other == score and ids[out_rows[base + at - 1]] < ids[row]):
                    break
                at -= 1
            if at >= room:
                continue
            stop = filled if filled < room else room - 1
            for j in range(stop, at, -1):
                out_rows[base + j] = out_rows[base + j - 1]
                out_shares[base + j] = out_shares[base + j - 1]
                out_points[base + j] = out_points[base + j - 1]
                out_fails[base + j] = out_fails[base + j - 1]
                out_km[base + j] = out_km[base + j - 1]
            there = base + at
            out_rows[there], out_points[there], out_fails[there], out_km[there] = row, point, failed[i], km
            shares = out_shares[there]
            shares[0], shares[1], shares[2], shares[3], shares[4], shares[5], shares[6] = s0, s1, s2, s3, s4, s5, score
            if filled < room:
                filled += 1
        counts[near_pass] = filled
    return out_rows, out_shares, out_points, out_fails, out_km, counts, doubts[:n_doubts]
