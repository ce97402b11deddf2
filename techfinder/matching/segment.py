"""A batch of documents that is searched as one: its postings, its columns, and which of them still count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from techfinder.matching.blocks import BLOCK, blocks_of, order_of, packed
from techfinder.matching.bounding import AREA_COLUMNS, BLOCK_COLUMNS
from techfinder.matching.bulk import Pile, pile_of
from techfinder.matching.columns import (
    Arrays,
    label_columns,
    need_columns,
    supply_columns,
)
from techfinder.matching.inverted import text_scores
from techfinder.matching.judging import DOC_COLUMNS, POINT_COLUMNS
from techfinder.matching.lending import lent
from techfinder.matching.postings import (
    Document,
    Postings,
    Statistics,
    compile_postings,
)
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Need, Supply


def fixed(values: Any, dtype: type | None = None) -> np.ndarray:
    """An array that nobody writes: the kernel takes no other."""
    array = np.array(values, dtype) if dtype else np.ascontiguousarray(values)
    array.flags.writeable = False
    return array


MOST_VIEWERS = 100  # whose open labels are remembered


@dataclass(frozen=True, slots=True)
class Segment:
    """`alive` bool [N] is False for tombstones. `blocks` (of supplies) are those of `blocks.py`, made with `table`, the
    generation's saturation table, float64 [256, 256]. `derived` is for what readers make of the columns once, tombstones not counted;
    `kept` for what every question needs, tombstones counted: per viewer the documents that it may see.
    """

    postings: Postings
    columns: Arrays
    labels: tuple[frozenset[str], ...]
    label_code: np.ndarray
    alive: np.ndarray
    blocks: Arrays
    table: np.ndarray
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.alive)

    @property
    def text(self) -> tuple:
        """What `inverted.TEXT` says."""
        made = self.derived.get("text")
        if made is None:
            p = self.postings
            arrays = (p.hashes, p.offsets, p.places, p.docs, p.tf, p.lengths, p.frequent, p.held, p.before, self.table)
            made = self.derived["text"] = tuple(map(fixed, arrays))
        return made

    @property
    def arguments(self) -> tuple:
        """The kernel's (docs, points, areas, blocks, text)."""
        made = self.derived.get("arguments")
        if made is None:
            c, b = self.columns, self.blocks
            made = self.derived["arguments"] = (
                tuple(fixed(c[name]) for name in DOC_COLUMNS),
                tuple(fixed(c[name]) for name in POINT_COLUMNS),
                tuple(fixed(b[name]) for name in AREA_COLUMNS),
                tuple(fixed(b[name]) for name in BLOCK_COLUMNS),
                self.text,
            )
        return made

    @property
    def addresses(self) -> list[int]:
        """The numbers of all of them, as long as the segment lives."""
        made = self.derived.get("addresses")
        if made is None:
            made = self.derived["addresses"] = lent(*self.arguments).tolist()
        return made

    def seen_by(self, viewer: frozenset[str]) -> np.ndarray:
        """Bits of the documents that are alive and share a label with the viewer, uint64 [B]."""
        made = self.kept.get(viewer)
        if made is None:
            open_to = self.derived.setdefault("open to", {})
            for remembered in (open_to, self.kept):
                if len(remembered) > MOST_VIEWERS:
                    remembered.clear()
            opened = open_to.get(viewer)
            if opened is None:
                opened = open_to[viewer] = packed(self._open_sets(viewer)[self.label_code])
            made = self.kept[viewer] = fixed(packed(self.alive) & opened)
        return made

    def _open_sets(self, viewer: frozenset[str]) -> np.ndarray:
        """bool per set of labels: whether the viewer holds one of them."""
        return np.array([bool(s & viewer) for s in self.labels], bool)

    def without(self, ids: frozenset[int]) -> "Segment":
        """The same with tombstones for `ids`."""
        gone = self.rows_of(ids)
        if not len(gone):
            return self
        alive = self.alive.copy()
        alive[gone] = False
        return replace(self, alive=alive, kept={})

    def rows_of(self, ids: Iterable[int]) -> np.ndarray:
        """The rows of those of `ids` that are here."""
        own, asked = self.columns["id"], np.array(list(ids), np.int64)
        if not len(own):
            return np.zeros(0, np.int64)
        order = self.derived.get("order")
        if order is None:
            order = self.derived["order"] = np.argsort(own).astype(np.int32)
        rows = order[np.minimum(np.searchsorted(own, asked, sorter=order), len(own) - 1)]
        return rows[own[rows] == asked]

    def visible(self, viewer: frozenset[str]) -> np.ndarray:
        """bool [N]: alive, and a label shared with the viewer."""
        if not len(self.alive):
            return self.alive
        open_sets = self._open_sets(viewer)
        return self.alive if open_sets.all() else self.alive & open_sets[self.label_code]

    def text_scores(self, terms: Sequence[QueryTerm], statistics: Statistics, table: np.ndarray) -> np.ndarray:
        """Σ weight · idf · saturated frequency per document, float64 [N]; terms are added in their order."""
        known = [statistics.hashed(t.key) for t in terms]
        hashes = np.array([number for number, _ in known], np.uint64)
        factors = np.array([t.weight * idf for t, (_, idf) in zip(terms, known, strict=True)], np.float64)
        return text_scores(fixed(hashes), fixed(factors), (*self.text[:-1], fixed(table)))


def arranged(things: Sequence[Any], documents: Sequence[Document], supplies: bool) -> tuple[list[Any], Pile]:
    """Both in the order in which a segment lays them."""
    pile = pile_of(documents)
    if not supplies or len(things) <= BLOCK:
        return list(things), pile
    order = order_of(things, pile)
    return [things[i] for i in order.tolist()], pile.taken(order)


def make_segment(
    things: Sequence[Supply] | Sequence[Need], documents: Sequence[Document], supplies: bool, table: np.ndarray | None = None
) -> Segment:
    """`things` and their analysed `documents`, in one order; `table` is the generation's, or their own without it."""
    columns = supply_columns(things) if supplies else need_columns(things)  # type: ignore[arg-type]
    codes, sets = label_columns(things)
    postings = compile_postings(documents)
    table = postings.statistics().table() if table is None else table
    blocks = blocks_of(columns, postings, table) if supplies else {}
    labels = tuple(frozenset(s) for s in sets)
    return Segment(postings, columns, labels, codes, np.ones(len(things), bool), blocks, table)
