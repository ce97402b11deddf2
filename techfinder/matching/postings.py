"""The inverted index as arrays: which documents hold a term, and how strongly.

Score of term t in document d, as in Whoosh's BM25F (Robertson and Zaragoza 2009, with Whoosh's idf):

    idf(t) · f·(K1 + 1) / (f + K1·(1 − B + B·len(d)/avg))       idf(t) = log(N / (df(t) + 1)) + 1

where f is the weighted frequency in eighths / 8 and len(d) is quantised as Whoosh does. N, df and avg are those of the
generation (`Statistics`), also for documents that came later, so that every process gives equal scores.

Arrays: hashes uint64 [T] sorted; tf uint8 [P] of term t in `tf[offsets[t]:offsets[t + 1]]`, documents ascending, offsets
int64 [T+1]; lengths uint8 [N] (Whoosh's length byte). Which documents:

    frequent   int32 [F]      the terms in one document of `SHARE_FREQUENT` at least, ascending
    held       uint64 [F, B]  their documents, as bits, by blocks of 64
    before     int32 [F, A]   how many of them come before an area of 1,024; with the bits of its blocks it gives the place in `tf`
    docs       int32 [Q]      the documents of all other terms, in `docs[places[t]:places[t + 1]]`, places int64 [T+1]

A term is known by the 64-bit BLAKE2b of its text; building refuses a collision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from math import log
from typing import Any

import numpy as np
from whoosh.util.numeric import byte_to_length, length_to_byte

from techfinder.matching.bulk import pile_of
from techfinder.matching.inverted import AREA, laid, numbers
from techfinder.matching.terms import EIGHTHS, Document

B, K1 = 0.5, 1.2
MOST_KEPT = 50_000  # terms, some 150 bytes each
LEAST_FREQUENT, SHARE_FREQUENT = 256, 64  # a term is frequent from so many documents, and in one of so many
LENGTHS = np.array([byte_to_length(i) for i in range(256)], np.float64)


@lru_cache(400_000)
def term_digest(term: str) -> bytes:
    """The hash of a term, the lowest byte first."""
    return blake2b(term.encode(), digest_size=8).digest()


def term_hash(term: str) -> int:
    return int.from_bytes(term_digest(term), "little")


def term_hashes(terms: Iterable[str]) -> np.ndarray:
    """Of many terms, uint64."""
    return np.frombuffer(b"".join(map(term_digest, terms)), "<u8")


@lru_cache(100_000)
def idf(count: int, df: int) -> float:
    """Whoosh's: log(N / (df + 1)) + 1."""
    return log(max(count, 1) / (df + 1)) + 1


@dataclass(frozen=True, slots=True)
class Statistics:
    """Frozen per generation: `count` documents, `average` length, `df` per term hash (sorted hashes)."""

    count: int
    average: float
    hashes: np.ndarray
    df: np.ndarray
    kept: dict[str, tuple[int, float]] = field(default_factory=dict, compare=False, repr=False)  # hash and idf of terms that were asked
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what readers make of them once

    def hashed(self, key: str) -> tuple[int, float]:
        """The hash and the idf of a term."""
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            number = term_hash(key)
            found = self.kept[key] = (number, self.idf(number))
        return found

    def row(self, hashed: int) -> int:
        """Of a term in the generation; -1 when that lacks it."""
        at = int(self.hashes.searchsorted(np.uint64(hashed)))
        return at if at < len(self.hashes) and int(self.hashes[at]) == hashed else -1

    def idf(self, hashed: int) -> float:
        """Whoosh's idf; a term the generation lacks has df 0."""
        row = self.row(hashed)
        return idf(self.count, int(self.df[row]) if row >= 0 else 0)

    def table(self) -> np.ndarray:
        """Saturated frequency per (eighths, length byte): float64 [256, 256]."""
        tf = np.arange(256, dtype=np.float64)[:, None] / EIGHTHS
        norm = K1 * ((1 - B) + B * LENGTHS[None, :] / (self.average or 1.0))
        return tf * (K1 + 1) / (tf + norm)


@dataclass(frozen=True, slots=True)
class Postings:
    hashes: np.ndarray
    offsets: np.ndarray
    places: np.ndarray
    docs: np.ndarray
    tf: np.ndarray
    lengths: np.ndarray
    frequent: np.ndarray
    held: np.ndarray
    before: np.ndarray
    total: int  # words in all documents, not quantised

    def find(self, hashed: int) -> int | None:
        """The row of a term."""
        i = int(np.searchsorted(self.hashes, np.uint64(hashed)))
        return i if i < len(self.hashes) and int(self.hashes[i]) == hashed else None

    def documents(self, row: int) -> np.ndarray:
        """The documents of a term, int32, ascending."""
        first, last = int(self.places[row]), int(self.places[row + 1])
        at = int(np.searchsorted(self.frequent, row))
        if first < last or at == len(self.frequent) or self.frequent[at] != row:
            return self.docs[first:last]
        return numbers(readonly(self.held[at]))

    def every(self) -> np.ndarray:
        """The documents of all terms, int32 [P], beside `tf`."""
        if not len(self.frequent):
            return self.docs
        found, rare = np.empty(len(self.tf), np.int32), np.ones(len(self.tf), bool)
        for row in self.frequent.tolist():
            part = slice(self.offsets[row], self.offsets[row + 1])
            found[part], rare[part] = self.documents(row), False
        found[rare] = self.docs
        return found

    def statistics(self) -> Statistics:
        average = self.total / len(self.lengths) if len(self.lengths) else 1.0
        return Statistics(len(self.lengths), average, self.hashes, np.diff(self.offsets).astype(np.int32))


def compile_postings(documents: Sequence[Document]) -> Postings:
    """The arrays of documents in their given order. Raises ValueError when two terms share a hash."""
    pile = pile_of(documents)
    names = term_hashes(pile.names)
    order = np.argsort(names, kind="stable")
    hashes = names[order]
    if len(hashes) > 1 and (hashes[1:] == hashes[:-1]).any():
        raise ValueError("two terms share a hash")
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names))
    ranked = rank[pile.terms]
    owners = np.repeat(np.arange(len(pile), dtype=np.int32), np.diff(pile.starts))
    by = np.argsort(ranked, kind="stable")
    offsets = starts_of(np.bincount(ranked, minlength=len(names)))
    lengths = np.array([length_to_byte(n) for n in pile.lengths.tolist()], np.uint8)
    return inverted(hashes, offsets, owners[by], pile.tf[by], lengths, int(pile.lengths.sum()))


def inverted(hashes: np.ndarray, offsets: np.ndarray, docs: np.ndarray, tf: np.ndarray, lengths: np.ndarray, total: int) -> Postings:
    """The arrays of terms with all their documents, int32 [P] beside `tf`."""
    count = len(lengths)
    if count < LEAST_FREQUENT:
        none, blocks, areas = np.zeros(0, np.int32), (count + 63) >> 6, (count + (1 << AREA) - 1) >> AREA
        return Postings(
            hashes, offsets, offsets, docs, tf, lengths, none, np.zeros((0, blocks), np.uint64), np.zeros((0, areas), np.int32), total
        )
    df = np.diff(offsets)
    many = often(df, count)
    frequent = np.flatnonzero(many).astype(np.int32)
    held, before = laid(readonly(frequent), readonly(offsets), readonly(docs), count)
    places = offsets
    if len(frequent):
        places, docs = starts_of(np.where(many, 0, df)), docs[np.repeat(~many, df)]
    return Postings(hashes, offsets, places, docs, tf, lengths, frequent, held, before, total)


def often(df: np.ndarray, count: int) -> np.ndarray:
    """bool [T]: which terms are frequent among `count` documents."""
    return df >= max(LEAST_FREQUENT, count // SHARE_FREQUENT)


def starts_of(counts: np.ndarray) -> np.ndarray:
    """Where each of consecutive runs begins, and where the last ends, int64."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def readonly(array: np.ndarray) -> np.ndarray:
    """The same values in an array that nobody writes: compiled functions take no other."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
