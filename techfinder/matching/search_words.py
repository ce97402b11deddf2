"""The words of a search in the postings, 64 documents at a time: who holds a term, and what it adds to whose score.

All that searches know of how postings lie is here. `terms` int64 [T, 4]: how far in `docs` a term is, where it ends there, its row
in `held` (-1: it is rare), and what to add to a place in `docs`, or to a count of bits, for its place in `tf`.
"""

import numpy as np
from numba import njit
from numba.types import int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import SLACK, leapt
from techfinder.matching.geometry import STEP, bits
from techfinder.matching.inverted import BLOCKS_IN_AREA, looked_up

ONE = np.uint64(1)
AT, STOP, OFTEN, SHIFT = 0, 1, 2, 3


@njit(nogil=True)
def opened(hashes, text):
    """`terms` at the beginning of their postings; empty ones for a term that nothing holds."""
    rows, often = looked_up(hashes, text)
    terms = np.zeros((len(rows), 4), np.int64)
    for t in range(len(rows)):
        terms[t, OFTEN] = -1
        if rows[t] >= 0:
            offset, first = text[1][rows[t]], text[2][rows[t]]
            terms[t, AT], terms[t, STOP], terms[t, OFTEN] = first, text[2][rows[t] + 1], often[t]
            terms[t, SHIFT] = offset if often[t] >= 0 else offset - first
    return terms


@njit(nogil=True, forceinline=True)
def sought(docs, p, stop, first):
    """The first posting from `p` on of a document that is not before `first`."""
    if p >= stop or docs[p] >= first:
        return p
    return leapt(docs, p, stop, first)


@njit(nogil=True, forceinline=True)
def before_block(held, before, f, word):
    """How many documents of frequent term `f` come before a block."""
    n = int64(before[f, word // BLOCKS_IN_AREA])
    for b in range(word // BLOCKS_IN_AREA * BLOCKS_IN_AREA, word):
        n += bits(held[f, b])
    return n


@njit(nogil=True)
def gathered(hashes, groups, count, text, width):
    """uint64 [G, W]: the documents that hold a term of each group, as bits; term after term, since its postings lie in a row."""
    docs, held, terms = text[3], text[7], opened(hashes, text)
    found = np.zeros((count, width), np.uint64)
    for t in range(len(hashes)):
        own = found[groups[t]]
        if terms[t, OFTEN] >= 0:
            often = held[terms[t, OFTEN]]
            for word in range(width):
                own[word] |= often[word]
        for p in range(terms[t, AT], terms[t, STOP]):
            own[docs[p] >> 6] |= ONE << uint64(docs[p] & 63)
    return found


@njit(nogil=True)
def spread_out(terms, factors, docs, held, ceilings, width):
    """(most, spots) by blocks: float64 [W], the most that the words of a document add up to; and int32 [T, W], how many of a term's
    documents come before the block's, -1 where the block has none."""
    most, spots = np.zeros(width, np.float64), np.full((len(factors), width), -1, np.int32)
    for t in range(len(factors)):
        f, step, last, n = terms[t, OFTEN], factors[t] * STEP * (1 + SLACK), -1, 0
        if f >= 0:
            for word in range(width):
                most[word] += step * ceilings[f, word]
                if held[f, word] != 0:
                    spots[t, word] = n
                    n += bits(held[f, word])
        for p in range(terms[t, AT], terms[t, STOP]):
            if docs[p] >> 6 != last:
                last = docs[p] >> 6
                most[last] += step * 255
                spots[t, last] = p - terms[t, AT]
    return most, spots


@njit(nogil=True, forceinline=True)
def impacts(docs, held, tf, lengths, table, terms, spots, t, word, wanted, factor, total):
    """Add what term `t` is worth to the documents `wanted` of a block, into `total` float64 [64]."""
    first, f, p = word << 6, terms[t, OFTEN], int64(spots[t, word])
    if p < 0:
        return
    if f >= 0:
        there = held[f, word]
        rest = there & wanted
        p += terms[t, SHIFT]
        while rest != 0:
            below = (rest & (~rest + ONE)) - ONE
            at = bits(below)
            total[at] += factor * table[tf[p + bits(there & below)], lengths[first + at]]
            rest &= rest - ONE
        return
    p += terms[t, AT]
    while p < terms[t, STOP] and docs[p] < first + 64:
        at = docs[p] - first
        if wanted >> uint64(at) & ONE != 0:
            total[at] += factor * table[tf[p + terms[t, SHIFT]], lengths[docs[p]]]
        p += 1


@njit(nogil=True)
def text_of(doc, factors, terms, text):
    """Σ factor · saturated frequency of one document, terms in their order."""
    _, _, _, docs, tf, lengths, _, held, before, table = text
    total, word, bit = 0.0, doc >> 6, ONE << uint64(doc & 63)
    for t in range(len(factors)):
        f = terms[t, OFTEN]
        if f >= 0:
            if held[f, word] & bit != 0:
                p = terms[t, SHIFT] + before_block(held, before, f, word) + bits(held[f, word] & (bit - ONE))
                total += factors[t] * table[tf[p], lengths[doc]]
            continue
        p = sought(docs, terms[t, AT], terms[t, STOP], doc)
        if p < terms[t, STOP] and docs[p] == doc:
            total += factors[t] * table[tf[p + terms[t, SHIFT]], lengths[doc]]
    return total
