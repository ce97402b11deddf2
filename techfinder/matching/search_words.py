"""The words of a search in the postings, 64 documents at a time: who holds a term, and what it adds to whose score.

All that searches know of how postings lie is here. Blocks are asked for in ascending order, so that every term's postings are
walked once; `cursors` int64 [T] is how far, `stops` where each ends.
"""

import numpy as np
from numba import njit
from numba.types import uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import looked_up

ONE = np.uint64(1)


@njit(cache=True, nogil=True)
def opened(hashes, text):
    """(cursors, stops) of terms at the beginning of their postings; both 0 for a term that nothing holds."""
    rows = looked_up(hashes, text)
    cursors, stops = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for t in range(len(rows)):
        if rows[t] >= 0:
            cursors[t], stops[t] = text[1][rows[t]], text[1][rows[t] + 1]
    return cursors, stops


@njit(cache=True, nogil=True, forceinline=True)
def sought(docs, p, stop, first):
    """The first posting from `p` on of a document that is not before `first`."""
    if p >= stop or docs[p] >= first:
        return p
    step = 1
    while p + step < stop and docs[p + step] < first:
        p += step
        step *= 2
    end = min(stop, p + step)
    p += 1
    while p < end:
        middle = (p + end) >> 1
        if docs[middle] < first:
            p = middle + 1
        else:
            end = middle
    return p


@njit(cache=True, nogil=True, forceinline=True)
def holders(docs, t, word, cursors, stops):
    """Bits of the documents of a block that hold term `t`."""
    first, stop = word << 6, stops[t]
    p, found = sought(docs, cursors[t], stop, first), uint64(0)
    while p < stop and docs[p] < first + 64:
        found |= ONE << uint64(docs[p] - first)
        p += 1
    cursors[t] = p
    return found


@njit(cache=True, nogil=True, forceinline=True)
def impacts(docs, tf, lengths, table, t, word, wanted, factor, cursors, stops, total):
    """Add what term `t` is worth to the documents `wanted` of a block, into `total` float64 [64]."""
    first, stop = word << 6, stops[t]
    p = sought(docs, cursors[t], stop, first)
    while p < stop and docs[p] < first + 64:
        at = docs[p] - first
        if wanted >> uint64(at) & ONE != 0:
            total[at] += factor * table[tf[p], lengths[docs[p]]]
        p += 1
    cursors[t] = p


@njit(cache=True, nogil=True)
def text_of(doc, factors, cursors, stops, text):
    """Σ factor · saturated frequency of one document, terms in their order."""
    _, _, docs, tf, lengths, table = text
    total = 0.0
    for t in range(len(factors)):
        p = sought(docs, cursors[t], stops[t], doc)
        if p < stops[t] and docs[p] == doc:
            total += factors[t] * table[tf[p], lengths[doc]]
    return total
