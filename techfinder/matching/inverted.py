"""The inverted index in compiled code: laying it, and walking it. `postings.py` says what the arrays are."""

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int32, int64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.geometry import bits, ceiling, f64s, first_bit, i32s, i64s, ro, u8s, u64s

AREA = 10  # 2^AREA documents; of blocks of 64, so many:
BLOCKS_IN_AREA = 1 << (AREA - 6)

# hashes, offsets, places, docs, tf, lengths, frequent, held, before, table
TEXT = Tuple((u64s, i64s, i64s, i32s, u8s, u8s, i32s, ro(uint64, 2), ro(int32, 2), ro(float64, 2)))


@njit(Tuple((uint64[:, ::1], int32[:, ::1]))(i32s, i64s, i32s, int64), cache=True, nogil=True)
def laid(frequent, offsets, docs, count):
    """(held, before): the bits of the frequent terms' documents, and how many of them come before each area."""
    blocks, areas = (count + 63) >> 6, (count + (1 << AREA) - 1) >> AREA
    held, before = np.zeros((len(frequent), blocks), np.uint64), np.zeros((len(frequent), areas), np.int32)
    for f in range(len(frequent)):
        for p in range(offsets[frequent[f]], offsets[frequent[f] + 1]):
            held[f, docs[p] >> 6] |= uint64(1) << uint64(docs[p] & 63)
        n = 0
        for b in range(blocks):
            if b % BLOCKS_IN_AREA == 0:
                before[f, b // BLOCKS_IN_AREA] = n
            n += bits(held[f, b])
    return held, before


TOGETHER = Tuple((uint64[::1], int64[::1], int32[::1], uint8[::1]))


@njit(TOGETHER(u64s, i64s, i64s, i32s, u8s, int64), cache=True, nogil=True)
def together(hashes, order, counts, docs, tf, most):
    """(hashes, offsets, docs, tf) of postings one after the other: `counts[s]` of term `hashes[s]`, which may come again; `order` is
    that of the hashes. Documents are numbered as they will be, below `most`, in any order; those below 0 are left out, and so
    are terms that nothing else holds.
    """
    ranks, terms = np.empty(len(hashes), np.int64), 0
    for i in range(len(hashes)):
        if i > 0 and hashes[order[i]] != hashes[order[i - 1]]:
            terms += 1
        ranks[order[i]] = terms
    terms = min(terms + 1, len(hashes))
    held, starts, p = np.zeros(terms, np.int64), np.zeros(most + 1, np.int64), 0
    for s in range(len(hashes)):
        for q in range(p, p + counts[s]):
            if docs[q] >= 0:
                held[ranks[s]] += 1
                starts[docs[q] + 1] += 1
        p += counts[s]
    for d in range(most):
        starts[d + 1] += starts[d]
    ranked, frequency, at, p = np.empty(starts[most], np.int64), np.empty(starts[most], np.uint8), starts.copy(), 0
    for s in range(len(hashes)):  # by document
        for q in range(p, p + counts[s]):
            if docs[q] >= 0:
                ranked[at[docs[q]]], frequency[at[docs[q]]] = ranks[s], tf[q]
                at[docs[q]] += 1
        p += counts[s]
    kept, offsets, n, p = np.empty(terms, np.uint64), np.zeros(terms + 1, np.int64), 0, 0
    places = np.empty(terms, np.int64)
    for i in range(len(hashes)):
        rank = ranks[order[i]]
        if held[rank] > 0 and (n == 0 or kept[n - 1] != hashes[order[i]]):
            kept[n], places[rank] = hashes[order[i]], p
            p += held[rank]
            n += 1
            offsets[n] = p
    owners, impacts = np.empty(p, np.int32), np.empty(p, np.uint8)
    for d in range(most):  # by term again, documents ascending
        for q in range(starts[d], starts[d + 1]):
            at_ = places[ranked[q]]
            owners[at_], impacts[at_] = d, frequency[q]
            places[ranked[q]] = at_ + 1
    return kept[:n].copy(), offsets[: n + 1].copy(), owners, impacts


@njit(int32[::1](u64s), cache=True, nogil=True)
def numbers(held):
    """The places of the bits that are set, ascending."""
    n = 0
    for word in held:
        n += bits(word)
    found = np.empty(n, np.int32)
    n = 0
    for b in range(len(held)):
        word = held[b]
        while word != 0:
            found[n] = (b << 6) + first_bit(word)
            word &= word - uint64(1)
            n += 1
    return found


@njit(uint8[:, ::1](i32s, i64s, ro(uint64, 2), u8s, u8s, ro(float64, 2)), cache=True, nogil=True)
def ceilings_of(frequent, offsets, held, tf, lengths, table):
    """uint8 [F, B]: per frequent term and block of 64 documents its greatest saturated frequency in steps, rounded up."""
    found = np.zeros(held.shape, np.uint8)
    for f in range(len(frequent)):
        p = offsets[frequent[f]]
        for b in range(held.shape[1]):
            word = held[f, b]
            while word != 0:
                value = ceiling(table[tf[p], lengths[(b << 6) + first_bit(word)]])
                found[f, b] = max(found[f, b], value)
                word &= word - uint64(1)
                p += 1
    return found


@njit(nogil=True)
def row_of(term, text):
    """The row of a term in the lexicon; -1 when it is not there."""
    hashes = text[0]
    i = np.searchsorted(hashes, term)
    return i if i < len(hashes) and hashes[i] == term else -1


@njit(nogil=True)
def frequent_of(row, text):
    """The row of a term in `held`; -1 when it is not frequent."""
    places, frequent = text[2], text[6]
    if row < 0 or places[row] < places[row + 1]:
        return -1
    f = np.searchsorted(frequent, row)
    return f if f < len(frequent) and frequent[f] == row else -1  # no document may hold a term that only names bring


@njit(nogil=True)
def looked_up(terms, text):
    """(rows, often), int64 [T]: the terms' rows in the lexicon and in `held`, -1 for those that are not there."""
    rows, often = np.empty(len(terms), np.int64), np.empty(len(terms), np.int64)
    for t in range(len(terms)):
        rows[t] = row_of(terms[t], text)
        often[t] = frequent_of(rows[t], text)
    return rows, often


@njit(float64[::1](u64s, f64s, TEXT), cache=True, nogil=True)
def text_scores(asked, factors, text):
    """Σ factor · saturated frequency per document, float64 [N]; `asked` are hashes in the order of addition."""
    _, offsets, places, docs, tf, lengths, _, held, _, table = text
    total = np.zeros(len(lengths), np.float64)
    for q in range(len(asked)):
        row = row_of(asked[q], text)
        if row < 0:
            continue
        factor, p = factors[q], offsets[row]
        f = frequent_of(row, text)
        if f < 0:
            for at in range(places[row], places[row + 1]):
                total[docs[at]] += factor * table[tf[p], lengths[docs[at]]]
                p += 1
            continue
        for b in range(held.shape[1]):
            word = held[f, b]
            while word != 0:
                doc = (b << 6) + first_bit(word)
                total[doc] += factor * table[tf[p], lengths[doc]]
                word &= word - uint64(1)
                p += 1
    return total
