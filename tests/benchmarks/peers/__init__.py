"""What a user could pick instead, fairly tuned; each docstring and `settings` says how."""

from tests.benchmarks.peers.bm25s_numpy import Bm25sNumpy
from tests.benchmarks.peers.common import Corpus, Missing, Peer, question
from tests.benchmarks.peers.ours import Ours
from tests.benchmarks.peers.plain_whoosh import PlainWhoosh
from tests.benchmarks.peers.postgres import PostgresPostgis
from tests.benchmarks.peers.sqlite import SqliteFts5
from tests.benchmarks.peers.tantivy_numpy import TantivyNumpy

ENGINES: dict[str, type[Peer]] = {
    "ours": Ours,
    "tantivy + numpy": TantivyNumpy,
    "bm25s + numpy": Bm25sNumpy,
    "SQLite FTS5 + R*Tree": SqliteFts5,
    "PostgreSQL + PostGIS": PostgresPostgis,
    "plain Whoosh": PlainWhoosh,
}

__all__ = ["ENGINES", "Corpus", "Missing", "Peer", "question"]
