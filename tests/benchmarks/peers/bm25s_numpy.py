"""bm25s, scores computed when the index is built, with filters and blend in numpy."""

from pathlib import Path

import bm25s
import numpy as np

from techfinder.matching.values import Need, Supply
from tests.benchmarks.peers.common import Corpus, question

UNIT = 4  # eighths to one occurrence: weighted frequencies in halves
K1 = 1.2 * 8 / UNIT


class Bm25sNumpy:
    settings = (
        "our terms repeated by weighted frequency in halves, method lucene with k1 2.4 (1.2 whole occurrences), b 0.5, float32; its precomputed "
        "columns are added up with the terms' weights (its own call knows none) as its numpy scorer does; filters on all offers, no cut-off"
    )
    candidates = "all"
    analyses = False
    up_to = 200_000
    updates = 3

    def __init__(self, folder: Path):
        del folder

    def build(self, corpus: Corpus) -> None:
        self.corpus, self.blend, a = corpus, corpus.blend, corpus.analysed
        times = np.maximum(1, np.rint(a.eighths / UNIT)).astype(np.int64)
        ends = np.concatenate([[0], np.cumsum(times)])[a.offsets]
        every = np.repeat(a.terms, times)
        ids = [every[ends[n] : ends[n + 1]].tolist() for n in range(len(a))]
        self.index = bm25s.BM25(method="lucene", k1=K1, b=0.5, dtype="float32")
        self.index.index((ids, a.number), show_progress=False, create_empty_token=False)
        self.number, self.idf = a.number, np.log1p((len(a) - a.df + 0.5) / (a.df + 0.5)) * (1.0)
        self.rows = np.arange(len(a))

    def reopen(self) -> None:
        pass

    def first_ten(self, need: Need) -> list[int]:
        terms, s = question(need), self.index.scores
        scores, mass = np.zeros(len(self.rows), np.float32), 0.0
        data, indices, indptr = s["data"], s["indices"], s["indptr"]
        for t in terms:
            n = self.number.get(t.key)
            if n is not None:
                at = slice(indptr[n], indptr[n + 1])
                scores[indices[at]] += np.float32(t.weight) * data[at]
                mass += t.weight * self.idf[n]
        rows = self.blend.filtered(need, np.flatnonzero(scores))
        return self.blend.first_ten(need, rows, scores[rows] * 2.2, mass)

    def update(self, supply: Supply) -> None:
        """It can't: everything is built anew."""
        del supply
        self.build(self.corpus)

    def bytes(self) -> int:
        return sum(a.nbytes for a in self.index.scores.values() if isinstance(a, np.ndarray)) + self.blend.bytes()

    def close(self) -> None:
        pass
