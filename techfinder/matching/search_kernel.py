"""The search page's sets, compiled for explicit signatures: what is found, and counts. `search_order.py` puts it in order.

Sets of documents are bits, as in `bitsets`. Nothing here decides a kilometre by a chord: chords over the ellipsoid bound
it from both sides, and what a bound leaves open is measured; where the formula could be wrong, the point is handed back as
a doubt, the caller asks geopy and runs again with what it said (`known`, `known_km`).
"""

from math import isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, boolean, float64, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.distance import LIMIT_KM
from techfinder.matching.finishing import MOST_DOUBTS, noted
from techfinder.matching.geometry import bits, ellipsoid, f64s, farthest, first_bit, i64s, ro, u8s, u64s
from techfinder.matching.inverted import TEXT
from techfinder.matching.judging import known_of
from techfinder.matching.search_words import gathered

GRAIN_KM = 1e-6
FEW = 6  # documents of a block that are looked at one by one
MOST_GROUPS = 8  # of words whose choices are gone through one by one
ONE = np.uint64(1)

# latitude, longitude; x, y, z in km from the centre of the earth; radius. All nan without a place
PLACE = Tuple((float64, float64, float64, float64, float64, float64))
# travel, free (bits of who needs no journey), start; of points: x, y, z, limit, latitude, longitude, the square of what is
# certainly more than the limit, and the place of its document in a block
POINTS = Tuple((u8s, u64s, i64s, f64s, f64s, f64s, f64s, f64s, f64s, f64s, u64s))
KNOWN = Tuple((i64s, f64s))


@njit(int64[::1](ro(uint64, 2), i64s, ro(uint64, 2)), cache=True, nogil=True)
def counts(sets, which, masks):
    """int64 [V]: how many documents of `masks[which[v]]` (uint64 [M, W]) each of `sets` uint64 [V, W] holds."""
    found, width = np.zeros(len(sets), np.int64), masks.shape[1]
    words, filled = np.empty(masks.shape, np.int64), np.zeros(len(masks), np.int64)
    for m in range(len(masks)):
        for word in range(width):
            if masks[m, word] != 0:
                words[m, filled[m]] = word
                filled[m] += 1
    for v in range(len(sets)):
        m, total = which[v], int64(0)
        if 4 * filled[m] < width:
            for i in range(filled[m]):
                total += bits(sets[v, words[m, i]] & masks[m, words[m, i]])
        else:
            for word in range(width):
                total += bits(sets[v, word] & masks[m, word])
        found[v] = total
    return found


@njit(nogil=True, forceinline=True)
def suffices(choice, worths, least):
    """Whether the groups of a choice (bits) are worth enough together."""
    weight = 0.0
    for g in range(len(worths)):
        if choice >> g & 1 != 0:
            weight += worths[g]
    return weight > 0 and weight >= least


@njit(nogil=True)
def choices(worths, least):
    """int64 [C]: the groups (bits) that are worth `least` together, of which none can be missed."""
    groups, n = len(worths), 0
    found = np.zeros(1 << groups, np.int64)
    for choice in range(1, 1 << groups):
        if suffices(choice, worths, least):
            spare = False
            for g in range(groups):
                spare |= choice >> g & 1 != 0 and suffices(choice ^ (1 << g), worths, least)
            if not spare:
                found[n] = choice
                n += 1
    return found[:n]


@njit(nogil=True)
def about(base, held, worths, least):
    """uint64 [W]: the documents of `base` that hold groups of words worth `least` in all.

    `held` uint64 [G, W] are those that hold a word of each group, worth `worths`.
    """
    groups, width = held.shape
    found, own = np.zeros(width, np.uint64), np.empty(width, np.uint64)
    if groups <= MOST_GROUPS:
        for choice in choices(worths, least):
            own[:] = base
            for g in range(groups):
                if choice >> g & 1 != 0:
                    for word in range(width):
                        own[word] &= held[g, word]
            for word in range(width):
                found[word] |= own[word]
        return found
    for word in range(width):
        rest = uint64(0)
        for g in range(groups):
            rest |= held[g, word]
        rest &= base[word]
        while rest != 0:
            bit, weight = rest & (~rest + ONE), 0.0
            for g in range(groups):
                if held[g, word] & bit != 0:
                    weight += worths[g]
            if weight > 0 and weight >= least:
                found[word] |= bit
            rest ^= bit
    return found


@njit(nogil=True, forceinline=True)
def nearby(first, last, x, y, z, most, xs, ys, zs, reaches, slots):
    """The documents of a block with a point that may be within its limit and the radius; no branch, so that it goes by lanes.

    Its points are `first` … `last` - 1; `reaches` and `most` are squares of what is certainly more than limit and radius.
    """
    px, py, pz, reach, slot = xs[first:last], ys[first:last], zs[first:last], reaches[first:last], slots[first:last]
    found = uint64(0)
    for p in range(last - first):
        dx, dy, dz = px[p] - x, py[p] - y, pz[p] - z
        limit = reach[p] if reach[p] < most else most
        found |= (ONE if dx * dx + dy * dy + dz * dz <= limit else uint64(0)) << slot[p]
    return found


@njit(nogil=True, forceinline=True)
def reaching(word, wanted, place, points, known, known_km, chords, doubts):
    """The documents of `wanted` (bits of a block) that reach the place, or need no journey; the chord of each into `chords`."""
    lat, lon, x, y, z, radius = place
    _, free, start, xs, ys, zs, limits, lats, lons, reaches, slots = points
    found = wanted & free[word]
    rest = wanted ^ found
    if bits(rest) > FEW:
        first, last = start[word << 6], start[min((word << 6) + 64, len(start) - 1)]
        rest &= nearby(first, last, x, y, z, max(0.0, radius + 2 * GRAIN_KM) ** 2, xs, ys, zs, reaches, slots)
    while rest != 0:
        at = first_bit(rest)
        rest &= rest - ONE
        row, nearest = (word << 6) + at, np.inf
        for p in range(start[row], start[row + 1]):
            limit = min(limits[p], radius)
            dx, dy, dz = xs[p] - x, ys[p] - y, zs[p] - z
            chord = sqrt(dx * dx + dy * dy + dz * dz)
            if not chord - GRAIN_KM <= limit:
                continue
            if not farthest(chord) + GRAIN_KM < limit:
                raw = known_of(p, known, known_km)
                if isnan(raw):
                    raw = ellipsoid(lat, lon, lats[p], lons[p])
                    if not abs(raw - limit) > LIMIT_KM:
                        noted(doubts, p)
                        continue
                if not raw <= limit:
                    continue
            nearest = min(nearest, chord)
        if nearest < np.inf:
            chords[row] = nearest
            found |= ONE << uint64(at)
    return found


FOUND = Tuple((uint64[:, ::1], float64[::1], int64[::1]))(
    u64s, ro(uint64, 2), boolean, u64s, i64s, f64s, float64, TEXT, boolean, PLACE, POINTS, KNOWN
)


@njit(FOUND, cache=True, nogil=True)
def found(base, passes, worded, hashes, groups, worths, least, text, placed, place, points, known):
    """(masks, chords, doubts): what passes every filter, and what passes all but one.

    `base` uint64 [W] are the documents that count, `passes` uint64 [D, W] those that pass each filter that is set. A document
    is about the words when it holds groups of them worth `least`: term `hashes[t]` belongs to group `groups[t]`. `masks`
    uint64 [D + 2, W]: all filters; all but filter d, at 1 + d; all but the place. `chords` float64 [N], km in a straight line to
    the nearest point that reaches the place, is set for documents in `masks` that travel.
    """
    filters, width = passes.shape
    masks = np.zeros((filters + 2, width), np.uint64)
    chords = np.empty(len(points[0]), np.float64)
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    told = about(base, gathered(hashes, groups, len(worths), text, width), worths, least) if worded else base
    for word in range(width):
        all_ = base[word]
        for d in range(filters):
            all_ &= passes[d, word]
        near = all_
        for d in range(filters):
            but = base[word]
            for e in range(filters):
                if e != d:
                    but &= passes[e, word]
            masks[1 + d, word] = but
            near |= but
        if near == 0:
            continue
        near &= told[word]
        masks[filters + 1, word] = all_ & near
        if placed and near != 0:
            near = reaching(word, near, place, points, known[0], known[1], chords, doubts)
        masks[0, word] = all_ & near
        for d in range(filters):
            masks[1 + d, word] &= near
    return masks, chords, doubts[1 : doubts[0] + 1]
