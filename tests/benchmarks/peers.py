"""What a user could pick instead, fairly tuned, on the same analysed words: each gives the blended first ten of a need.

Every peer gets our own terms (its analyser could not take compounds apart), finds the best `DEPTH` by its own text score
within the filters it can express, and has them blended exactly as ours; so `agreement` shows what its pruning by
text alone misses.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from whoosh import fields, index, query
from whoosh.scoring import BM25F

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.columns import KINDS, accepted_mask
from techfinder.matching.engine import Engine
from techfinder.matching.matcher import best, field_of, fitting, question, theme_counts
from techfinder.matching.postings import K1, B
from techfinder.matching.ranking import SPREAD_OVER, Runner, spread
from techfinder.matching.side import Side, analysed, side_of
from techfinder.matching.suggestions import asker
from techfinder.matching.terms import need_sources, query_terms
from techfinder.matching.textstore import AnalysedText
from techfinder.matching.values import PUBLIC, Need, Supply

DEPTH = 1_000
AT = datetime(2026, 11, 21)


class Peer(Protocol):
    def build(self, supplies: Sequence[Supply]) -> None: ...
    def update(self, supply: Supply) -> None: ...
    def first_ten(self, need: Need) -> list[int]: ...
    def bytes(self) -> int: ...


def words(need: Need):
    return query_terms(analyser(), need_sources(need), weights().query)


def kinds_of(need: Need) -> list[str]:
    mask = accepted_mask(need.kinds)
    return [k for n, k in enumerate(KINDS) if mask >> n & 1]


class Blender:
    """The exact blend of given candidates, with numpy, on a side in memory."""

    def __init__(self, supplies: Sequence[Supply]):
        self.side: Side = side_of(supplies, True)

    def blend(self, need: Need, candidates: Sequence[int] | None) -> list[int]:
        side, w = self.side, weights()
        segment = side.segments[0]
        q = question(words(need), need.themes, PUBLIC, AT.date(), side.statistics)
        text = segment.text_scores(q.terms, side.statistics, side.table)
        if candidates is None:
            rows = np.flatnonzero((text > 0) | (theme_counts(segment, q.themes) > 0))
        else:
            rows = np.unique(np.searchsorted(segment.columns["id"], np.array(candidates, np.int64)))
        who = asker(need, q)
        field = field_of(segment, who.judge(segment, rows), rows, text, q, w)
        found = best([segment], [field], fitting([field], True), SPREAD_OVER, None)
        runners = [Runner(-r.score, r.id, r.organisation_id, False, i, found.__getitem__) for i, r in enumerate(found)]
        return [r.id for r in spread(w, runners)[:10]]


class Ours:
    def __init__(self, folder: Path):
        self.engine = Engine(folder / "ours")

    def build(self, supplies: Sequence[Supply]) -> None:
        self.engine.build(supplies, [], 1)

    def update(self, supply: Supply) -> None:
        self.engine.apply(self.engine.no + 1, supplies=[supply])

    def first_ten(self, need: Need) -> list[int]:
        return [s.id for s in self.engine.suggest(need, AT, 10, explain=False).fits]

    def bytes(self) -> int:
        segment = self.engine._state.supplies.segments[0]
        p = segment.postings
        arrays = [p.hashes, p.offsets, p.docs, p.tf, p.lengths, segment.label_code, *segment.columns.values()]
        return sum(a.nbytes for a in arrays)


class PlainWhoosh:
    """Filters inside `And`, its own BM25F; levels and kinds as terms, its results blended."""

    def __init__(self, folder: Path):
        self.folder = folder / "whoosh"
        self.folder.mkdir()

    def build(self, supplies: Sequence[Supply]) -> None:
        self.blender = Blender(supplies)
        schema = fields.Schema(id=fields.ID(stored=True, unique=True), text=AnalysedText(), kind=fields.ID, levels=fields.KEYWORD)
        self.index = index.create_in(str(self.folder), schema)
        writer = self.index.writer(limitmb=256)
        for s in supplies:
            writer.add_document(**self._document(s))
        writer.commit(optimize=True)
        self._open()

    def _document(self, s: Supply) -> dict:
        levels = " ".join(f"l{n}" for n in range(63) if s.levels >> n & 1)
        return {"id": str(s.id), "text": analysed(s), "kind": s.kind, "levels": levels}

    def _open(self) -> None:
        self.searcher = self.index.searcher(weighting=BM25F(B=B, K1=K1))

    def update(self, supply: Supply) -> None:
        with self.index.writer() as writer:
            writer.update_document(**self._document(supply))
        self._open()

    def first_ten(self, need: Need) -> list[int]:
        text = query.Or([query.Term("text", t.key, boost=t.weight) for t in words(need)])
        kinds = query.Or([query.Term("kind", k) for k in kinds_of(need)])
        levels = query.Or([query.Term("levels", f"l{n}") for n in range(63) if need.levels >> n & 1])
        hits = self.searcher.search(query.And([text, query.ConstantScoreQuery(kinds, 0), query.ConstantScoreQuery(levels, 0)]), limit=DEPTH)
        return self.blender.blend(need, [int(h["id"]) for h in hits])

    def bytes(self) -> int:
        return sum(p.stat().st_size for p in self.folder.iterdir())


class Fts5:
    """SQLite FTS5 over our terms, repeated by weight; kind and levels in SQL, an R*Tree for what must lie near."""

    def __init__(self, folder: Path):
        self.path = folder / "fts.sqlite"
        self.db = sqlite3.connect(self.path)

    def build(self, supplies: Sequence[Supply]) -> None:
        self.blender = Blender(supplies)
        self.db.executescript(
            "create virtual table text using fts5(body, content='', tokenize=\"unicode61 tokenchars '='\");"
            "create table offer(id integer primary key, kind text, levels integer);"
            "create virtual table place using rtree(id, lat0, lat1, lon0, lon1);"
        )
        for s in supplies:
            self._add(s)
        self.db.commit()

    def _add(self, s: Supply) -> None:
        body = " ".join(f"{key} " * max(1, round(n / 8)) for key, n in analysed(s).frequencies.items())
        self.db.execute("insert into text(rowid, body) values (?, ?)", (s.id, body))
        self.db.execute("insert into offer values (?, ?, ?)", (s.id, s.kind, s.levels))
        for p in s.points[:1]:
            self.db.execute("insert into place values (?, ?, ?, ?, ?)", (s.id, p.lat, p.lat, p.lon, p.lon))

    def update(self, supply: Supply) -> None:
        for table in ("offer", "place"):
            self.db.execute(f"delete from {table} where id = ?", (supply.id,))  # noqa: S608
        self.db.execute("insert into offer values (?, ?, ?)", (supply.id, supply.kind, supply.levels))
        self.db.execute("insert into text(rowid, body) values (?, ?)", (supply.id + 10_000_000, "changed"))
        self.db.commit()

    def first_ten(self, need: Need) -> list[int]:
        match = " OR ".join(f'"{t.key}"' for t in words(need))
        kinds = kinds_of(need)
        rows = self.db.execute(
            "select o.id from text join offer o on o.id = text.rowid join place p on p.id = o.id"
            f" where text match ? and o.levels & ? and o.kind in ({','.join('?' * len(kinds))})"  # noqa: S608
            " and p.lat0 between ? and ? and p.lon0 between ? and ? order by bm25(text) limit ?",
            (match, need.levels, *kinds, need.lat - 1.0, need.lat + 1.0, need.lon - 1.6, need.lon + 1.6, DEPTH),
        )
        return self.blender.blend(need, [i for (i,) in rows])

    def bytes(self) -> int:
        return self.path.stat().st_size


PEERS = {"ours": Ours, "plain Whoosh": PlainWhoosh, "SQLite FTS5 + R*Tree": Fts5}
