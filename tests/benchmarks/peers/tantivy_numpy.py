"""tantivy, the fastest embeddable text index, with the blend in numpy."""

from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from techfinder.matching.analysis import analyser
from techfinder.matching.terms import document, supply_sources
from techfinder.matching.values import Need, Supply
from tests.benchmarks.peers.common import Corpus, asked, labels, question

DEPTH = 200
K1 = 1.2  # tantivy's, not to be changed


class TantivyNumpy:
    settings = (
        "our terms with their weights as boosts, repeated by weighted frequency, tantivy's BM25 (k1 1.2, b 0.75); kind, level and grid cells of "
        "reach as required terms; frequencies without positions, one segment; first 200 blended with numpy by tantivy's own score"
    )
    candidates = f"{DEPTH}"
    analyses = False
    up_to = 200_000
    updates = 20

    def __init__(self, folder: Path):
        self.folder = folder / "tantivy"
        self.folder.mkdir()

    def build(self, corpus: Corpus) -> None:
        self.blend, a = corpus.blend, corpus.analysed
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", indexed=True)
        builder.add_integer_field("row", fast=True)
        builder.add_text_field("text", tokenizer_name="spaces", index_option="freq")
        builder.add_text_field("label", tokenizer_name="spaces", index_option="basic")
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema, path=str(self.folder))
        self.index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        writer = self.index.writer(heap_size=2_000_000_000, num_threads=1)
        for row, (s, words) in enumerate(zip(corpus.supplies, a.documents(8), strict=True)):
            writer.add_document(self._document(s, row, words))
        writer.commit()
        writer.wait_merging_threads()
        self.rows = {s.id: row for row, s in enumerate(corpus.supplies)}
        self.writer = self.index.writer(heap_size=50_000_000, num_threads=1)
        self._open()

    def _document(self, s: Supply, row: int, words: list[str]) -> tantivy.Document:
        return tantivy.Document(id=s.id, row=row, text=" ".join(words), label=" ".join(labels(s)))

    def _open(self) -> None:
        self.index.reload()
        self.searcher = self.index.searcher()
        self.count = self.searcher.num_docs

    def _idf(self, key: str) -> float:
        n = self.searcher.doc_freq("text", key)
        return float(np.log1p((self.count - n + 0.5) / (n + 0.5)))

    def reopen(self) -> None:
        pass

    def first_ten(self, need: Need) -> list[int]:
        terms, s = question(need), self.schema
        text = [(Occur.Should, Query.boost_query(Query.term_query(s, "text", t.key, "freq"), t.weight)) for t in terms]
        one_of = [Query.boolean_query([(Occur.Should, Query.term_query(s, "label", x, "basic")) for x in some]) for some in asked(need)]
        filters = [(Occur.Must, Query.const_score_query(some, 0.0)) for some in one_of]
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(text)), *filters])
        hits = self.searcher.search(query, DEPTH, count=False).hits
        rows = np.array(self.searcher.fast_field_values("row", [address for _, address in hits]), np.int64)
        scores = np.array([score for score, _ in hits], np.float64)
        mass = sum(t.weight * self._idf(t.key) for t in terms)
        return self.blend.first_ten(need, rows, scores, mass)

    def update(self, supply: Supply) -> None:
        self.writer.delete_documents_by_term("id", supply.id)
        found = document(analyser(), supply_sources(supply))
        words = [w for w, n in found.frequencies.items() for _ in range(max(1, round(n / 8)))]
        self.writer.add_document(self._document(supply, self.rows[supply.id], words))
        self.writer.commit()
        self._open()

    def bytes(self) -> int:
        return sum(p.stat().st_size for p in self.folder.iterdir()) + self.blend.bytes()

    def close(self) -> None:
        self.writer.rollback()
