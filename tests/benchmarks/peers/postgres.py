"""PostgreSQL's full text with its `dutch` configuration, PostGIS for reach: what a web site would reach for first."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import psycopg

from techfinder.matching.reach import CLASS, COMPANY, REACH
from techfinder.matching.terms import supply_sources
from techfinder.matching.values import Need, Supply
from tests.benchmarks.blending import KINDS, accepted
from tests.benchmarks.peers.common import Corpus, Missing
from tests.postgres import temporary_server

DEPTH = 200
SCHEMA = """
    create table offer(id integer, "row" integer, kind smallint, levels bigint, words tsvector) with (toast_tuple_target = 8160);
    alter table offer alter column words set storage main;
    create table point(offer integer, area geometry(Polygon, 28992), place geometry(Point, 28992), km real);
"""
INDEXES = """
    alter table offer add primary key (id);
    create index on offer using gin (words) with (fastupdate = off);
    create index on offer (kind, id);
    create index on point using gist (area) where area is not null;
    create index on point using gist (place) where area is null;
    create index on point (offer);
    vacuum (analyze, freeze) offer;
    vacuum (analyze, freeze) point;
"""
SESSION = "set jit = off; set work_mem = '128MB'; set random_page_cost = 1.0; set max_parallel_workers_per_gather = 0"
ADD = (
    """insert into offer values (%s, %s, %s, %s, setweight(to_tsvector('dutch', %s), 'A') || setweight(to_tsvector('dutch', %s), 'B')
    || setweight(to_tsvector('dutch', %s), 'C') || setweight(to_tsvector('dutch', %s), 'D'))""",
    """insert into point select %(offer)s, case when %(km)s::real is not null then st_expand(p, %(km)s::real * 1005) end, p, %(km)s::real
    from (select st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 28992) p) t""",
)
FIND = """
    with here as materialized (select st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 28992) at),
    asked as materialized (select replace(plainto_tsquery('dutch', %(text)s)::text, '&', '|')::tsquery words),
    within as (
      select p.offer from point p, here where p.area is not null and p.area && here.at and st_dwithin(p.place, here.at, p.km * 1002)
      union select p.offer from point p, here where p.area is null and st_dwithin(p.place, here.at, %(km)s * 1002)
      union all select id from offer where kind = any(%(anywhere)s))
    select o."row", ts_rank('{0.25, 0.5, 0.75, 1.0}', o.words, asked.words) rank
    from asked, within join offer o on o.id = within.offer
    where o.words @@ asked.words and o.kind = any(%(kinds)s) and o.levels & %(levels)s <> 0
    order by rank desc limit 200
"""


class PostgresPostgis:
    settings = (
        "its own dutch configuration on the texts as written, words or-ed, ts_rank with weights A–D for title, themes and names, summary, what "
        "happens; GIN on words, GiST on reach and place (RD New), boxes before exact distance; tsvectors kept inline; vacuumed and frozen; jit "
        "off, work_mem 128 MB, random_page_cost 1, prepared statement; first 200 blended, t/(t + c·q) with q the best rank found"
    )
    candidates = f"{DEPTH}"
    analyses = True
    up_to = 200_000
    updates = 20

    def __init__(self, folder: Path):
        del folder
        self.stack = ExitStack()
        address = self.stack.enter_context(temporary_server())
        if address is None:
            raise Missing("PostgreSQL is not installed (Debian: postgresql)")
        self.db = self.stack.enter_context(psycopg.connect(address, autocommit=True))
        try:
            self.db.execute("create extension postgis")
        except psycopg.Error as error:
            self.stack.close()
            raise Missing("PostGIS is not installed (Debian: postgresql-15-postgis-3)") from error
        self.db.execute(SESSION)
        self.db.prepare_threshold = 1

    def build(self, corpus: Corpus) -> None:
        self.blend = corpus.blend
        self.db.execute(SCHEMA)
        with self.db.transaction(), self.db.cursor() as cursor:
            for at in range(0, len(corpus.supplies), 1_000):
                some = corpus.supplies[at : at + 1_000]
                cursor.executemany(ADD[0], [self._offer(s, at + n) for n, s in enumerate(some)])
                cursor.executemany(ADD[1], [p for s in some for p in self._points(s)])
        for statement in INDEXES.split(";")[:-1]:
            self.db.execute(statement)

    @staticmethod
    def _offer(s: Supply, row: int) -> tuple:
        title, themes, summary, body, organisation, place = (text for text, _ in supply_sources(s))
        return s.id, row, KINDS.index(s.kind), s.levels, title, f"{themes} {organisation} {place}", summary, body

    @staticmethod
    def _points(s: Supply) -> list[dict]:
        how = REACH[s.kind]
        km = [p.radius_km if how == COMPANY else None for p in s.points]
        return [{"offer": s.id, "lat": p.lat, "lon": p.lon, "km": k} for p, k in zip(s.points, km, strict=True) if how in (COMPANY, CLASS)]

    def reopen(self) -> None:
        pass

    def first_ten(self, need: Need) -> list[int]:
        kinds = accepted(need)
        found = self.db.execute(
            FIND,
            {
                "lat": need.lat, "lon": need.lon, "km": need.max_travel_km, "text": f"{need.title} {need.description} {need.theme_words}",
                "anywhere": [KINDS.index(k) for k in kinds if REACH[k] not in (COMPANY, CLASS)],
                "kinds": [KINDS.index(k) for k in kinds], "levels": need.levels,
            },
        ).fetchall()  # fmt: skip
        if not found:
            return []
        pairs = np.array(found, np.float64)
        return self.blend.first_ten(need, pairs[:, 0].astype(np.int64), pairs[:, 1], float(pairs[0, 1]))

    def update(self, supply: Supply) -> None:
        with self.db.transaction():
            (row,) = self.db.execute('select "row" from offer where id = %s', (supply.id,)).fetchone()
            self.db.execute("delete from point where offer = %s", (supply.id,))
            self.db.execute("delete from offer where id = %s", (supply.id,))
            self.db.execute(ADD[0], self._offer(supply, row))
            for point in self._points(supply):
                self.db.execute(ADD[1], point)

    def bytes(self) -> int:
        (size,) = self.db.execute("select pg_total_relation_size('offer') + pg_total_relation_size('point')").fetchone()
        return size

    def close(self) -> None:
        self.stack.close()
