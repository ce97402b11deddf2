"""The fast way to `suggest`: gives what `matcher` and `filters` give, bit for bit, and looks at few of the documents.

1. Areas and blocks of documents (`blocks.py`) that a filter rejects as a whole are left out (`bounding.py`).
2. The other blocks get a bound of their score: the sum of the terms' ceilings in the blend, and the most that is left of the rest.
3. Blocks are visited in rounds, best bound first: documents pass the filters (`judging.py`) and add up their words (`adding.py`) in
   the order that the question states; who can still come among the first is measured (`fitting.py`).
4. It ends when no block's bound reaches the score that is needed to come among the first (`finishing.py`).

Where the ellipsoid's formula could be wrong in the last shown place, the pair is handed back, and the caller asks geopy and runs
again with what it said (`known`).
"""

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int64  # type: ignore[attr-defined]

from techfinder.matching.adding import added_up
from techfinder.matching.addresses import WORDS, taking
from techfinder.matching.bounding import AREAS, BLOCKS, SLACK, bucket, by_bucket, candidates, ceilings, text_bounds
from techfinder.matching.columns import TRAVELS
from techfinder.matching.finishing import IDS, LEAST, MOST, MOST_DOUBTS, ORGS, POINT_BITS, entered, finished, listed, needed, weighed
from techfinder.matching.fitting import fielded, nearly_fitting, own_themes, promising, within_reach
from techfinder.matching.geometry import bits, borrowed, f64s, fetched, first_bit, i64s, ro, u64s
from techfinder.matching.inverted import TEXT, looked_up
from techfinder.matching.judging import DOCS, FITS, POINTS, QUESTION, asked_of, perhaps_nearly, unhindered

FIRST_ROUND, ROUND = 8, 32  # blocks that are visited at once
ENTERED = 16  # documents that come on the list before what is needed is found anew


@njit(nogil=True, forceinline=True)
def taken(start, most, least, queue, passed):
    """(blocks of the next round, ascending, where the queue goes on): those of the next `most` that can come to `least`."""
    ahead, bound, numbers = queue[:3]
    positions, own = passed[:2]
    n, stop = 0, min(start + most, len(ahead))
    for i in range(start, stop):
        j = ahead[i]
        if bucket(bound[j]) < bucket(least):
            stop = len(ahead)
            break
        if bound[j] < max(least, 0.0):
            continue
        at = n
        while at > 0 and positions[at - 1] > j:
            positions[at] = positions[at - 1]
            at -= 1
        positions[at] = j
        n += 1
    for r in range(n):
        own[r] = numbers[positions[r]]
    return n, stop


@njit(nogil=True, forceinline=True)
def fetched_ahead(count, passed, level, docs, blocks, text, terms):
    """Have brought near what a round reads of its blocks: where others work in between, all of it is far away."""
    positions, numbers = passed[:2]
    often, found = terms[1:3]
    trust, start, slices, plain, lengths, held = docs[10], docs[13], blocks[13], blocks[12], text[5], text[7]
    for r in range(count):
        b = numbers[r]
        fetched(plain, b)
        fetched(slices, b * slices.shape[1] + level)
        fetched(trust, b << 6)
        fetched(lengths, b << 6)
        for i in range(4):
            fetched(start, (b << 6) + (i << 4))
    for t in range(len(often)):
        if often[t] >= 0:
            for r in range(count):
                if found[t, positions[r]] != 0:
                    fetched(held, often[t] * held.shape[1] + numbers[r])


@njit(nogil=True)
def visited(
    mode, k, room, filled, least, segment, docs, points, travels, blocks, text, asked, sets, factors, known, known_km, queue, terms,
    first, doubts, field, passed, own,
):  # fmt: skip
    """(filled, least) after all blocks of a segment that can matter, in rounds, best bound first."""
    docs, points, travels, blocks, text, sets = borrowed((docs, points, travels, blocks, text, sets))
    factors, known, known_km, queue, terms = borrowed((factors, known, known_km, queue, terms))
    first, field, passed, own = borrowed((first, field, passed, own))
    about, words, alive = queue[3], queue[4], queue[5]
    order, whole, real = first
    positions, numbers, masks, begins = passed
    themes, rest, upper, total = sets[4], field[3], field[4], field[6]
    simple = len(sets[1]) == 0 and len(sets[3]) == 0 and asked[10] == 0
    at, most, level = 0, FIRST_ROUND, first_bit(asked[3]) if asked[3] != 0 else 0
    while at < len(queue[0]):
        count, at = taken(at, most, least, queue, passed)
        most, n, kept = min(2 * most, ROUND), 0, 0
        fetched_ahead(count, passed, level, docs, blocks, text, terms)
        for r in range(count):
            j, b = positions[r], numbers[r]
            if mode == FITS:
                live = unhindered(b, alive[j], simple, docs, blocks, sets, asked)
            else:
                live = perhaps_nearly(b, alive[j], simple, travels, blocks, asked)
            if live == 0:
                continue
            bring = max(words[j], 0.0) + SLACK
            if about[j]:
                own_themes(b, blocks, docs, themes, own)
            elif len(themes) > 0:
                own[:] = 0
            if mode == FITS:
                live = promising(b, live, bring, least, n, docs, points, travels, blocks, asked, len(themes), own, field)
            else:
                live = nearly_fitting(
                    mode, b, live, bring, least, n, docs, points, travels, asked, sets, own, field, doubts, known, known_km
                )
            if live == 0:
                continue
            positions[kept], numbers[kept], masks[kept], begins[kept] = j, b, live, n
            n += bits(live)
            kept += 1
        total[:n] = 0.0
        added_up(kept, passed, total, terms, factors, text)
        if mode == FITS:
            n = within_reach(n, least, docs, points, travels, asked, field, doubts, known, known_km)
        enough = weighed(n, field, asked)
        for best in (True, False):
            waiting = 0
            for i in range(n):
                if (rest[i] >= enough) == best and upper[i] >= max(least, 0.0):
                    filled = entered(i, segment, filled, field, first, docs)
                    waiting += 1
                if waiting == 0 or (waiting < ENTERED and i + 1 < n):
                    continue
                waiting = 0
                least = max(least, needed(k, room, order, filled, whole, real, sets[5]))
                while filled > 0 and real[order[filled - 1], MOST] < least:
                    filled -= 1
                if filled > len(order) - ENTERED:
                    filled, least = finished(k, room, filled, least, first, docs, points, travels, asked, sets, doubts, known, known_km)
    return finished(k, room, filled, least, first, docs, points, travels, asked, sets, doubts, known, known_km)


KINDS = (DOCS, POINTS, AREAS, BLOCKS, TEXT, Tuple((u64s,)))  # of a segment, in this order; the last: the documents that are seen
FIRSTS = [WORDS * sum(len(kind.types) for kind in KINDS[:n]) for n in range(len(KINDS))]
docs_of, points_of, areas_of, blocks_of, text_of, seen_of = map(taking, KINDS)
AT_DOCS, AT_POINTS, AT_AREAS, AT_BLOCKS, AT_TEXT, AT_SEEN = FIRSTS


@njit(nogil=True)
def searched(mode, k, room, filled, least, segment, row, asked, arrays, powers, looked, factors, known, known_km, first, doubts):
    """(filled, least) after one segment more; `looked`: the hashes of terms, and where it is known what `inverted.looked_up` gives."""
    docs, points, areas, blocks = docs_of(row, AT_DOCS), points_of(row, AT_POINTS), areas_of(row, AT_AREAS), blocks_of(row, AT_BLOCKS)
    text, seen = text_of(row, AT_TEXT), seen_of(row, AT_SEEN)
    sets = (seen[0], arrays[0], arrays[1], arrays[2], arrays[3], powers)
    numbers, rest, about, alive = candidates(mode, areas, blocks, asked, sets[4], sets[0])
    if len(numbers) == 0:
        return filled, least
    terms, rows, often = looked
    if len(rows) != len(terms):
        rows, often = looked_up(terms, text)
    found, spots = ceilings(numbers, rows, often, text, blocks)
    words = text_bounds(found, factors, asked)
    bound = np.empty(len(numbers), np.float64)
    for j in range(len(numbers)):
        bound[j] = max(words[j], 0.0) + rest[j] + SLACK if words[j] >= 0 or about[j] else -1.0
    queue, sought = (by_bucket(bound), bound, numbers, about, words, alive), (rows, often, found, spots)
    most = min(ROUND, len(numbers))
    field, own = fielded(most << 6), np.zeros(64, np.int64)
    passed = (np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint64), np.empty(most, np.int64))
    reached = visited(
        mode, k, room, filled, least, segment, docs, points, TRAVELS, blocks, text, asked, sets, factors, known, known_km, queue,
        sought, first, doubts, field, passed, own,
    )  # fmt: skip
    held(queue, sought, field, passed, own)
    return reached


@njit(nogil=True)
def held(*_things):
    """What compiled code made lives until here: who borrows it is not counted as its user."""


@njit(nogil=True)
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


FOUND = Tuple((int64[:, ::1], float64[:, ::1], int64[::1]))


@njit(FOUND(int64, int64, int64, ro(int64, 2), QUESTION, u64s, f64s, i64s, i64s, i64s, f64s), cache=True, nogil=True)
def raced(mode, k, room, segments, question, terms, factors, rows, often, known, known_km):
    """As `run`; `rows` and `often` are the terms' rows in the first segment, as `inverted.looked_up`, or empty."""
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    order, whole, real = first = listed(room)
    filled, least = 0, -1.0
    asked, sets, powers = asked_of(question[0], question[1]), question[2:6], question[6]
    pruning = powers if mode == FITS and k <= len(powers) else powers[:1]
    for s in range(len(segments)):
        if segments[s, 0] == 0:
            continue
        before, base = doubts[0], s << POINT_BITS
        here = known - base if len(known) > 0 else known
        looked = (terms, rows, often) if s == 0 else (terms, rows[:0], often[:0])
        filled, least = searched(
            mode, k, room, filled, least, s, segments[s], asked, sets, pruning, looked, factors, here, known_km, first, doubts
        )
        held(here, looked)
        for i in range(before, doubts[0]):
            doubts[i + 1] += base
    if mode == FITS:
        reranked(filled, first, powers)
    return whole[order[:filled]], real[order[:filled]], doubts[1 : doubts[0] + 1]


@njit(FOUND(int64, int64, int64, ro(int64, 2), QUESTION, u64s, f64s, i64s, f64s), cache=True, nogil=True)
def run(mode, k, room, segments, question, terms, factors, known, known_km):
    """(whole, real, doubts): the best of all segments, best first, ties on id, in the columns of `finishing.listed`.

    With `mode` FITS: all of the first `room` that can come among the first `k` after the re-ranking (`needed`), in its order; with
    NEAR the first `room` near misses. `segments` int64 [S, …] are the addresses of their arrays (`KINDS`); `question` is
    `judging.QUESTION`. `doubts`: points to ask geopy about before the rest is true, as `known` names them: segment · 2^POINT_BITS
    + point.
    """
    nothing = np.empty(0, np.int64)
    return raced(mode, k, room, segments, question, terms, factors, nothing, nothing, known, known_km)
