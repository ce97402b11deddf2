"""The words of what passed the filters in some blocks, term by term: what a term needs lies in the order of the documents."""

from numba import njit
from numba.types import int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.geometry import bits, first_bit
from techfinder.matching.inverted import BLOCKS_IN_AREA


@njit(nogil=True, forceinline=True)
def added_up(count, passed, total, terms, factors, text):
    """Add up the words of the documents in a field, into `total`, in the question's order.

    `passed`: of `count` blocks, ascending, their places among the candidates, their numbers, their documents in the field as bits,
    and where in it these begin.
    """
    rows, often, found, spots = terms
    _, offsets, places, docs, tf, lengths, _, held, before, table = text
    positions, numbers, masks, begins = passed
    for t in range(len(rows)):
        row, f, factor = rows[t], often[t], factors[t]
        if row < 0:
            continue
        if f < 0:
            shift, stop = offsets[row] - places[row], places[row + 1]
            for r in range(count):
                if found[t, positions[r]] == 0:
                    continue
                p, b, mask = int64(spots[t, positions[r]]), numbers[r], masks[r]
                while p < stop and docs[p] >> 6 == b:
                    bit = uint64(1) << uint64(docs[p] & 63)
                    if mask & bit != 0:
                        total[begins[r] + bits(mask & (bit - uint64(1)))] += factor * table[tf[shift + p], lengths[docs[p]]]
                    p += 1
            continue
        area, at, p = int64(-1), int64(0), int64(0)
        for r in range(count):
            if found[t, positions[r]] == 0:
                continue
            b, mask = numbers[r], masks[r]
            whole = held[f, b]
            hits = whole & mask
            if hits == 0:
                continue
            if b // BLOCKS_IN_AREA != area:
                area = b // BLOCKS_IN_AREA
                at, p = area * BLOCKS_IN_AREA, offsets[row] + before[f, area]
            while at < b:
                p += bits(held[f, at])
                at += 1
            while hits != 0:
                i = first_bit(hits)
                hits &= hits - uint64(1)
                below = (uint64(1) << uint64(i)) - uint64(1)
                impact = table[tf[p + bits(whole & below)], lengths[(b << 6) + i]]
                total[begins[r] + bits(mask & below)] += factor * impact
