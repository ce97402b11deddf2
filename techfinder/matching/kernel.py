"""The fast way to `suggest`: gives what `matcher` and `filters` give, bit for bit, and looks at few of the documents.

1. Blocks of 64 documents (`blocks.py`) that a filter rejects as a whole are left out.
2. The others get a bound of their score: the sum of the terms' ceilings in the blend, and the most that is left of the rest.
3. Blocks are visited best bound first, in rounds; within a round in document order, so that every term's postings are
   walked once. Documents pass the filters before their words are added up, in the order that the question states.
4. It ends when no block's bound reaches the score that is needed to come among the first.

The ellipsoid is computed only for what can still come among the first. Where its formula could be wrong in the last
shown place, the pair is handed back, and the caller asks geopy and runs again with what it said (`known`).
"""


import numpy as np
from numba import njit
from numba.types import Tuple, boolean, float64, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import (
    BLOCKS,
    SLACK,
    TEXT,
    bucket,
    by_bucket,
    candidates,
    ceilings,
    looked_up,
    text_bounds,
    text_share,
)
from techfinder.matching.criteria import BIT
from techfinder.matching.finishing import MOST_DOUBTS, SHARES, finished, noted, other_shares
from techfinder.matching.geometry import (
    STEP,
    bits,
    f64s,
    i32s,
    i64s,
    ro,
    u8s,
    u64s,
)
from techfinder.matching.judging import (
    ASKED,
    BLOCKED,
    COUNT,
    DOCS,
    FITS,
    HIDDEN,
    OUT,
    PERIOD,
    POINTS,
    SETS,
    judged,
    judged_reach,
    left,
    roughly,
)

CODES = len(BIT)
FIRST_ROUND, LAST_ROUND = 8, 128  # blocks
LOOKED_UP = 4  # terms, before what cannot come among the first any more is left out

SCORE = float64[::1](u64s, f64s, u64s, i64s, i32s, u8s, u8s, ro(float64, 2))


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


@njit(cache=True, nogil=True)
def own_themes(first, last, theme, owner, themes, found):
    """How many asked themes each document of a block has, by the pairs first … last − 1, into `found` int64 [64]."""
    found[:] = 0
    for i in range(first, last):
        for wanted in themes:
            if theme[i] == wanted:
                found[owner[i] & 63] += 1


@njit(cache=True, nogil=True)
def added_up(slots, numbers, masks, bases, found, rows, factors, order, text, least, asked, state, n):
    """The words of a round's survivors, into the last of `state`; -1 for those that cannot reach `least` whatever else they hold.

    Terms are looked up heaviest first (`order`), blocks ascending, and what is out already is looked up no further; the
    frequencies that were found are kept, and added up in the end in the question's order.
    """
    _, offsets, docs, tf, lengths, table = text
    own_rows, total = state[0], state[7]
    live, ahead = masks[: len(slots)].copy(), np.zeros(len(slots), np.float64)
    held, partial = np.zeros((n, len(rows)), np.uint8), np.zeros(n, np.float64)
    for t in range(len(rows)):
        for s in range(len(slots)):
            ahead[s] += factors[t] * STEP * found[t, slots[s]]
    slack = SLACK * ahead.max() if len(slots) > 0 else 0.0
    for i in range(len(rows)):
        t = order[i]
        if rows[t] < 0:
            continue
        p, stop, factor = offsets[rows[t]], offsets[rows[t] + 1], factors[t]
        for s in range(len(slots)):
            if found[t, slots[s]] == 0:
                continue
            ahead[s] -= factor * STEP * found[t, slots[s]]
            first, mask = numbers[slots[s]] << 6, live[s]
            if mask == 0:
                continue
            step = 1  # gallop to the block
            while p + step < stop and docs[p + step] < first:
                p += step
                step *= 2
            end = min(stop, p + step)
            while p < end:
                middle = (p + end) >> 1
                if docs[middle] < first:
                    p = middle + 1
                else:
                    end = middle
            while p < stop and docs[p] < first + 64:
                bit = uint64(1) << uint64(docs[p] - first)
                if mask & bit != 0:
                    at = bases[s] + bits(masks[s] & (bit - uint64(1)))
                    held[at, t] = tf[p]
                    partial[at] += factor * table[tf[p], lengths[docs[p]]]
                p += 1
        if i % LOOKED_UP == LOOKED_UP - 1 and least > 0:
            dropped(slots, bases, n, ahead, slack, least, asked, state, partial, live)
    for s in range(len(slots)):
        for at in range(bases[s], bases[s + 1] if s + 1 < len(slots) else n):
            total[at] = -1.0
            if live[s] & (uint64(1) << uint64(own_rows[at] & 63)) != 0:
                total[at] = 0.0
                for t in range(len(rows)):
                    if held[at, t] != 0:
                        total[at] += factors[t] * table[held[at, t], lengths[own_rows[at]]]


@njit(cache=True, nogil=True)
def dropped(slots, bases, n, ahead, slack, least, asked, state, partial, live):
    """Take out of `live` what cannot reach `least` with all that the terms ahead can bring."""
    own_rows, others = state[0], state[6]
    for s in range(len(slots)):
        if live[s] == 0:
            continue
        more = max(ahead[s], 0.0) + slack
        for at in range(bases[s], bases[s + 1] if s + 1 < len(slots) else n):
            if text_share(partial[at] + more, asked) + others[at] + SLACK < least:
                live[s] &= ~(uint64(1) << uint64(own_rows[at] & 63))


@njit(cache=True, nogil=True)
def survivors(
    mode, slots, numbers, words, least, docs, points, travels, theme_start, asked, sets, state, masks, bases, doubts, known, known_km
):  # fmt: skip
    """How many documents of a round's blocks pass the filters and can still reach `least`: they go into `state`, one after the other;
    which of its block they are into `masks`, and where each block's begin into `bases`."""
    alive, label, kind, levels, since, until, weekdays, dayparts, language, places, available, org, trust, _, theme, start, owner = docs
    plat, plon, px, py, pz, pradius, pweek = points
    open_sets, closed_from, closed_until, blocked, themes, _ = sets
    rows, lows, kms, nearest, failed, owns, others, _ = state
    own = np.zeros(64, np.int64)
    n = 0
    for s in range(len(slots)):
        b = numbers[slots[s]]
        bases[s], mask, bound = n, uint64(0), max(words[slots[s]], 0.0) + SLACK
        if len(themes) > 0:
            own_themes(theme_start[b], theme_start[b + 1], theme, owner, themes, own)
        for row in range(b << 6, min((b + 1) << 6, len(alive))):
            fails, nearly = judged(
                mode, kind[row], levels[row], since[row], until[row], weekdays[row], dayparts[row], language[row], places[row],
                available[row], asked,
            )  # fmt: skip
            if fails == OUT or not alive[row] or not open_sets[label[row]]:
                continue
            for j in range(len(closed_from)):
                if max(since[row], asked[5]) >= closed_from[j] and min(until[row], asked[6]) <= closed_until[j]:
                    fails |= PERIOD
            for j in range(len(blocked)):
                if org[row] == blocked[j]:
                    fails |= BLOCKED
            low, km, point, travel = 0.0, np.nan, -1, travels[kind[row]]
            if travel > 0:
                first, sure, f, near = start[row], False, 0, 0
                if start[row + 1] - first == 1:
                    point = first
                    sure, f, near, low = roughly(mode, travel, px[first], py[first], pz[first], pradius[first], pweek[first], asked)
                if not sure:
                    f, near, km, point, doubt = judged_reach(
                        travel, first, start[row + 1], plat, plon, pradius, pweek, asked, known, known_km
                    )
                    low = km
                    if doubt >= 0:
                        noted(doubts, doubt)
                        continue
                fails |= f
                nearly |= near
            if left(mode, fails, nearly) or (fails != 0) != (mode != FITS) or fails & HIDDEN != 0:
                continue
            i = row & 63
            s1, s2, s3, s4, s5 = other_shares(kind[row], levels[row], trust[row], low, point, own[i], len(themes), asked)
            others[n] = s1 + s2 + s3 + s4 + s5
            if bound + others[n] < least:
                continue
            mask |= uint64(1) << uint64(i)
            rows[n], lows[n], kms[n], nearest[n], failed[n], owns[n] = row, low, km, point, fails, own[i]
            n += 1
        masks[s] = mask
    return n


RUN = Tuple((int64[::1], float64[::1], float64[:, ::1], int64[::1], int64[::1], float64[::1], float64, int64[::1]))(
    int64, int64, int64, float64, DOCS, POINTS, u8s, BLOCKS, TEXT, ASKED, SETS, u64s, f64s, i64s, f64s
)


@njit(RUN, cache=True, nogil=True)
def run(mode, k, room, least, docs, points, travels, blocks, text, asked, sets, terms, factors, known, known_km):
    """(rows, scores, shares, points, fails, km, least, doubts): the best of one segment, best first, ties on id.

    With `mode` FITS: all of the first `room` that can come among the first `k` after the re-ranking (`needed`); with NEAR
    the first `room` near misses. What scores less than `least` is of no use; the `least` that came of it is returned: all
    that reach it are there. `shares` float64 [n, 6], in the order of `ranking.SHARES`. `doubts`: points
    to ask geopy about before the rest is true.
    """
    rows = looked_up(terms, text)
    numbers, rest, about = candidates(mode, blocks, asked, sets[4])
    found = ceilings(numbers, rows, text, blocks)
    words = text_bounds(found, factors, asked)
    bound = np.empty(len(numbers), np.float64)
    for j in range(len(numbers)):
        bound[j] = max(words[j], 0.0) + rest[j] + SLACK if words[j] >= 0 or about[j] else -1.0
    order, heaviest = by_bucket(bound), np.argsort(-factors)
    shares = np.empty((room, SHARES), np.float64)
    out = (
        np.arange(room), np.empty(room, np.int64), shares, np.empty(room, np.float64), np.empty(room, np.int64),
        np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.float64),
    )  # fmt: skip
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    most = LAST_ROUND * 64
    state = (
        np.empty(most, np.int64), np.empty(most, np.float64), np.empty(most, np.float64),
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64),
        np.empty(most, np.float64), np.empty(most, np.float64),
    )  # fmt: skip
    masks, bases = np.empty(LAST_ROUND, np.uint64), np.empty(LAST_ROUND, np.int64)
    filled, at, size = 0, 0, FIRST_ROUND
    slots = np.empty(LAST_ROUND, np.int64)
    while at < len(order) and bucket(bound[order[at]]) >= bucket(least):
        taken = 0
        while at < len(order) and taken < size:
            if bound[order[at]] >= max(least, 0.0):
                slots[taken] = order[at]
                taken += 1
            at += 1
        size = min(LAST_ROUND, size * 4)
        chosen = np.sort(slots[:taken])
        n = survivors(
            mode, chosen, numbers, words, least, docs, points, travels, blocks[13], asked, sets, state, masks, bases, doubts,
            known, known_km,
        )  # fmt: skip
        added_up(chosen, numbers, masks, bases, found, rows, factors, heaviest, text, least, asked, state, n)
        filled, least = finished(mode, k, n, filled, least, docs, points, asked, sets, state, out, doubts, known, known_km)
    order = out[0][:filled]
    return (
        out[1][order], out[3][order], shares[order], out[6][order], out[7][order], out[8][order], least, doubts[1 : doubts[0] + 1],
    )  # fmt: skip


COUNTED = Tuple((boolean[::1], int64[::1], int64[::1]))(
    boolean, DOCS, POINTS, u8s, BLOCKS, TEXT, ASKED, SETS, u64s, f64s, i64s, f64s
)


@njit(cache=True, nogil=True)
def on_subject(count, rows, factors, offsets, posted, theme, owner, themes):
    """bool [N]: shares a word or a theme with the question."""
    found = np.zeros(count, np.bool_)
    for t in range(len(rows)):
        if rows[t] >= 0 and factors[t] > 0:
            for p in range(offsets[rows[t]], offsets[rows[t] + 1]):
                found[posted[p]] = True
    for wanted in themes:
        for i in range(len(theme)):
            if theme[i] == wanted:
                found[owner[i]] = True
    return found


@njit(COUNTED, cache=True, nogil=True)
def counted(counting, docs, points, travels, blocks, text, asked, sets, terms, factors, known, known_km):
    """(subject, counts, doubts): what is on the subject (bool [N]); how many of those are visible, and with `counting` per filter
    how many only it keeps out."""
    alive, label, kind, levels, since, until, weekdays, dayparts, language, places, available, org, _, _, theme, start, owner = docs
    plat, plon, px, py, pz, pradius, pweek = points
    open_sets, closed_from, closed_until, blocked, themes, _ = sets
    subject = on_subject(len(alive), looked_up(terms, text), factors, text[1], text[2], theme, owner, themes)
    counts = np.zeros(1 + CODES, np.int64)
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    for row in range(len(subject)):
        if not subject[row] or not alive[row] or not open_sets[label[row]]:
            continue
        counts[0] += 1
        if not counting:
            continue
        fails, _ = judged(
            COUNT, kind[row], levels[row], since[row], until[row], weekdays[row], dayparts[row], language[row], places[row],
            available[row], asked,
        )  # fmt: skip
        if fails == OUT:
            continue
        for j in range(len(closed_from)):
            if max(since[row], asked[5]) >= closed_from[j] and min(until[row], asked[6]) <= closed_until[j]:
                fails |= PERIOD
        for j in range(len(blocked)):
            if org[row] == blocked[j]:
                fails |= BLOCKED
        travel, first = travels[kind[row]], start[row]
        if travel > 0:
            sure, f = False, 0
            if start[row + 1] - first == 1:
                sure, f, _, _ = roughly(COUNT, travel, px[first], py[first], pz[first], pradius[first], pweek[first], asked)
            if not sure:
                f, _, _, _, doubt = judged_reach(
                    travel, first, start[row + 1], plat, plon, pradius, pweek, asked, known, known_km
                )
                if doubt >= 0:
                    noted(doubts, doubt)
            fails |= f
        if fails > 0 and fails & (fails - 1) == 0:
            for code in range(CODES):
                counts[1 + code] += fails == 1 << code
    return subject, counts, doubts[1 : doubts[0] + 1]
