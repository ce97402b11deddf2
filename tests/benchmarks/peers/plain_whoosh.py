"""Whoosh as its manual would have it: one index, filters inside `And`, its own BM25F."""

from pathlib import Path

import numpy as np
from whoosh import fields, index, query
from whoosh.scoring import BM25F

from techfinder.matching.analysis import analyser
from techfinder.matching.postings import K1, B
from techfinder.matching.terms import Document, document, supply_sources
from techfinder.matching.textstore import AnalysedText
from techfinder.matching.values import Need, Supply
from tests.benchmarks.peers.common import Corpus, asked, labels, question

DEPTH = 200
MEMORY_MB = 1_024


class PlainWhoosh:
    settings = (
        "our terms with their weights as boosts, BM25F(B=0.5, K1=1.2) over weighted frequencies (the engine's own text score); And of the Or "
        "of terms with constant-score filters for kind, level and grid cells of reach; one segment (optimize), 1 GB writer, first 200 blended"
    )
    candidates = f"{DEPTH}"
    analyses = False
    up_to = 50_000  # by default: 2 ms an offer to build
    updates = 20

    def __init__(self, folder: Path):
        self.folder = folder / "whoosh"
        self.folder.mkdir()

    def build(self, corpus: Corpus) -> None:
        self.blend, a = corpus.blend, corpus.analysed
        self.df, self.count, self.number = a.df, len(a), a.number
        schema = fields.Schema(id=fields.ID(unique=True), row=fields.STORED, text=AnalysedText(), label=fields.KEYWORD)
        self.index = index.create_in(str(self.folder), schema)
        writer = self.index.writer(limitmb=MEMORY_MB)
        for row, s in enumerate(corpus.supplies):
            at = slice(a.offsets[row], a.offsets[row + 1])
            words = {a.keys[t]: n for t, n in zip(a.terms[at].tolist(), a.eighths[at].tolist(), strict=True)}
            writer.add_document(id=str(s.id), row=row, text=Document(words, int(a.lengths[row])), label=" ".join(labels(s)))
        writer.commit(optimize=True)
        self._open()

    def _open(self) -> None:
        self.searcher = self.index.searcher(weighting=BM25F(B=B, K1=K1))
        self.rows = np.zeros(self.searcher.doc_count_all(), np.int64)
        for number, stored in self.searcher.reader().iter_docs():
            self.rows[number] = stored["row"]

    def reopen(self) -> None:
        pass

    def first_ten(self, need: Need) -> list[int]:
        terms = question(need)
        text = query.Or([query.Term("text", t.key, boost=t.weight) for t in terms])
        filters = [query.ConstantScoreQuery(query.Or([query.Term("label", x) for x in some]), 0.0) for some in asked(need)]
        hits = self.searcher.search(query.And([text, *filters]), limit=DEPTH)
        mass = sum(t.weight * self.searcher.idf("text", t.key) for t in terms)
        extra = len(filters)  # each counts one, whatever constant is asked for
        found = np.array([(self.rows[n], score - extra) for score, n in hits.top_n], np.float64).reshape(-1, 2)
        return self.blend.first_ten(need, found[:, 0].astype(np.int64), found[:, 1], mass)

    def update(self, supply: Supply) -> None:
        with self.index.writer() as writer:
            writer.update_document(
                id=str(supply.id), row=supply.id - 1, text=document(analyser(), supply_sources(supply)), label=" ".join(labels(supply))
            )
        self.searcher = self.searcher.refresh()

    def bytes(self) -> int:
        return sum(p.stat().st_size for p in self.folder.iterdir())

    def close(self) -> None:
        self.searcher.close()
