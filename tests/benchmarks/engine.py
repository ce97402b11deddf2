"""The engine and its peers, interleaved need by need, on the same offers; a table, and `benchmarks.json`.

    make bench SIZES="5000 50000" ENGINES="ours,tantivy + numpy"

Every engine gets the same needs in a shuffled order of engines; the words of a need have been seen before (their analysis is cached as
in a process that runs for a while), the need itself has not. `p50_ms` and `p99_ms` are of the clock on the wall, `cpu_…` of this
thread's processor: on a busy machine the second is nearer to the truth, for PostgreSQL only the first counts.
`agreement`: share of the reference's first ten that an engine's first ten holds.
"""

import gc
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.analysed import analyse
from tests.benchmarks.blending import Blend
from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import percentile, table
from tests.benchmarks.peers import ENGINES, Corpus, Missing, Peer, question
from tests.benchmarks.reference import Reference

NEEDS, WARM, UPDATES = 200, 20, 20
PEERS_UP_TO = 200_000
FILE = Path("benchmarks.json")
COLUMNS = ("engine", "offers", "p50_ms", "p99_ms", "cpu_p50_ms", "cpu_p99_ms", "build_s", "update_ms", "bytes_per_offer", "agreement")


def clocked(work, *args):
    """(ms on the wall, ms of this thread, result)."""
    wall, cpu = time.perf_counter(), time.thread_time()
    result = work(*args)
    cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    return wall * 1e3, cpu * 1e3, result


def say(text: str) -> None:
    print(text, flush=True)


def built(names: list[str], folder: Path, corpus: Corpus) -> tuple[dict[str, Peer], dict[str, dict]]:
    """Every engine that this machine has, built one after the other, and the first columns of its row."""
    engines, rows = {}, {}
    for name in names:
        try:
            engine = ENGINES[name](folder)
        except Missing as error:
            say(f"left out: {name}: {error}")
            continue
        start = time.perf_counter()
        engine.build(corpus)
        seconds = time.perf_counter() - start + (0 if engine.analyses else corpus.analysed.seconds)
        if hasattr(engine, "reopen"):
            engine.reopen()
        engines[name] = engine
        rows[name] = {"engine": name, "offers": len(corpus.supplies), "build_s": round(seconds, 1), "candidates": engine.candidates}
        say(f"built in {seconds:.1f} s: {name}: {engine.settings}")
    return engines, rows


def bench(size: int, names: list[str], folder: Path) -> list[dict]:
    writer = Writer()
    supplies = [writer.supply(n) for n in range(1, size + 1)]
    needs = [writer.need(n) for n in range(1, NEEDS + WARM + 1)]
    changed = [writer.supply(n) for n in range(1, UPDATES + 1)]
    analysed = analyse(supplies)
    corpus = Corpus(supplies, analysed, Blend(supplies))
    say(f"{len(analysed.keys)} terms, {len(analysed.terms) / size:.0f} an offer; analysed in {analysed.seconds:.1f} s")
    reference = Reference(supplies, analysed, corpus.blend)
    engines, rows = built([n for n in names if n == "ours" or size <= PEERS_UP_TO], folder, corpus)
    wall, cpu, agreed, exact = ({name: [] for name in engines} for _ in range(4))
    gc.collect()
    gc.freeze()
    shuffle = random.Random(1)
    for n, need in enumerate(needs):
        expected = [i for i, _ in reference.first_ten(need, question(need))]
        for name in shuffle.sample(list(engines), len(engines)):
            times = clocked(engines[name].first_ten, need)
            if n >= WARM:
                wall[name].append(times[0])
                cpu[name].append(times[1])
                agreed[name].append(len(set(times[2]) & set(expected)) / len(expected) if expected else float(not times[2]))
                exact[name].append(times[2] == expected)
    for name, engine in engines.items():
        rows[name] |= {
            "p50_ms": round(percentile(wall[name], 0.5), 3),
            "p99_ms": round(percentile(wall[name], 0.99), 3),
            "cpu_p50_ms": round(percentile(cpu[name], 0.5), 3),
            "cpu_p99_ms": round(percentile(cpu[name], 0.99), 3),
            "bytes_per_offer": round(engine.bytes() / size),
            "agreement": round(sum(agreed[name]) / len(agreed[name]), 4),
            "in_order": round(sum(exact[name]) / len(exact[name]), 4),
            "update_ms": round(percentile([clocked(engine.update, s)[0] for s in changed[: 3 if "bm25s" in name else UPDATES]], 0.5), 2),
        }
        engine.close()
    return list(rows.values())


def measure(offers: int) -> int:
    """Print the table of one size and add its rows to `benchmarks.json`; 1 when ours differs from the reference."""
    names = [name.strip() for name in os.environ.get("ENGINES", ",".join(ENGINES)).split(",")]
    with tempfile.TemporaryDirectory() as folder:
        rows = bench(offers, names, Path(folder))
    say(table([COLUMNS, *([str(row[c]) for c in COLUMNS] for row in rows)]))
    before = json.loads(FILE.read_text()) if FILE.exists() else []
    again = {(row["engine"], row["offers"]) for row in rows}
    FILE.write_text(json.dumps([r for r in before if (r["engine"], r["offers"]) not in again] + rows, indent=1))
    return int(any(row["engine"] == "ours" and row["in_order"] < 1.0 for row in rows))


if __name__ == "__main__":
    sys.exit(max(measure(int(size)) for size in sys.argv[1:]))
