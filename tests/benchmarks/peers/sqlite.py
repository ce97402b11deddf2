"""SQLite FTS5 for the words, R*Tree for reach, ordinary SQL for kind and level."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.reach import CLASS, COMPANY, REACH
from techfinder.matching.terms import document, supply_sources
from techfinder.matching.values import Need, Supply
from tests.benchmarks.blending import KINDS, accepted
from tests.benchmarks.peers.common import EAST, NORTH, Corpus, question

DEPTH = 200
SCHEMA = """
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma cache_size = -262144;
    pragma mmap_size = 2147483648;
    create virtual table text using fts5(body, content='', tokenize="unicode61 tokenchars '=_-'");
    create table offer(id integer primary key, row integer, kind integer, levels integer, body text);
    create virtual table place using rtree(id, lat0, lat1, lon0, lon1, +offer integer);
    create virtual table reach using rtree(id, lat0, lat1, lon0, lon1, +offer integer);
"""
# bm25() as a column is worked out for what passes the filters; `rank` would be for every row that has a word
FIND = """
    with within(offer) as materialized (
      select offer from reach where lat0 <= :lat and lat1 >= :lat and lon0 <= :lon and lon1 >= :lon
      union select offer from place where lat0 >= :lat - :dlat and lat1 <= :lat + :dlat and lon0 >= :lon - :dlon and lon1 <= :lon + :dlon
      union select id from offer where kind in ({anywhere}))
    select o.row, bm25(text) score from text join offer o on o.id = text.rowid
    where text match :match and o.kind in ({kinds}) and o.levels & :levels and o.id in within
    order by score limit {depth}
"""


class SqliteFts5:
    settings = (
        "our terms repeated by weighted frequency, FTS5's bm25 (k1 1.2, b 0.75; it takes no weights of terms), contentless, "
        "optimized; one R*Tree of what companies reach and one of where offers stand; analyze; 256 MB cache, mmap; first 200 blended"
    )
    candidates = f"{DEPTH}"
    analyses = False
    up_to = 200_000
    updates = 20

    def __init__(self, folder: Path):
        self.path = folder / "fts.sqlite"
        self.db = sqlite3.connect(self.path, isolation_level=None)

    def build(self, corpus: Corpus) -> None:
        self.blend, a = corpus.blend, corpus.analysed
        self.db.executescript(SCHEMA)
        self.db.execute("begin")
        for row, (s, words) in enumerate(zip(corpus.supplies, a.documents(8), strict=True)):
            self._add(s, row, words)
        self.db.execute("commit")
        self.db.execute("insert into text(text) values ('optimize')")
        self.db.execute("create index offer_kind on offer(kind)")
        self.db.execute("analyze")
        self.db.execute("pragma wal_checkpoint(truncate)")
        self.idf = {key: float(np.log((len(a) - n + 0.5) / (n + 0.5))) for key, n in zip(a.keys, a.df.tolist(), strict=True)}

    def _add(self, s: Supply, row: int, words: Sequence[str]) -> None:
        body = " ".join(words)
        self.db.execute("insert into text(rowid, body) values (?, ?)", (s.id, body))
        self.db.execute("insert into offer values (?, ?, ?, ?, ?)", (s.id, row, KINDS.index(s.kind), s.levels, body))
        for p in s.points:
            if REACH[s.kind] == COMPANY:
                y, x = (p.radius_km or 0.0) / NORTH * 1.01, (p.radius_km or 0.0) / EAST * 1.06
                self.db.execute("insert into reach values (?, ?, ?, ?, ?, ?)", (p.id, p.lat - y, p.lat + y, p.lon - x, p.lon + x, s.id))
            elif REACH[s.kind] == CLASS:
                self.db.execute("insert into place values (?, ?, ?, ?, ?, ?)", (p.id, p.lat, p.lat, p.lon, p.lon, s.id))

    def reopen(self) -> None:
        pass

    def first_ten(self, need: Need) -> list[int]:
        terms = question(need)
        anywhere = [str(n) for n, k in enumerate(KINDS) if k in accepted(need) and REACH[k] not in (COMPANY, CLASS)]
        kinds = [str(KINDS.index(k)) for k in accepted(need)]
        found = self.db.execute(
            FIND.format(anywhere=",".join(anywhere), kinds=",".join(kinds), depth=DEPTH),
            {
                "match": " OR ".join(f'"{t.key}"' for t in terms), "levels": need.levels, "lat": need.lat, "lon": need.lon,
                "dlat": need.max_travel_km / NORTH * 1.01, "dlon": need.max_travel_km / EAST * 1.06,
            },
        ).fetchall()  # fmt: skip
        pairs = np.array(found, np.float64).reshape(-1, 2)
        mass = sum(max(1e-6, self.idf.get(t.key, 0.0)) for t in terms)
        return self.blend.first_ten(need, pairs[:, 0].astype(np.int64), -pairs[:, 1], mass)

    def update(self, supply: Supply) -> None:
        found = document(analyser(), supply_sources(supply))
        self.db.execute("begin")
        row, body = self.db.execute("select row, body from offer where id = ?", (supply.id,)).fetchone()
        self.db.execute("insert into text(text, rowid, body) values ('delete', ?, ?)", (supply.id, body))
        self.db.execute("delete from offer where id = ?", (supply.id,))
        for table in ("place", "reach"):
            self.db.execute(f"delete from {table} where id between ? and ?", (supply.id * 10, supply.id * 10 + 9))  # noqa: S608
        self._add(supply, row, [w for w, n in found.frequencies.items() for _ in range(max(1, round(n / 8)))])
        self.db.execute("commit")

    def bytes(self) -> int:
        """Without the copy of the texts that deleting asks for."""
        (texts,) = self.db.execute("select sum(length(body)) from offer").fetchone()
        return self.path.stat().st_size - texts

    def close(self) -> None:
        self.db.close()
