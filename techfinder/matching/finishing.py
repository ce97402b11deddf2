"""The list of the first: between what their scores lie, what the next must reach, and in the end their exact scores.

Kilometres are known to half a metre from chords; the ellipsoid is computed only for what is on the list at the end.
"""

from math import isnan

import numpy as np
from numba import njit
from numba.types import int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import SLACK, text_share
from techfinder.matching.distance import DECIMETRES
from techfinder.matching.geometry import bits, doubted, way
from techfinder.matching.judging import judged_reach, known_of

SHARES = 6
MOST_DOUBTS = 64
BUCKETS, FIRST = 256, 16  # of scores; documents that come on the list before the others, so that few of those do
POINT_BITS = 40  # of the number of a point, before that of its segment
ROWS, FAILS, OWN, IDS, ORGS, POINTS, SEGMENTS, SETTLED = range(8)  # columns of `whole`
LEAST, MOST, WORDS, KM = range(SHARES, SHARES + 4)  # columns of `real`, after the shares


@njit(nogil=True, forceinline=True)
def near_share(km, travels, asked):
    return asked[18] * (asked[24] / (asked[24] + km) if travels else asked[25])


@njit(nogil=True, forceinline=True)
def still_shares(kind, shared, levels, trust, own, themes, asked):
    """The shares that neither words nor place decide: themes, levels (`shared` of so many), kind, trust."""
    wanted = asked[0]
    theme = asked[19] * (own / themes if themes > 0 else 0.5)
    level = asked[20] * (shared / levels if levels != 0 else 1.0)
    as_asked = asked[21] * (1.0 if (uint64(1) << uint64(kind)) & wanted != 0 else 0.0)
    return theme, level, as_asked, asked[22] * (0.5 if isnan(trust) else trust)


@njit(nogil=True, forceinline=True)
def noted(doubts, point):
    """Add a point to ask geopy about; `doubts[0]` counts them."""
    if doubts[0] < MOST_DOUBTS:
        doubts[0] += 1
        doubts[doubts[0]] = point


@njit(nogil=True)
def listed(room):
    """An empty list: (order, whole, real). `order` int64 names the rows of the two tables that are in use, best first."""
    most = 2 * room + 64
    return np.arange(most), np.empty((most, 8), np.int64), np.empty((most, SHARES + 4), np.float64)


@njit(nogil=True)
def placed(order, filled, least, number, whole, real):
    """Put row `order[filled]` of the list in its place by the least that its score can be, ties on id."""
    row = order[filled]
    at = filled
    while at > 0:
        other = order[at - 1]
        if real[other, LEAST] > least or (real[other, LEAST] == least and whole[other, IDS] < number):
            break
        order[at] = other
        at -= 1
    order[at] = row


@njit(nogil=True)
def needed(k, room, order, filled, whole, real, powers):
    """The rank score of the k-th after the re-ranking for fairness of `ranking.spread`: what lies below never comes among k."""
    if filled < k:
        return -1.0
    most = min(filled, room)
    best = np.full(k, -1.0)
    for i in range(most):
        if real[order[i], LEAST] <= best[k - 1]:  # and so are all that follow
            break
        n, org = 0, whole[order[i], ORGS]
        if len(powers) > 1:
            for j in range(i):
                n += whole[order[j], ORGS] == org
        key = real[order[i], LEAST] * powers[min(n, len(powers) - 1)]
        if key <= best[k - 1]:
            continue
        at = k - 1
        while at > 0 and best[at - 1] < key:
            best[at] = best[at - 1]
            at -= 1
        best[at] = key
    return best[k - 1]


@njit(nogil=True)
def settled(at, order, whole, real, docs, points, travels, asked, themes, doubts, known, known_km):
    """Give one of the list its exact kilometres, shares and score; False when geopy must be asked before."""
    kind, levels, trust, start = docs[0], docs[1], docs[10], docs[13]
    row, travel = whole[at, ROWS], travels[docs[0][whole[at, ROWS]]]
    km, point = np.nan, int64(-1)
    if travel > 0:
        first, last = int64(start[row]), int64(start[row + 1])
        if last - first == 1:
            point, km = first, known_of(first, known, known_km)
            if isnan(km):
                km = way(asked[14], asked[15], asked[16], asked[11], asked[12], points[0][first], points[1][first])
                if doubted(km, -1.0):
                    noted(doubts, first)
                    return False
            km = np.rint(km * DECIMETRES) / DECIMETRES
        else:
            _, _, km, point, doubt = judged_reach(
                travel, first, last, points[0], points[1], points[3], points[4], asked, known, known_km
            )
            if doubt >= 0:
                noted(doubts, doubt)
                return False
    s0, s1 = text_share(real[at, WORDS], asked), near_share(km, travel > 0, asked)
    shared = bits(levels[row] & asked[3])
    s2, s3, s4, s5 = still_shares(kind[row], shared, bits(asked[3]), trust[row], whole[at, OWN], themes, asked)
    score = s0 + s1 + s2 + s3 + s4 + s5
    real[at, 0], real[at, 1], real[at, 2], real[at, 3], real[at, 4], real[at, 5] = s0, s1, s2, s3, s4, s5
    real[at, LEAST], real[at, MOST], real[at, KM] = score, score, km
    whole[at, POINTS], whole[at, SETTLED] = points[5][point] if point >= 0 else -1, 1
    return True


@njit(nogil=True)
def finished(k, room, filled, least, first, docs, points, travels, asked, sets, doubts, known, known_km):
    """(filled, least): the list with exact scores, best first, at most `room` and nothing below `least`."""
    order, whole, real = first
    rows = order[:filled].copy()
    spare = order[filled:].copy()
    n = m = 0
    for at in rows:
        if real[at, MOST] >= least and (
            whole[at, SETTLED] == 1
            or settled(at, order, whole, real, docs, points, travels, asked, len(sets[4]), doubts, known, known_km)
        ):
            order[n] = at
            placed(order, n, real[at, LEAST], whole[at, IDS], whole, real)
            n += 1
        else:
            rows[m] = at
            m += 1
    order[n : n + m] = rows[:m]
    order[n + m :] = spare
    filled = min(n, room)
    least = max(least, needed(k, room, order, filled, whole, real, sets[5]))
    while filled > 0 and real[order[filled - 1], LEAST] < least:
        filled -= 1
    return filled, least


@njit(nogil=True, forceinline=True)
def weighed(n, field, asked):
    """Turn `rest` and `upper` of a field of n documents into what their scores can be at least and at most, -1 off the subject; the
    least that some `FIRST` of them have."""
    _, own, _, rest, upper, off, total = field
    often = np.zeros(BUCKETS + 1, np.int64)
    for i in range(n):
        words = text_share(total[i], asked)
        rest[i] = words + rest[i] + near_share(off[i], off[i] >= 0, asked) - SLACK
        upper[i] = words + upper[i] + SLACK
        if total[i] == 0.0 and own[i] == 0:
            rest[i] = upper[i] = -1.0
        often[max(0, min(BUCKETS, int64(rest[i] * BUCKETS)))] += 1
    number, n = BUCKETS, 0
    while number > 0 and n + often[number] < FIRST:
        n += often[number]
        number -= 1
    return number / BUCKETS


@njit(nogil=True, forceinline=True)
def entered(i, segment, filled, field, first, docs):
    """`filled` after document i of a weighed field went into the list, which must have room for it."""
    doc, own, failed, rest, upper, _, total = field
    order, whole, real = first
    at, row = order[filled], doc[i]
    number = docs[11][row]
    real[at, LEAST], real[at, MOST], real[at, WORDS] = rest[i], upper[i], total[i]
    whole[at, ROWS], whole[at, FAILS], whole[at, OWN], whole[at, IDS], whole[at, ORGS] = row, failed[i], own[i], number, docs[9][row]
    whole[at, SEGMENTS], whole[at, SETTLED] = segment, 0
    placed(order, filled, rest[i], number, whole, real)
    return filled + 1
