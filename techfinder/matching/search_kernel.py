"""The search page's loops, compiled for explicit signatures: what the words cover, what reaches a place, counts of bits.

Sets of documents are bits, as in `bitsets`. Nothing here decides a kilometre: chords over the ellipsoid bound it from both
sides, and what a bound leaves open is handed back to `distance.measured`.
"""

from math import isnan, sqrt

import numpy as np
from numba import njit, types
from numba.types import Array, Tuple, float64, int64, uint8, uint64  # type: ignore[attr-defined]

TIGHTEST_KM = 6335.4  # the least radius of curvature of WGS-84, b²/a
BEND = 1.05 / (24 * TIGHTEST_KM**2)  # see `farthest`
NEARBY_KM = 2000.0
FARTHEST_KM = 21_000.0  # more than half the way round
GRAIN_KM = 1e-6
ROUNDING_KM = 6e-5  # kilometres are shown and scored to the decimetre
SLACK = 1e-12  # of a score


def ro(dtype, dimensions=1):
    return Array(dtype, dimensions, "C", readonly=True)


i32s, i64s, f64s, u64s, u8s, bools = ro(types.int32), ro(int64), ro(float64), ro(uint64), ro(uint8), ro(types.boolean)
ONE, FULL = np.uint64(1), np.uint64(63)


@njit(int64(uint64), cache=True, nogil=True)
def ones(x):
    """Number of bits set."""
    x = x - ((x >> uint64(1)) & uint64(0x5555555555555555))
    x = (x & uint64(0x3333333333333333)) + ((x >> uint64(2)) & uint64(0x3333333333333333))
    x = (x + (x >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return int64((x * uint64(0x0101010101010101)) >> uint64(56))


@njit(int64[::1](ro(uint64, 2), u64s), cache=True, nogil=True)
def counts(sets, mask):
    """int64 [V]: how many documents of `mask` uint64 [W] each of `sets` uint64 [V, W] holds."""
    found = np.zeros(len(sets), np.int64)
    words = np.empty(len(mask), np.int64)
    n = 0
    for word in range(len(mask)):
        if mask[word] != 0:
            words[n] = word
            n += 1
    for v in range(len(sets)):
        total = int64(0)
        if 4 * n < len(mask):
            for i in range(n):
                total += ones(sets[v, words[i]] & mask[words[i]])
        else:
            for word in range(len(mask)):
                total += ones(sets[v, word] & mask[word])
        found[v] = total
    return found


@njit(uint64[::1](i32s, i64s, i64s, i64s, f64s, float64, int64), cache=True, nogil=True)
def covered(docs, begins, ends, groups, worths, least, count):
    """Bits of the documents that answer groups of terms worth `least` in all.

    Postings `docs[begins[i]:ends[i]]` belong to group `groups[i]` (ascending), which counts once a document, `worths[group]`.
    """
    weight, last = np.zeros(count, np.float64), np.full(count, -1, np.int64)
    for i in range(len(begins)):
        group, worth = groups[i], worths[groups[i]]
        for p in range(begins[i], ends[i]):
            doc = docs[p]
            if last[doc] != group:
                last[doc] = group
                weight[doc] += worth
    found = np.zeros((count + 63) // 64, np.uint64)
    for doc in range(count):
        if weight[doc] > 0 and weight[doc] >= least:
            found[doc >> 6] |= ONE << (uint64(doc) & FULL)
    return found


@njit(float64(float64), cache=True, nogil=True)
def farthest(chord):
    """The most kilometres over the ellipsoid between two places `chord` km apart in a straight line; the least is `chord`.

    A curve that bends nowhere more than a circle of radius R has, by Schur's theorem, no shorter chord than that circle's arc
    of the same length: s ≤ 2R·asin(c/2R) = c·(1 + c²/24R² + 3c⁴/640R⁴ + …), and 5 % over the second term covers the rest.
    """
    return chord * (1 + BEND * chord * chord) if chord < NEARBY_KM else FARTHEST_KM


REACHING = Tuple((uint64[::1], float64[::1], float64[::1], int64[::1]))(
    u64s, u8s, i64s, f64s, f64s, f64s, f64s, float64, float64, float64, float64, i64s, bools
)  # fmt: skip


@njit(REACHING, cache=True, nogil=True)
def reaching(base, travel, start, xs, ys, zs, limits, x, y, z, radius, known, inside):
    """(bits, low, high, unsure): the documents of `base` that reach a place, or need no journey.

    `travel` uint8 [N]: 0 where nobody travels; points `start[row]:start[row + 1]` are a document's, in km from the centre
    of the earth, with the limit of each. `low` and `high` float64 [N] bound the km of the nearest point within its limit and
    `radius`, nan without a journey, and are set for the documents found only. `unsure`: points so near their limit that
    they must be measured; `known` are those that were, `inside` what came out.
    """
    count = len(travel)
    found = np.zeros(len(base), np.uint64)
    low, high = np.empty(count, np.float64), np.empty(count, np.float64)
    unsure, n = np.empty(len(xs), np.int64), 0
    for row in range(count):
        if base[row >> 6] >> (uint64(row) & FULL) & ONE == 0:
            continue
        nearest, most = np.inf, np.inf
        for p in range(start[row], start[row + 1]):
            limit = min(limits[p], radius)
            chord = sqrt((xs[p] - x) ** 2 + (ys[p] - y) ** 2 + (zs[p] - z) ** 2)
            if travel[row] == 0 or not chord - GRAIN_KM <= limit:
                continue
            far = farthest(chord)
            if not far + GRAIN_KM < limit:
                judged = -1
                for i in range(len(known)):
                    if known[i] == p:
                        judged = int64(inside[i])
                if judged < 0:
                    unsure[n] = p
                    n += 1
                if judged <= 0:
                    continue
            nearest, most = min(nearest, chord), min(most, far)
        if travel[row] == 0:
            low[row] = high[row] = np.nan
        elif nearest == np.inf:
            continue
        else:
            low[row], high[row] = max(0.0, nearest - ROUNDING_KM), most + ROUNDING_KM
        found[row >> 6] |= ONE << (uint64(row) & FULL)
    return found, low, high, unsure[:n].copy()


BOUNDS = Tuple((int64[::1], float64[::1], float64[::1]))(
    u64s, f64s, f64s, f64s, f64s, types.boolean, types.boolean, float64, float64, float64, float64, float64, float64
)  # fmt: skip


@njit(BOUNDS, cache=True, nogil=True)
def bounds(found, text, low, high, trust, placed, worded, w_text, w_near, w_trust, saturation, d0, anywhere):
    """(rows, least, most): the documents of `found`, ascending, and between what their scores lie.

    Without a place the two are the score itself, in the sums of `search.Found.scores`. `saturation` is c·Σ weight·idf.
    """
    total = int64(0)
    for word in range(len(found)):
        total += ones(found[word])
    rows, least, most = np.empty(total, np.int64), np.empty(total, np.float64), np.empty(total, np.float64)
    n = 0
    for row in range(len(trust)):
        if found[row >> 6] >> (uint64(row) & FULL) & ONE == 0:
            continue
        words = w_text * (text[row] / (text[row] + saturation) if worded else 0.0)
        trusted = w_trust * (0.5 if isnan(trust[row]) else trust[row])
        if not placed:
            least[n] = most[n] = words + w_near * 0.0 + trusted
        elif isnan(low[row]):
            score = words + w_near * anywhere + trusted
            least[n], most[n] = score - SLACK, score + SLACK
        else:
            least[n] = words + w_near * (d0 / (d0 + high[row])) + trusted - SLACK
            most[n] = words + w_near * (d0 / (d0 + low[row])) + trusted + SLACK
        rows[n] = row
        n += 1
    return rows, least, most
