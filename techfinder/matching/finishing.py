"""The exact score of what survived the bounds and the filters, and the list of the first."""

from math import isnan

import numpy as np
from numba import njit
from numba.types import uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import SLACK, text_share
from techfinder.matching.distance import DECIMETRES
from techfinder.matching.geometry import bits, doubted, ellipsoid
from techfinder.matching.judging import FITS, known_of

SHARES = 6
MOST_DOUBTS = 64


@njit(cache=True, nogil=True, forceinline=True)
def other_shares(kind, levels, trust, km, point, own, themes, asked):
    """The shares besides the words': near, themes, levels, kind, trust."""
    wanted, n_levels, d0, anywhere = asked[0], asked[3], asked[24], asked[25]
    near = asked[18] * (anywhere if point < 0 else d0 / (d0 + km))
    theme = asked[19] * (own / themes if themes > 0 else 0.5)
    level = asked[20] * (bits(levels & n_levels) / bits(n_levels) if n_levels != 0 else 1.0)
    as_asked = asked[21] * (1.0 if (uint64(1) << uint64(kind)) & wanted != 0 else 0.0)
    return near, theme, level, as_asked, asked[22] * (0.5 if isnan(trust) else trust)


@njit(cache=True, nogil=True, forceinline=True)
def noted(doubts, point):
    """Add a point to ask geopy about; `doubts[0]` counts them."""
    if doubts[0] < MOST_DOUBTS:
        doubts[0] += 1
        doubts[doubts[0]] = point


@njit(cache=True, nogil=True, forceinline=True)
def kilometres(point, lat, lon, plat, plon, known, known_km):
    """To the decimetre; nan where geopy must be asked."""
    raw = known_of(point, known, known_km)
    if isnan(raw):
        raw = ellipsoid(lat, lon, plat[point], plon[point])
        if doubted(raw, -1.0):
            return np.nan
    return np.rint(raw * DECIMETRES) / DECIMETRES


@njit(cache=True, nogil=True)
def placed(order, filled, score, number, scores, numbers):
    """Room for a candidate in `order`, best first, ties on id: its row in the list, or -1 when it comes after all of a full one.

    `order` int64 [room] names the rows of the list, the `filled` that are in use first; of a full list the last one's is taken.
    """
    at = filled
    while at > 0:
        other = order[at - 1]
        if scores[other] > score or (scores[other] == score and numbers[other] < number):
            break
        at -= 1
    if at == len(order):
        return -1
    last = min(filled, len(order) - 1)
    row = order[last]
    for j in range(last, at, -1):
        order[j] = order[j - 1]
    order[at] = row
    return row


@njit(cache=True, nogil=True)
def needed(k, order, filled, scores, orgs, powers):
    """The rank score of the k-th after the re-ranking for fairness of `ranking.spread`: what lies below never comes among k."""
    if filled < k:
        return -1.0
    keys = np.empty(filled, np.float64)
    for i in range(filled):
        n = 0
        for j in range(i):
            n += orgs[order[j]] == orgs[order[i]]
        keys[i] = scores[order[i]] * powers[min(n, len(powers) - 1)]
    return np.sort(keys)[filled - k]


@njit(cache=True, nogil=True)
def finished(mode, k, n, filled, least, docs, points, asked, sets, state, out, doubts, known, known_km):
    """(filled, least) after the round's survivors, with their exact scores, went into the list of the first."""
    kind, levels, org, trust, ids = docs[2], docs[3], docs[11], docs[12], docs[13]
    plat, plon = points[0], points[1]
    rows, lows, kms, nearest, failed, owns, _, total = state
    order, first, shares, scores, numbers, orgs, chosen, fails, away = out
    themes, powers = len(sets[4]), sets[5]
    for i in range(n):
        if total[i] < 0.0 or (total[i] == 0.0 and owns[i] == 0):
            continue
        row, km, point = rows[i], kms[i], nearest[i]
        s0 = text_share(total[i], asked)
        if point >= 0 and isnan(km):
            s1, s2, s3, s4, s5 = other_shares(kind[row], levels[row], trust[row], lows[i], point, owns[i], themes, asked)
            if s0 + s1 + s2 + s3 + s4 + s5 + SLACK < least:
                continue
            km = kilometres(point, asked[11], asked[12], plat, plon, known, known_km)
            if isnan(km):
                noted(doubts, point)
                continue
        s1, s2, s3, s4, s5 = other_shares(kind[row], levels[row], trust[row], km, point, owns[i], themes, asked)
        score = s0 + s1 + s2 + s3 + s4 + s5
        if score < least:
            continue
        at = placed(order, filled, score, ids[row], scores, numbers)
        if at < 0:
            continue
        filled = min(filled + 1, len(order))
        first[at], scores[at], numbers[at], orgs[at] = row, score, ids[row], org[row]
        chosen[at], fails[at], away[at] = point, failed[i], km
        shares[at, 0], shares[at, 1], shares[at, 2], shares[at, 3], shares[at, 4], shares[at, 5] = s0, s1, s2, s3, s4, s5
        if mode == FITS:
            least = max(least, needed(k, order, filled, scores, orgs, powers))
        elif filled == len(order):
            least = max(least, scores[order[filled - 1]])
        while filled > 0 and scores[order[filled - 1]] < least:
            filled -= 1
    return filled, least
