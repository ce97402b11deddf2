"""Segments of what changed since, put together from smaller ones: no text is analysed twice, and no array made from things twice."""

from collections.abc import Sequence
from math import exp
from typing import Any, NamedTuple

import numpy as np
from whoosh.util.numeric import length_to_byte

from techfinder.matching.blocks import BLOCK, blocks_of, order_by
from techfinder.matching.columns import Arrays, joined, label_columns, need_columns, supply_columns, taken
from techfinder.matching.inverted import together
from techfinder.matching.postings import Postings, Statistics, inverted, readonly, term_hashes
from techfinder.matching.segment import Segment
from techfinder.matching.terms import Document

SUBJECT = "subject"  # a column of such segments: the hash of what a document is about, by which it is laid beside others


class Part(NamedTuple):
    """Documents of which a segment can be made. Posting p says that document `docs[p]` holds a term `tf[p]` eighths strong;
    `counts[s]` of them in a row are of the term with hash `hashes[s]`."""

    columns: Arrays
    labels: Sequence[frozenset[str]]
    label_code: np.ndarray
    alive: np.ndarray
    lengths: np.ndarray
    hashes: np.ndarray
    counts: np.ndarray
    docs: np.ndarray
    tf: np.ndarray

    @classmethod
    def of(cls, s: Segment) -> "Part":
        """A segment that was made here."""
        p = s.postings
        return cls(s.columns, s.labels, s.label_code, s.alive, p.lengths, p.hashes, np.diff(p.offsets), p.every(), p.tf)

    @classmethod
    def of_things(
        cls, things: Sequence[Any], documents: Sequence[Document], supplies: bool, statistics: Statistics
    ) -> "Part":
        """Supplies, or needs, with their documents."""
        columns = supply_columns(things) if supplies else need_columns(things)
        columns[SUBJECT] = np.array([subject_of(d, statistics) for d in documents], np.uint64)
        codes, labels = label_columns(things)
        terms = [len(d.frequencies) for d in documents]
        hashes = term_hashes([key for d in documents for key in d.frequencies])
        tf = np.frombuffer(b"".join([bytes(d.frequencies.values()) for d in documents]), np.uint8)
        lengths = np.array([length_to_byte(d.length) for d in documents], np.uint8)
        docs = np.repeat(np.arange(len(documents), dtype=np.int32), terms)
        alive, counts = np.ones(len(things), bool), np.ones(len(hashes), np.int64)
        return cls(columns, list(map(frozenset, labels)), codes, alive, lengths, hashes, counts, docs, tf)


def subject_of(document: Document, statistics: Statistics) -> int:
    """The hash of the concept that a document names most for how rare it is, as `blocks.subjects`; 0 without one."""
    rarities: dict[str, tuple[float, int]] = statistics.derived.setdefault("rarities", {})
    best = (0.0, 0)
    for key, n in document.frequencies.items():
        if key[0] == "=":
            known = rarities.get(key)
            if known is None:
                hashed, idf = statistics.hashed(key)
                known = rarities[key] = (exp(idf / 2), hashed)
            strength = n * known[0]
            if strength > best[0] or (strength == best[0] and known[1] > best[1]):
                best = strength, known[1]
    return best[1]


def merged(parts: Sequence[Part], supplies: bool, table: np.ndarray) -> tuple[Segment, np.ndarray]:
    """One segment of what counts in `parts`, and where each of its rows stood when all rows of the parts are numbered through."""
    columns, alive = joined([part.columns for part in parts]), np.concatenate([part.alive for part in parts])
    order = np.flatnonzero(alive)
    if supplies and len(order) > BLOCK:
        laid = order_by(columns, columns[SUBJECT])
        order = laid[alive[laid]]
        columns = taken(columns, order)
    elif len(order) < len(alive):
        columns = taken(columns, order)
    labels: dict[frozenset[str], int] = {}
    codes = [np.array([labels.setdefault(s, len(labels)) for s in part.labels], np.uint32)[part.label_code] for part in parts]
    postings = _postings(parts, order, len(alive))
    blocks = blocks_of(columns, postings, table) if supplies else {}
    return Segment(postings, columns, tuple(labels), np.concatenate(codes)[order], np.ones(len(order), bool), blocks, table), order


def _postings(parts: Sequence[Part], order: np.ndarray, count: int) -> Postings:
    """The postings of the documents `order` of `count`."""
    place = np.full(count, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    before = np.cumsum([0, *(len(part.alive) for part in parts)])
    docs = place[np.concatenate([part.docs + first for part, first in zip(parts, before, strict=False)])]
    lengths, hashes, counts, tf = map(np.concatenate, zip(*((p.lengths, p.hashes, p.counts, p.tf) for p in parts), strict=True))
    by = np.argsort(hashes, kind="stable")
    hashes, offsets, docs, tf = together(*map(readonly, (hashes, by, counts, docs, tf)), len(order))
    return inverted(hashes, offsets, docs, tf, lengths[order], 0)  # nobody asks how many words there are
