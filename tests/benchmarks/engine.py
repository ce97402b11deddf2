"""The engine and its peers, interleaved need by need, on the same offers; a table, and `benchmarks.json`.

ENGINES="ours,plain Whoosh" chooses the engines. Times are of this thread's own
processor, so that a busy machine does not count; analysis of the question counts for all.
"""

import json
import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import percentile, table
from tests.benchmarks.peers import PEERS, Blender

NEEDS, WARM, UPDATES = 150, 20, 20
PEERS_UP_TO = 200_000
FILE = Path("benchmarks.json")


def clocked(work, *args):
    """(ms of this thread, result)."""
    start = time.thread_time()
    result = work(*args)
    return (time.thread_time() - start) * 1e3, result


def bench(size: int, names: list[str], folder: Path) -> list[dict]:
    writer = Writer()
    supplies = [writer.supply(n) for n in range(1, size + 1)]
    needs = [writer.need(n) for n in range(1, NEEDS + WARM + 1)]
    changed = [writer.supply(n) for n in range(1, UPDATES + 1)]
    brute = Blender(supplies)
    engines, rows = {}, {}
    for name in names:
        if name != "ours" and size > PEERS_UP_TO:
            continue
        engines[name] = PEERS[name](folder)
        start = time.monotonic()
        engines[name].build(supplies)
        rows[name] = {"engine": name, "offers": size, "build_s": round(time.monotonic() - start, 1)}
    times = {name: [] for name in engines}
    agreed = dict.fromkeys(engines, 0.0)
    for n, need in enumerate(needs):
        expected = brute.blend(need, None)
        for name, engine in engines.items():
            ms, found = clocked(engine.first_ten, need)
            if n >= WARM:
                times[name].append(ms)
                agreed[name] += len(set(found) & set(expected)) / len(expected) if expected else found == expected
    for name, engine in engines.items():
        rows[name] |= {
            "p50_ms": round(percentile(times[name], 0.5), 3),
            "p99_ms": round(percentile(times[name], 0.99), 3),
            "bytes_per_offer": round(engine.bytes() / size),
            "agreement": round(agreed[name] / NEEDS, 4),
            "update_ms": round(percentile([clocked(engine.update, s)[0] for s in changed], 0.5), 2),
        }
    return list(rows.values())


def measure(offers: int) -> int:
    """Print the table of one size and add its rows to `benchmarks.json`; 1 when ours differs from the reference."""
    names = os.environ.get("ENGINES", ",".join(PEERS)).split(",")
    columns = ("engine", "offers", "p50_ms", "p99_ms", "build_s", "update_ms", "bytes_per_offer", "agreement")
    with tempfile.TemporaryDirectory() as folder:
        rows = bench(offers, names, Path(folder))
    print(table([columns, *([str(row[c]) for c in columns] for row in rows)]))
    before = json.loads(FILE.read_text()) if FILE.exists() else []
    again = {(row["engine"], row["offers"]) for row in rows}
    FILE.write_text(json.dumps([r for r in before if (r["engine"], r["offers"]) not in again] + rows, indent=1))
    return int(any(row["engine"] == "ours" and row["agreement"] < 1.0 for row in rows))
