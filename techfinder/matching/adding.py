"""The words of what passed the filters in one block: heavy ones first, and what cannot reach what is needed is left there."""

from numba import njit
from numba.types import uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import SLACK, text_share
from techfinder.matching.geometry import STEP, bits, first_bit
from techfinder.matching.inverted import BLOCKS_IN_AREA

LOOKED_UP = 3  # words, before what cannot reach what is needed any more is left out


@njit(cache=True, nogil=True)
def added_up(b, j, live, least, terms, factors, text, asked, ranges, hand):
    """Those of the documents `live` of block b, candidate j, that can reach `least`, as bits; their words' sums into `ranges`, in
    the question's order."""
    rows, often, heaviest, found, spots = terms
    _, offsets, places, docs, tf, lengths, _, held, before, table = text
    total, _, upper, _, _ = ranges
    frequencies, has, partial = hand
    ahead = 0.0
    for t in range(len(rows)):
        ahead += factors[t] * STEP * found[t, j]
        has[t] = 0
    slack = SLACK * ahead
    partial[:] = 0.0
    looked_up = 0
    for t in heaviest:
        if found[t, j] == 0:
            continue
        factor = factors[t]
        ahead -= factor * STEP * found[t, j]
        mask = uint64(0)
        if often[t] >= 0:
            whole = held[often[t], b]
            mask = whole & live
            if mask != 0:
                area = b // BLOCKS_IN_AREA
                p = offsets[rows[t]] + before[often[t], area]
                for block in range(area * BLOCKS_IN_AREA, b):
                    p += bits(held[often[t], block])
                left = mask
                while left != 0:
                    i = first_bit(left)
                    bit = uint64(1) << uint64(i)
                    left ^= bit
                    n = tf[p + bits(whole & (bit - uint64(1)))]
                    frequencies[t, i] = n
                    partial[i] += factor * table[n, lengths[(b << 6) + i]]
        else:
            p, stop, shift = spots[t, j], places[rows[t] + 1], offsets[rows[t]] - places[rows[t]]
            while p < stop and docs[p] >> 6 == b:
                i = docs[p] & 63
                bit = uint64(1) << uint64(i)
                if live & bit != 0:
                    mask |= bit
                    n = tf[shift + p]
                    frequencies[t, i] = n
                    partial[i] += factor * table[n, lengths[docs[p]]]
                p += 1
        has[t] = mask
        looked_up += 1
        if looked_up % LOOKED_UP == 0 and least > 0:
            live = within_reach(live, max(ahead, 0.0) + slack, least, partial, upper, asked)
            if live == 0:
                return live
    live = within_reach(live, slack, least, partial, upper, asked)
    left = live
    while left != 0:
        i = first_bit(left)
        bit = uint64(1) << uint64(i)
        left ^= bit
        total[i] = 0.0
        for t in range(len(rows)):
            if has[t] & bit != 0:
                total[i] += factors[t] * table[frequencies[t, i], lengths[(b << 6) + i]]
    return live


@njit(cache=True, nogil=True, forceinline=True)
def within_reach(live, more, least, partial, upper, asked):
    """Those that reach `least` with all that the words ahead can bring."""
    left = live
    while left != 0:
        i = first_bit(left)
        bit = uint64(1) << uint64(i)
        left ^= bit
        if text_share(partial[i] + more, asked) + upper[i] + SLACK < least:
            live ^= bit
    return live
