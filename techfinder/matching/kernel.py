"""The fast way to `suggest`: gives what `matcher` and `filters` give, bit for bit, and looks at few of the documents.

1. Areas and blocks of documents (`blocks.py`) that a filter rejects as a whole are left out (`bounding.py`).
2. The other blocks get a bound of their score: the sum of the terms' ceilings in the blend, and the most that is left of the rest.
3. Blocks are visited best bound first. Documents pass the filters (`judging.py`), 64 at a time as bits, before their words are added
   up (`adding.py`) in the order that the question states.
4. It ends when no block's bound reaches the score that is needed to come among the first (`finishing.py`).

Where the ellipsoid's formula could be wrong in the last shown place, the pair is handed back, and the caller asks geopy and runs
again with what it said (`known`).
"""

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.adding import added_up
from techfinder.matching.addresses import WORDS, taking
from techfinder.matching.bounding import AREAS, BLOCKS, SLACK, bucket, by_bucket, candidates, ceilings, text_bounds
from techfinder.matching.columns import TRAVELS
from techfinder.matching.finishing import (
    IDS,
    LEAST,
    MOST,
    MOST_DOUBTS,
    ORGS,
    POINT_BITS,
    entered,
    finished,
    listed,
    near_share,
    needed,
    noted,
    still_shares,
)
from techfinder.matching.geometry import bits, borrowed, f64s, first_bit, i64s, ro, u64s
from techfinder.matching.inverted import TEXT, looked_up
from techfinder.matching.judging import (
    ASKED,
    DOCS,
    FITS,
    HIDDEN,
    OUT,
    POINTS,
    SETS,
    barred,
    judged,
    judged_reach,
    left,
    nearest,
    perhaps_near,
    perhaps_nearly,
    roughly,
    unhindered,
)


@njit(cache=True, nogil=True, forceinline=True)
def own_themes(b, blocks, docs, themes, own):
    """How many asked themes each document of block b has, into `own` int64 [64]."""
    own[:] = 0
    theme, owner, starts = docs[12], docs[14], blocks[16]
    for i in range(starts[b], starts[b + 1]):
        for wanted in themes:
            if theme[i] == wanted:
                own[owner[i] & 63] += 1


@njit(cache=True, nogil=True, forceinline=True)
def fitting(b, live, words, least, docs, points, travels, blocks, asked, sets, ranges, doubts, known, known_km):
    """Those of the documents `live` that are within reach and can come to `least` with `words`, the most that words can bring."""
    kind, trust, start = docs[0], docs[10], docs[13]
    _, lower, upper, own, failed = ranges
    kinds, fit, asked_levels, slices = blocks[0][b], blocks[1][b] & asked[3], bits(asked[3]), blocks[13]
    same_kind, even, one, usual = kinds & (kinds - uint64(1)) == 0, blocks[18][b], first_bit(kinds), trust[b << 6]
    themes, ahead = len(sets[4]), live
    while ahead != 0:
        i = first_bit(ahead)
        bit = uint64(1) << uint64(i)
        ahead ^= bit
        row = (b << 6) + i
        code = one if same_kind else int64(kind[row])
        travel, low, high = travels[code], 0.0, 0.0
        if travel > 0:
            first, last = int64(start[row]), int64(start[row + 1])
            verdict, low, high = nearest(travel, first, last, points[2], points[4], asked)
            if verdict == 2:
                fails, _, km, _, doubt = judged_reach(
                    travel, first, last, points[0], points[1], points[3], points[4], asked, known, known_km
                )
                if doubt >= 0:
                    noted(doubts, doubt)
                low, high, verdict = km, km, 1 if doubt < 0 and fails == 0 else 0
            if verdict == 0:
                live ^= bit
                continue
        shared, levels = 0, fit
        while levels != 0:
            shared += int64((slices[b, first_bit(levels)] >> uint64(i)) & uint64(1))
            levels &= levels - uint64(1)
        s2, s3, s4, s5 = still_shares(code, shared, asked_levels, usual if even else trust[row], own[i], themes, asked)
        rest = s2 + s3 + s4 + s5
        lower[i], upper[i], failed[i] = rest + near_share(high, travel > 0, asked), rest + near_share(low, travel > 0, asked), 0
        if words + upper[i] < least:
            live ^= bit
    return live


@njit(cache=True, nogil=True, forceinline=True)
def nearly_fitting(mode, b, live, words, least, docs, points, travels, asked, sets, ranges, doubts, known, known_km):
    """Those of the documents `live` that fail one filter by a little, and can come to `least`."""
    kind, levels, since, until, weekdays, dayparts, language, places, available, org, trust, _, _, start, _ = docs
    _, lower, upper, own, failed = ranges
    themes, ahead = len(sets[4]), live
    while ahead != 0:
        i = first_bit(ahead)
        bit = uint64(1) << uint64(i)
        ahead ^= bit
        row = (b << 6) + i
        fails, nearly = judged(
            mode, kind[row], levels[row], since[row], until[row], weekdays[row], dayparts[row], language[row], places[row],
            available[row], asked,
        )  # fmt: skip
        travel, low, high = travels[kind[row]], 0.0, 0.0
        shared = bits(levels[row] & asked[3])
        s2, s3, s4, s5 = still_shares(kind[row], shared, bits(asked[3]), trust[row], own[i], themes, asked)
        rest = s2 + s3 + s4 + s5
        if fails == OUT or words + rest + near_share(0.0, travel > 0, asked) < least:
            live ^= bit
            continue
        fails = barred(fails, since[row], until[row], org[row], sets, asked)
        if travel > 0:
            first, last, sure, f, near = int64(start[row]), int64(start[row + 1]), False, 0, 0
            if last - first == 1:
                limit = points[3][first] if travel == 1 else asked[13]
                spot = points[2]
                sure, f, near, low, high = roughly(limit, spot[first, 0], spot[first, 1], spot[first, 2], points[4][first], asked)
            elif not perhaps_near(travel, first, last, points[2], points[3], asked):
                live ^= bit
                continue
            if not sure:
                f, near, low, _, doubt = judged_reach(
                    travel, first, last, points[0], points[1], points[3], points[4], asked, known, known_km
                )
                high = low
                if doubt >= 0:
                    noted(doubts, doubt)
                    live ^= bit
                    continue
            fails |= f
            nearly |= near
        if fails == 0 or fails & HIDDEN != 0 or left(mode, fails, nearly):
            live ^= bit
            continue
        lower[i], upper[i], failed[i] = rest + near_share(high, travel > 0, asked), rest + near_share(low, travel > 0, asked), fails
        if words + upper[i] < least:
            live ^= bit
    return live


@njit(cache=True, nogil=True)
def visited(
    mode, k, room, filled, least, segment, docs, points, travels, blocks, text, asked, sets, factors, known, known_km, queue, terms,
    first, doubts, ranges, hand,
):  # fmt: skip
    """(filled, least) after all blocks of a segment that can matter, best bound first."""
    docs, points, travels, blocks, text, sets = borrowed((docs, points, travels, blocks, text, sets))
    factors, known, known_km = borrowed((factors, known, known_km))
    ahead, bound, numbers, about, words, alive = queue
    order, whole, real = first
    themes = sets[4]
    simple = len(sets[1]) == 0 and len(sets[3]) == 0 and asked[10] == 0
    for j in ahead:
        if bucket(bound[j]) < bucket(least):
            break
        if bound[j] < max(least, 0.0):
            continue
        b = int64(numbers[j])
        live, most = alive[j], max(words[j], 0.0) + SLACK
        if about[j]:
            own_themes(b, blocks, docs, themes, ranges[3])
        elif len(themes) > 0:
            ranges[3][:] = 0
        if mode == FITS:
            live = unhindered(b, live, simple, docs, blocks, sets, asked)
            live = fitting(b, live, most, least, docs, points, travels, blocks, asked, sets, ranges, doubts, known, known_km)
        else:
            live = perhaps_nearly(b, live, simple, travels, blocks, asked)
            live = nearly_fitting(mode, b, live, most, least, docs, points, travels, asked, sets, ranges, doubts, known, known_km)
        if live != 0:
            live = added_up(b, j, live, least, terms, factors, text, asked, ranges, hand)
        if live == 0:
            continue
        n = filled
        filled = entered(live, b, segment, filled, least, ranges, first, docs, asked)
        if filled == n:
            continue
        least = max(least, needed(k, room, order, filled, whole, real, sets[5]))
        while filled > 0 and real[order[filled - 1], MOST] < least:
            filled -= 1
        if filled > len(order) - 64:
            filled, least = finished(k, room, filled, least, first, docs, points, travels, asked, sets, doubts, known, known_km)
    return finished(k, room, filled, least, first, docs, points, travels, asked, sets, doubts, known, known_km)


ARRAYS = Tuple(SETS.types[1:])
KINDS = (DOCS, POINTS, AREAS, BLOCKS, TEXT, Tuple((u64s,)))  # of a segment, in this order; the last: the documents that are seen
FIRSTS = [WORDS * sum(len(kind.types) for kind in KINDS[:n]) for n in range(len(KINDS))]
docs_of, points_of, areas_of, blocks_of, text_of, seen_of = map(taking, KINDS)
AT_DOCS, AT_POINTS, AT_AREAS, AT_BLOCKS, AT_TEXT, AT_SEEN = FIRSTS


@njit(cache=True, nogil=True)
def searched(mode, k, room, filled, least, segment, row, asked, arrays, terms, factors, known, known_km, first, doubts):
    """(filled, least) after one segment more."""
    docs, points, areas, blocks = docs_of(row, AT_DOCS), points_of(row, AT_POINTS), areas_of(row, AT_AREAS), blocks_of(row, AT_BLOCKS)
    text, seen = text_of(row, AT_TEXT), seen_of(row, AT_SEEN)
    sets = (seen[0], arrays[0], arrays[1], arrays[2], arrays[3], arrays[4])
    numbers, rest, about, alive = candidates(mode, areas, blocks, asked, sets[4], sets[0])
    if len(numbers) == 0:
        return filled, least
    rows, often = looked_up(terms, text)
    found, spots = ceilings(numbers, rows, often, text, blocks)
    words = text_bounds(found, factors, asked)
    bound = np.empty(len(numbers), np.float64)
    for j in range(len(numbers)):
        bound[j] = max(words[j], 0.0) + rest[j] + SLACK if words[j] >= 0 or about[j] else -1.0
    return visited(
        mode, k, room, filled, least, segment, docs, points, TRAVELS, blocks, text, asked, sets, factors, known, known_km,
        (by_bucket(bound), bound, numbers, about, words, alive), (rows, often, np.argsort(-factors), found, spots), first, doubts,
        (np.empty(64), np.empty(64), np.empty(64), np.zeros(64, np.int64), np.zeros(64, np.int64)),
        (np.empty((len(rows), 64), np.uint8), np.empty(len(rows), np.uint64), np.empty(64)),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def reranked(filled, first, powers):
    """The list in the order of `ranking.spread`, as rows of `whole` and `real`."""
    order, whole, real = first
    most = min(filled, len(powers))
    keys = np.empty(most, np.float64)
    for i in range(most):
        n, org, row = 0, whole[order[i], ORGS], order[i]
        for j in range(i):
            n += whole[order[j], ORGS] == org
        keys[i] = real[row, LEAST] * powers[n]
    # by insertion, for the list is nearly in order
    for i in range(1, most):
        row, key, at = order[i], keys[i], i
        while at > 0 and (keys[at - 1] < key or (keys[at - 1] == key and whole[order[at - 1], IDS] > whole[row, IDS])):
            order[at], keys[at] = order[at - 1], keys[at - 1]
            at -= 1
        order[at], keys[at] = row, key


RUN = Tuple((int64[:, ::1], float64[:, ::1], int64[::1]))(
    int64, int64, int64, ro(int64, 2), ASKED, ARRAYS, u64s, f64s, i64s, f64s
)


@njit(RUN, cache=True, nogil=True)
def run(mode, k, room, segments, asked, arrays, terms, factors, known, known_km):
    """(whole, real, doubts): the best of all segments, best first, ties on id, in the columns of `finishing.listed`.

    With `mode` FITS: all of the first `room` that can come among the first `k` after the re-ranking (`needed`), in its order; with
    NEAR the first `room` near misses. `segments` int64 [S, …] are the addresses of their arrays (`KINDS`). `doubts`: points to ask
    geopy about before the rest is true, as `known` names them: segment · 2^POINT_BITS + point.
    """
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    order, whole, real = first = listed(room)
    filled, least = 0, -1.0
    pruning = arrays if mode == FITS and k <= len(arrays[4]) else (arrays[0], arrays[1], arrays[2], arrays[3], arrays[4][:1])
    for s in range(len(segments)):
        if segments[s, 0] == 0:
            continue
        before, base = doubts[0], s << POINT_BITS
        filled, least = searched(
            mode, k, room, filled, least, s, segments[s], asked, pruning, terms, factors, known - base if len(known) > 0 else known,
            known_km, first, doubts,
        )  # fmt: skip
        for i in range(before, doubts[0]):
            doubts[i + 1] += base
    if mode == FITS:
        reranked(filled, first, arrays[4])
    return whole[order[:filled]], real[order[:filled]], doubts[1 : doubts[0] + 1]
