"""The documents that pass the filters and can still come among the first, with what is known of them.

They go into a field: arrays with one entry a document, in document order.

    doc     int64            its row                 own, failed  int64    asked themes that it has; failures
    rest    float64          its score without words and nearness          upper  float64  with the most that nearness can bring
    off     float64          km that it is away at most; -1 where nobody travels
    total   float64          its words' sum
"""

from math import isnan

import numpy as np
from numba import njit
from numba.types import int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import SLACK, nearest_of, text_share
from techfinder.matching.finishing import near_share, noted, still_shares
from techfinder.matching.geometry import bits, fetched, first_bit
from techfinder.matching.judging import HIDDEN, OUT, barred, judged, judged_reach, left, nearest, perhaps_near, roughly


@njit(nogil=True)
def fielded(most):
    """An empty field with room for so many: (doc, own, failed, rest, upper, off, total)."""
    numbers, values = np.empty((3, most), np.int64), np.empty((4, most), np.float64)
    return numbers[0], numbers[1], numbers[2], values[0], values[1], values[2], values[3]


@njit(nogil=True, forceinline=True)
def own_themes(b, blocks, docs, themes, own):
    """How many asked themes each document of block b has, into `own` int64 [64]."""
    own[:] = 0
    theme, owner, starts = docs[12], docs[14], blocks[16]
    for i in range(starts[b], starts[b + 1]):
        for wanted in themes:
            if theme[i] == wanted:
                own[owner[i] & 63] += 1


@njit(nogil=True, forceinline=True)
def promising(b, live, words, least, n, docs, points, travels, blocks, asked, themes, own, field):
    """Those of the documents `live` of block b that can come to `least` with `words`, the most that words can bring, from the block's
    nearest place, as bits; they are in the field from `n` on. Of few is asked later whether they are `within_reach`."""
    kind, trust = docs[0], docs[10]
    doc, shared_themes, failed, rest, upper = field[:5]
    kinds, fit, slices = blocks[0][b], blocks[1][b] & asked[3], blocks[13]
    start, spot = docs[13], points[2]
    same_kind, even, code = kinds & (kinds - uint64(1)) == 0, blocks[18][b], first_bit(kinds)
    levels, few, low, high = bits(asked[3]), bits(fit) <= 3, uint64(0), uint64(0)
    if few:  # two bits say how many of the levels a document is for
        of = fit
        while of != 0:
            slice_ = slices[b, first_bit(of)]
            high ^= low & slice_
            low ^= slice_
            of &= of - uint64(1)
    of_trust = asked[22] * (0.5 if isnan(trust[b << 6]) else trust[b << 6]) if even else 0.0
    of_theme, of_level = asked[19] * 0.5, asked[20] / levels if levels > 0 else 0.0
    nearest_by = asked[18] * (asked[24] / (asked[24] + max(0.0, nearest_of(b, blocks, asked))))
    ahead = live
    while ahead != 0:
        i = first_bit(ahead)
        bit = uint64(1) << uint64(i)
        ahead ^= bit
        row = (b << 6) + i
        fetched(spot, int64(start[row]) << 2)
        if not same_kind:
            code = int64(kind[row])
        if levels <= 1:
            value = asked[20]
        elif few:
            value = (int64((low >> uint64(i)) & uint64(1)) + 2 * int64((high >> uint64(i)) & uint64(1))) * of_level
        else:
            shared, of = 0, fit
            while of != 0:
                shared += int64((slices[b, first_bit(of)] >> uint64(i)) & uint64(1))
                of &= of - uint64(1)
            value = shared * of_level
        if not even:
            of_trust = asked[22] * (0.5 if isnan(trust[row]) else trust[row])
        if themes > 0:
            of_theme = asked[19] * (own[i] / themes)
        value += of_theme + of_trust
        if (uint64(1) << uint64(code)) & asked[0] != 0:
            value += asked[21]
        most = value + (nearest_by if travels[code] > 0 else asked[18] * asked[25])
        if words + most < least:
            live ^= bit
            continue
        doc[n], shared_themes[n], failed[n], rest[n], upper[n] = row, own[i], 0, value, most
        n += 1
    return live


@njit(nogil=True, forceinline=True)
def within_reach(n, least, docs, points, travels, asked, field, doubts, known, known_km):
    """How many of a field of `n` are on the subject, can come to `least` with their own words and are within reach; they alone are
    left, with what their distance can bring."""
    kind, start = docs[0], docs[13]
    doc, own, _, rest, upper, off, total = field
    least, m = max(least, 0.0), 0
    for i in range(n):
        if (total[i] == 0.0 and own[i] == 0) or text_share(total[i], asked) + upper[i] + SLACK < least:
            continue
        row = doc[i]
        travel, high, most = travels[kind[row]], -1.0, upper[i]
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
                continue
            most = rest[i] + near_share(low, True, asked)
        doc[m], own[m], rest[m], upper[m], off[m], total[m] = row, own[i], rest[i], most, high, total[i]
        m += 1
    return m


@njit(nogil=True, forceinline=True)
def nearly_fitting(mode, b, live, words, least, n, docs, points, travels, asked, sets, own, field, doubts, known, known_km):
    """The same for those that fail one filter by a little."""
    kind, levels, since, until, weekdays, dayparts, language, places, available, org, trust, _, _, start, _ = docs
    doc, shared_themes, failed, besides, upper, off, _ = field
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
        most = rest + near_share(low, travel > 0, asked)
        if words + most < least:
            live ^= bit
            continue
        doc[n], shared_themes[n], failed[n], besides[n], upper[n], off[n] = row, own[i], fails, rest, most, high if travel > 0 else -1.0
        n += 1
    return live
