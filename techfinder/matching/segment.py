"""A batch of documents that is searched as one: its postings, its columns, and which of them still count."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from techfinder.matching import kernel
from techfinder.matching.columns import (
    Arrays,
    label_columns,
    need_columns,
    supply_columns,
)
from techfinder.matching.postings import (
    Document,
    Postings,
    Statistics,
    compile_postings,
    term_hash,
)
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Need, Supply


@dataclass(frozen=True, slots=True)
class Segment:
    """`alive` bool [N] is False for tombstones. `table` is the generation's saturation table, float64 [256, 256].

    `derived` is for what readers make of the columns once; tombstones don't count in it.
    """

    postings: Postings
    columns: Arrays
    labels: tuple[frozenset[str], ...]
    label_code: np.ndarray
    alive: np.ndarray
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.alive)

    def without(self, ids: frozenset[int]) -> "Segment":
        """The same with tombstones for `ids`."""
        gone = np.isin(self.columns["id"], np.fromiter(ids, np.int64, len(ids)))
        return replace(self, alive=self.alive & ~gone) if gone.any() else self

    def visible(self, viewer: frozenset[str]) -> np.ndarray:
        """bool [N]: alive, and a label shared with the viewer."""
        if not len(self.alive):
            return self.alive
        open_sets = np.array([bool(s & viewer) for s in self.labels], bool)
        return self.alive if open_sets.all() else self.alive & open_sets[self.label_code]

    def text_scores(self, terms: Sequence[QueryTerm], statistics: Statistics, table: np.ndarray) -> np.ndarray:
        """Σ weight · idf · saturated frequency per document, float64 [N]; terms are added in their order."""
        hashes = np.array([term_hash(t.key) for t in terms], np.uint64)
        factors = np.array([t.weight for t in terms], np.float64) * statistics.idfs(hashes)
        p = self.postings
        return kernel.text_scores(hashes, factors, p.hashes, p.offsets, p.docs, p.tf, p.lengths, table)


def make_segment(things: Sequence[Supply] | Sequence[Need], documents: Sequence[Document], supplies: bool) -> Segment:
    """`things` and their analysed `documents`, in one order."""
    columns = supply_columns(things) if supplies else need_columns(things)  # type: ignore[arg-type]
    codes, table = label_columns(things)
    sets = tuple(frozenset(s) for s in table)
    return Segment(compile_postings(documents), columns, sets, codes, np.ones(len(things), bool))
