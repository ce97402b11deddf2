"""The search page's order, compiled for explicit signatures: what may stand in front, between what its score lies, and how it scores.

Nothing here decides a kilometre by a chord, as in `search_kernel.py`.
"""

from math import isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, boolean, float64, int64, uint8  # type: ignore[attr-defined]

from techfinder.matching.distance import DECIMETRES
from techfinder.matching.finishing import MOST_DOUBTS, noted
from techfinder.matching.geometry import bits, doubted, ellipsoid, f64s, farthest, first_bit, i64s, ro, u8s, u64s
from techfinder.matching.inverted import TEXT
from techfinder.matching.judging import known_of
from techfinder.matching.search_kernel import GRAIN_KM, KNOWN, ONE, PLACE, POINTS
from techfinder.matching.search_words import impacts, opened, spread_out, text_of

BEHIND = 1e5  # km: farther than anything, so that who does not travel comes after who does
ROUNDING_KM = 6e-5  # kilometres are shown and scored to the decimetre
SLACK = 1e-12  # of a score
COARSE = 1e-9  # and of a score below `BEHIND`
RELEVANCE, DISTANCE, NEWEST = 0, 1, 2

# weights of words, nearness and trust; c·Σ weight·idf; d0; anywhere
BLEND = Tuple((float64, float64, float64, float64, float64, float64))


@njit(nogil=True, forceinline=True)
def behind(a, b, n, a2, b2, n2):
    """Whether (a, b) comes after (a2, b2): the greater first, ties on the smaller n."""
    return a < a2 or (a == a2 and (b < b2 or (b == b2 and n > n2)))


@njit(nogil=True, forceinline=True)
def later(heap, numbers, i, j):
    """Whether entry `i` of a heap comes after entry `j`."""
    return behind(heap[i, 0], heap[i, 1], numbers[i], heap[j, 0], heap[j, 1], numbers[j])


@njit(nogil=True)
def taken_up(size, most, heap, numbers, a, b, n):
    """The new size of a heap of the `most` first, the last of them on top, with (a, b, n) considered."""
    if size == most:
        if behind(a, b, n, heap[0, 0], heap[0, 1], numbers[0]):
            return size
        i = 0
        while 2 * i + 1 < size:
            child = 2 * i + 1
            if child + 1 < size and later(heap, numbers, child + 1, child):
                child += 1
            if not behind(heap[child, 0], heap[child, 1], numbers[child], a, b, n):
                break
            heap[i, 0], heap[i, 1], numbers[i] = heap[child, 0], heap[child, 1], numbers[child]
            i = child
    else:
        i, size = size, size + 1
        while i > 0 and behind(a, b, n, heap[(i - 1) >> 1, 0], heap[(i - 1) >> 1, 1], numbers[(i - 1) >> 1]):
            up = (i - 1) >> 1
            heap[i, 0], heap[i, 1], numbers[i] = heap[up, 0], heap[up, 1], numbers[up]
            i = up
    heap[i, 0], heap[i, 1], numbers[i] = a, b, n
    return size


@njit(nogil=True, forceinline=True)
def standing(order, placed, travels, chord, moment, said, trusted, blend):
    """(a, b, c, and `ahead`'s four bounds) of a document that words bring `said`: it stands at (a, b) at the latest and at (a, c)
    at the soonest, as `behind` compares."""
    _, w_near, _, _, d0, anywhere = blend
    low = high = np.nan
    if not placed:
        least = greatest = said + w_near * 0.0 + trusted
    elif not travels:
        least = greatest = said + w_near * anywhere + trusted
    else:
        low, high = max(0.0, chord - ROUNDING_KM), farthest(chord) + ROUNDING_KM
        least = said + w_near * (d0 / (d0 + high)) + trusted - SLACK
        greatest = said + w_near * (d0 / (d0 + low)) + trusted + SLACK
    a, b, c = 0.0, least, greatest
    if order == NEWEST:
        a = moment
    elif order == DISTANCE and placed:
        b, c = (least - BEHIND - COARSE, greatest - BEHIND + COARSE) if isnan(low) else (-high, -low)
    return a, b, c, least, greatest, low, high


@njit(nogil=True, forceinline=True)
def share(words, blend):
    """The weighted share of a sum of impacts."""
    return blend[0] * (words / (words + blend[3]) if blend[3] > 0 else words)


AHEAD = Tuple((int64[::1], float64[:, ::1]))(
    int64, int64, u64s, f64s, u8s, f64s, i64s, f64s, boolean, u64s, f64s, TEXT, ro(uint8, 2), BLEND
)


@njit(AHEAD, cache=True, nogil=True)
def ahead(order, most, found, chords, travel, trust, ids, published, placed, hashes, factors, text, ceilings, blend):
    """(rows, bounds): the documents of `found` that may stand among the first `most`, and between what they lie.

    `bounds` float64 [M, 4]: least and most of the score, least and most of the kilometres (nan without a journey). A document is
    left out when `most` others come before it whatever the bounds leave open. `order`: RELEVANCE, DISTANCE or NEWEST; ties
    break on the score, then on the smaller id. Without a place both bounds of a score are the score itself, in the sums of `exact`.
    Its words are added up only when it could stand there with as much as words bring any of its block (`ceilings` as in `blocks.py`);
    by relevance, blocks where that is most come first.
    """
    total = int64(0)
    for word in range(len(found)):
        total += bits(found[word])
    most = min(most, total)
    heap, numbers, size = np.empty((most, 2), np.float64), np.empty(most, np.int64), 0
    rows, bounds, keys, n = np.empty(total, np.int64), np.empty((total, 4), np.float64), np.empty((total, 2), np.float64), 0
    terms = opened(hashes, text)
    _, _, _, docs, tf, lengths, _, held, _, table = text
    words, blocks = np.empty(64, np.float64), np.flatnonzero(found)
    greatest_words, spots = spread_out(terms, factors, docs, held, ceilings, len(found))
    if order == RELEVANCE and len(hashes) > 0:
        blocks = blocks[np.argsort(-greatest_words[blocks])]
    for word in blocks:  # type: ignore[assignment]
        rest = found[word]
        if size == most:
            said, left = share(greatest_words[word], blend), rest
            while left != 0:
                row = (word << 6) + first_bit(left)
                trusted = blend[2] * (0.5 if isnan(trust[row]) else trust[row])
                a, _, c, _, _, _, _ = standing(order, placed, travel[row] > 0, chords[row], published[row], said, trusted, blend)
                if behind(a, c, ids[row], heap[0, 0], heap[0, 1], numbers[0]):
                    rest ^= left & (~left + ONE)
                left &= left - ONE
            if rest == 0:
                continue
        words[:] = 0.0
        for t in range(len(hashes)):
            impacts(docs, held, tf, lengths, table, terms, spots, t, word, rest, factors[t], words)
        while rest != 0:
            at = first_bit(rest)
            rest &= rest - ONE
            row = (word << 6) + at
            said, trusted = share(words[at], blend), blend[2] * (0.5 if isnan(trust[row]) else trust[row])
            a, b, c, least, greatest, low, high = standing(
                order, placed, travel[row] > 0, chords[row], published[row], said, trusted, blend
            )
            if size == most and behind(a, c, ids[row], heap[0, 0], heap[0, 1], numbers[0]):
                continue
            size = taken_up(size, most, heap, numbers, a, b, ids[row])
            rows[n], keys[n, 0], keys[n, 1] = row, a, c
            bounds[n, 0], bounds[n, 1], bounds[n, 2], bounds[n, 3] = least, greatest, low, high
            n += 1
    kept = 0
    for i in range(n):
        if not behind(keys[i, 0], keys[i, 1], ids[rows[i]], heap[0, 0], heap[0, 1], numbers[0]):
            rows[kept] = rows[i]
            bounds[kept, 0], bounds[kept, 1], bounds[kept, 2], bounds[kept, 3] = bounds[i, 0], bounds[i, 1], bounds[i, 2], bounds[i, 3]
            kept += 1
    return rows[:kept].copy(), bounds[:kept].copy()


EXACT = Tuple((float64[::1], float64[::1], int64[::1], int64[::1]))(
    i64s, f64s, boolean, PLACE, POINTS, u64s, f64s, TEXT, BLEND, KNOWN
)


@njit(EXACT, cache=True, nogil=True)
def exact(rows, trust, placed, place, points, hashes, factors, text, blend, known):
    """(scores, km, point, doubts) of found documents.

    w_text · t / (t + c·mass) + w_near · nearness + w_trust · trust; without words or a place that share is 0. Kilometres to the
    decimetre, and the row of the point, of the nearest that is within its limit and the radius, ties on the lower row.
    """
    w_text, w_near, w_trust, saturation, d0, anywhere = blend
    lat, lon, x, y, z, radius = place
    travel, _, start, xs, ys, zs, limits, lats, lons, _, _ = points
    scores, kms, nearest = np.empty(len(rows), np.float64), np.full(len(rows), np.nan), np.full(len(rows), -1, np.int64)
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    terms = opened(hashes, text)
    for i in range(len(rows)):
        row, near = rows[i], 0.0
        words, trusted = text_of(row, factors, terms, text), 0.5 if isnan(trust[row]) else trust[row]
        if saturation > 0:
            words = words / (words + saturation)
        if placed:
            near = anywhere
            if travel[row] > 0:
                for p in range(start[row], start[row + 1]):
                    limit = min(limits[p], radius)
                    if not sqrt((xs[p] - x) ** 2 + (ys[p] - y) ** 2 + (zs[p] - z) ** 2) - GRAIN_KM <= limit:
                        continue
                    raw = known_of(p, known[0], known[1])
                    if isnan(raw):
                        raw = ellipsoid(lat, lon, lats[p], lons[p])
                        if doubted(raw, limit):
                            noted(doubts, p)
                            continue
                    km = np.rint(raw * DECIMETRES) / DECIMETRES
                    if raw <= limit and (nearest[i] < 0 or km < kms[i]):
                        kms[i], nearest[i] = km, p
                near = d0 / (d0 + kms[i])
        scores[i] = w_text * words + w_near * near + w_trust * trusted
    return scores, kms, nearest, doubts[1 : doubts[0] + 1]
