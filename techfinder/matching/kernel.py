"""The fast way to `suggest`: gives what `matcher` and `filters` give, bit for bit, and looks at few of the documents.

1. Blocks of 64 documents (`blocks.py`) that a filter rejects as a whole are left out.
2. The others get a bound of their score: the sum of the terms' ceilings in the blend, and the most that is left of the rest.
3. Blocks are visited best bound first, in rounds; within a round in document order, so that every term's postings are
   walked once. Documents pass the filters before their words are added up, in the order that the question states.
4. It ends when no block's bound reaches the score that is needed to come among the first.

The ellipsoid is computed only for what can still come among the first. Where its formula could be wrong in the last
shown place, the pair is handed back, and the caller asks geopy and runs again with what it said (`known`).
"""

from math import isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, boolean, float64, int64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.criteria import BIT, NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import DECIMETRES, MEAN
from techfinder.matching.geometry import (
    GRAIN_KM,
    SPHERE,
    STEP,
    bits,
    ceiling,
    doubted,
    ellipsoid,
    f32s,
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
    known_of,
    left,
    roughly,
)

CODES = len(BIT)
BUCKETS = 1024
SHARES = 6
MOST_DOUBTS = 64
SLACK = 1e-9  # more than rounding can add to a bound
FIRST_ROUND, LAST_ROUND = 8, 128  # blocks

TEXT = Tuple((u64s, i64s, i32s, u8s, u8s, ro(float64, 2)))  # hashes, offsets, docs, tf, lengths, table
BLOCKS = Tuple((u64s, u64s, i32s, i32s, u8s, f32s, f32s, f32s, f32s, f32s, f32s, f32s, u64s, i32s, i32s, ro(uint8, 2)))
BLOCK_COLUMNS = (
    "kinds", "levels", "since", "until", "ways", "x", "y", "z", "spread", "reach", "near_reach", "trust", "themes", "theme_start",
    "frequent", "ceilings",
)  # fmt: skip

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
def looked_up(terms, text):
    """Rows of the lexicon, int64 [T]; -1 for terms that are not there."""
    hashes = text[0]
    rows = np.full(len(terms), -1, np.int64)
    for t in range(len(terms)):
        i = np.searchsorted(hashes, terms[t])
        if i < len(hashes) and hashes[i] == terms[t]:
            rows[t] = i
    return rows


@njit(cache=True, nogil=True, forceinline=True)
def block_passes(mode, kinds, levels, since, until, ways, spread, reach, near_reach, chord, class_chord, near_class, asked):
    """Whether any document of the block can fit, or nearly fit: no more filters than `mode` allows reject it whole."""
    _, accepted, nearly_accepted, n_levels, n_near, n_since, n_until, today = asked[:8]
    failing = 0
    if kinds & accepted == 0:
        failing += 1 if kinds & nearly_accepted != 0 else 2
    if n_levels != 0 and levels & n_levels == 0:
        failing += 1 if levels & n_near != 0 else 2
    if failing > mode or until < today:
        return False
    gap = max(since, n_since) - min(until, n_until)
    if gap > 0:
        failing += 1 if gap <= NEAR_DAYS else 2
    if ways & 1 == 0 and not ((ways & 2 != 0 and chord <= reach) or (ways & 4 != 0 and chord - spread <= class_chord)):
        nearly = (ways & 2 != 0 and chord <= near_reach) or (ways & 4 != 0 and chord - spread <= near_class)
        failing += 1 if nearly else 2
    return failing <= mode


@njit(cache=True, nogil=True, forceinline=True)
def block_rest(kinds, levels, ways, low_chord, trust, own, asked):
    """The most that a document of the block can have besides its words."""
    wanted, n_levels, d0, anywhere = asked[0], asked[3], asked[24], asked[25]
    near = 0.0
    if ways & 6 != 0:
        low = MEAN * low_chord * (1 - SPHERE) - GRAIN_KM
        near = d0 / (d0 + low) if low > 0 else 1.0
    if ways & 1 != 0:
        near = max(near, anywhere)
    level = bits(levels & n_levels) / bits(n_levels) if n_levels != 0 else 1.0
    kind = 1.0 if kinds & wanted != 0 else 0.0
    return asked[18] * near + asked[19] * own + asked[20] * level + asked[21] * kind + asked[22] * trust


@njit(cache=True, nogil=True)
def candidates(mode, blocks, asked, themes):
    """(numbers, rest, about): the blocks that pass, ascending, the most they can have besides words, and whether a theme may match."""
    kinds, levels, since, until, ways, x, y, z, spread, reach, near_reach, trust, theme_bits, _, _, _ = blocks
    max_travel = asked[13]
    scale = 1 / (MEAN * (1 - SPHERE))
    class_chord = near_class = -8.0
    if max_travel >= 0:
        class_chord = (max_travel + GRAIN_KM) * scale
        near_class = (max_travel * (1 + NEAR_SHARE) + NEAR_KM + GRAIN_KM) * scale
    sought = uint64(0)
    for theme in themes:
        sought |= uint64(1) << (theme & uint64(63))
    count = len(kinds)
    numbers, rest, about = np.empty(count, np.int64), np.empty(count, np.float64), np.empty(count, np.bool_)
    n = 0
    for b in range(count):
        chord = sqrt((x[b] - asked[14]) ** 2 + (y[b] - asked[15]) ** 2 + (z[b] - asked[16]) ** 2)
        if block_passes(
            mode, kinds[b], levels[b], since[b], until[b], ways[b], spread[b], reach[b], near_reach[b], chord,
            class_chord, near_class, asked,
        ):  # fmt: skip
            numbers[n], about[n] = b, theme_bits[b] & sought != 0
            own = 0.5 if sought == 0 else (1.0 if about[n] else 0.0)
            rest[n] = block_rest(kinds[b], levels[b], ways[b], chord - spread[b], trust[b], own, asked)
            n += 1
    return numbers[:n], rest[:n], about[:n]


@njit(cache=True, nogil=True)
def ceilings(numbers, rows, text, blocks):
    """uint8 [T, n]: the ceiling of every term in every candidate block, in steps; 0 where the term does not occur."""
    _, offsets, docs, tf, lengths, table = text
    frequent, known = blocks[14], blocks[15]
    found = np.zeros((len(rows), len(numbers)), np.uint8)
    place = np.full(len(blocks[0]), -1, np.int32)
    for j in range(len(numbers)):
        place[numbers[j]] = j
    for t in range(len(rows)):
        if rows[t] < 0:
            continue
        own = found[t]
        f = np.searchsorted(frequent, rows[t])
        if f < len(frequent) and frequent[f] == rows[t]:
            for j in range(len(numbers)):
                own[j] = known[f, numbers[j]]
            continue
        for p in range(offsets[rows[t]], offsets[rows[t] + 1]):
            j = place[docs[p] >> 6]
            if j >= 0:
                own[j] = max(own[j], ceiling(table[tf[p], lengths[docs[p]]]))
    return found


@njit(cache=True, nogil=True, forceinline=True)
def text_share(text, asked):
    """The weighted share of a sum of impacts."""
    c, mass = asked[23], asked[26]
    return asked[17] * (text / (text + c * mass) if mass > 0 else 0.0)


@njit(cache=True, nogil=True)
def text_bounds(found, factors, asked):
    """float64 [n]: the most that words can bring a document of each block; -1 where no word occurs."""
    total = np.zeros(found.shape[1], np.float64)
    for t in range(len(factors)):
        step = factors[t] * STEP
        for j in range(len(total)):
            total[j] += step * found[t, j]
    for j in range(len(total)):
        total[j] = text_share(total[j] * (1 + SLACK), asked) if total[j] > 0 else -1.0
    return total


@njit(cache=True, nogil=True, forceinline=True)
def bucket(score):
    return min(BUCKETS - 1, max(0, int(score * BUCKETS)))


@njit(cache=True, nogil=True)
def by_bucket(bound):
    """Positions by bucket of their bound, the highest first: a counting sort."""
    sizes = np.zeros(BUCKETS + 1, np.int64)
    for value in bound:
        sizes[BUCKETS - bucket(value)] += 1
    for b in range(BUCKETS):
        sizes[b + 1] += sizes[b]
    order = np.empty(len(bound), np.int64)
    for i in range(len(bound)):
        b = BUCKETS - 1 - bucket(bound[i])
        order[sizes[b]] = i
        sizes[b] += 1
    return order


@njit(cache=True, nogil=True)
def own_themes(first, last, theme, owner, themes, found):
    """How many asked themes each document of a block has, by the pairs first … last − 1, into `found` int64 [64]."""
    found[:] = 0
    for i in range(first, last):
        for wanted in themes:
            if theme[i] == wanted:
                found[owner[i] & 63] += 1


@njit(cache=True, nogil=True, forceinline=True)
def other_shares(kind, levels, trust, km, point, own, themes, asked):
    """The shares besides the words': near, themes, levels, kind, trust."""
    wanted, n_levels, d0, anywhere = asked[0], asked[3], asked[24], asked[25]
    near = asked[18] * (anywhere if point < 0 else d0 / (d0 + km))
    theme = asked[19] * (own / themes if themes > 0 else 0.5)
    level = asked[20] * (bits(levels & n_levels) / bits(n_levels) if n_levels != 0 else 1.0)
    as_asked = asked[21] * (1.0 if (uint64(1) << uint64(kind)) & wanted != 0 else 0.0)
    return near, theme, level, as_asked, asked[22] * (0.5 if isnan(trust) else trust)


@njit(cache=True, nogil=True)
def added_up(slots, numbers, masks, bases, found, rows, factors, text, total):
    """The words of a round's survivors, into `total`: per term in the question's order, blocks ascending."""
    _, offsets, docs, tf, lengths, table = text
    for t in range(len(rows)):
        if rows[t] < 0:
            continue
        p, stop, factor = offsets[rows[t]], offsets[rows[t] + 1], factors[t]
        for s in range(len(slots)):
            if found[t, slots[s]] == 0 or masks[s] == 0:
                continue
            first, mask = numbers[slots[s]] << 6, masks[s]
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
                    total[bases[s] + bits(mask & (bit - uint64(1)))] += factor * table[tf[p], lengths[docs[p]]]
                p += 1


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
def survivors(
    mode, slots, numbers, words, least, docs, points, travels, theme_start, asked, sets, state, masks, bases, doubts, known, known_km
):  # fmt: skip
    """How many documents of a round's blocks pass the filters and can still reach `least`: they go into `state`, one after the other;
    which of its block they are into `masks`, and where each block's begin into `bases`."""
    alive, label, kind, levels, since, until, weekdays, dayparts, language, places, available, org, trust, _, theme, start, owner = docs
    plat, plon, px, py, pz, pradius, pweek = points
    open_sets, closed_from, closed_until, blocked, themes, _ = sets
    rows, lows, kms, nearest, failed, owns, _ = state
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
            if bound + s1 + s2 + s3 + s4 + s5 < least:
                continue
            mask |= uint64(1) << uint64(i)
            rows[n], lows[n], kms[n], nearest[n], failed[n], owns[n] = row, low, km, point, fails, own[i]
            n += 1
        masks[s] = mask
    return n


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
def finished(mode, k, n, filled, least, docs, points, asked, sets, state, out, doubts, known, known_km):
    """(filled, least) after the round's survivors, with their exact scores, went into the list of the first."""
    kind, levels, org, trust, ids = docs[2], docs[3], docs[11], docs[12], docs[13]
    plat, plon = points[0], points[1]
    rows, lows, kms, nearest, failed, owns, total = state
    order, first, shares, scores, numbers, orgs, chosen, fails, away = out
    themes, powers = len(sets[4]), sets[5]
    for i in range(n):
        if total[i] <= 0.0 and owns[i] == 0:
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
    order = by_bucket(bound)
    shares = np.empty((room, SHARES), np.float64)
    out = (
        np.arange(room), np.empty(room, np.int64), shares, np.empty(room, np.float64), np.empty(room, np.int64),
        np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.float64),
    )  # fmt: skip
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    most = LAST_ROUND * 64
    state = (
        np.empty(most, np.int64), np.empty(most, np.float64), np.empty(most, np.float64),
        np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.float64),
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
        state[6][:n] = 0.0
        added_up(chosen, numbers, masks, bases, found, rows, factors, text, state[6])
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
