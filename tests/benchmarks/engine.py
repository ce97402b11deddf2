"""The engine and its peers, each in a process of its own, interleaved need by need on the same offers; tables, and `benchmarks.json`.

    make bench SIZES="5000 50000" ENGINES="ours,tantivy + numpy"

Every engine gets the same needs, the engines in a shuffled order each time; the words of a need have been seen before (their analysis
is cached, as in a process that runs for a while), the need itself has not. With TOGETHER=1 all are in this process. `p50_ms` and `p99_ms` are of the clock on the wall,
`cpu_…` of this thread's processor: on a busy machine the second is nearer to the truth, for PostgreSQL only the first counts.
`agreement`: the share of the reference's first ten that an engine's first ten holds. What is missing was either no candidate
(`missed_cut`: cut off after so many, or no word in common by its own analysis) or was one and came too low by the peer's own text
score (`missed_score`). `build_s` is from texts, analysis included; `update_ms` until the next question would find the change.
"""

import gc
import json
import os
import platform
import random
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from techfinder.matching.terms import need_sources
from techfinder.matching.values import Need, Supply
from tests.benchmarks.analysed import analyse
from tests.benchmarks.blending import Blend
from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import clocked, percentile, table
from tests.benchmarks.growth import TOO_SLOW_MS, by_radius, by_words, where
from tests.benchmarks.peers import ENGINES, Corpus, Missing, Peer, question
from tests.benchmarks.peers.apart import Apart, Together
from tests.benchmarks.plots import figure
from tests.benchmarks.reference import Reference

NEEDS, WARM, UPDATES = 200, 20, 20
TOLD = 80  # words of a question by which they are heard
FILE, FOLDER = Path("benchmarks.json"), Path("var") / "benchmarks"
House = Apart | Together
COLUMNS = (
    "engine", "offers", "p50_ms", "p99_ms", "cpu_p50_ms", "cpu_p99_ms", "build_s", "update_ms", "bytes_per_offer",
    "agreement", "missed_cut", "missed_score",
)  # fmt: skip


def say(text: str) -> None:
    print(text, flush=True)


def machine() -> str:
    """What it runs on and how busy that is: read the figures with it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "tantivy", "bm25s", "whoosh-reloaded"))
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{cores} cores{load}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}"


@dataclass
class Tally:
    """What one engine did with the needs."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wanted: int = 0
    found: int = 0
    cut: int = 0
    same: bool = True  # always the same ids in the same order

    def note(self, wall: float, cpu: float, found: list[int], expected: list[int], candidates: set[int]) -> None:
        self.wall.append(wall)
        self.cpu.append(cpu)
        missed = set(expected) - set(found)
        self.wanted += len(expected)
        self.found += len(expected) - len(missed)
        self.cut += len(missed - candidates)
        self.same &= found == expected

    def columns(self) -> dict[str, float]:
        whole = max(1, self.wanted)
        return {
            "p50_ms": round(percentile(self.wall, 0.5), 3),
            "p99_ms": round(percentile(self.wall, 0.99), 3),
            "cpu_p50_ms": round(percentile(self.cpu, 0.5), 3),
            "cpu_p99_ms": round(percentile(self.cpu, 0.99), 3),
            "agreement": round(self.found / whole, 4),
            "missed_cut": round(self.cut / whole, 4),
            "missed_score": round((self.wanted - self.found - self.cut) / whole, 4),
        }


def housed(name: str, folder: Path, corpus: Corpus) -> tuple[House, dict] | None:
    """An engine, and the first columns of its row; None when this machine lacks it."""
    try:
        house = (Together if os.environ.get("TOGETHER") else Apart)(ENGINES[name], folder, corpus)
    except Missing as error:
        say(f"left out: {name}: {error}")
        return None
    before = 0.0 if house.analyses or corpus.analysed is None else corpus.analysed.seconds
    say(f"built in {house.wall + before:.1f} s: {name}: {house.settings}")
    row = {"engine": name, "offers": len(corpus.supplies), "build_s": round(house.wall + before, 1), "build_cpu_s": round(house.cpu + before, 1)}
    return house, row | {"candidates": house.candidates}


def heard(engine: Peer, _: Corpus, needs: list[Need]) -> None:
    """Every word of the needs is met, in other questions than those that are measured; then the engine's process settles."""
    words = sorted({word for need in needs for text, _ in need_sources(need) for word in text.split()})
    for n in range(0, len(words), TOLD):
        engine.first_ten(replace(needs[n // TOLD % len(needs)], title=" ".join(words[n : n + TOLD]), description="", theme_words=""))
    gc.collect()
    gc.freeze()


def asked(engine: Peer, corpus: Corpus, need: Need) -> tuple[float, float, list[int], set[int]]:
    """(ms on the wall, ms of processor, the first ten, who else was a candidate)."""
    corpus.blend.seen = np.zeros(0, np.int64)
    wall, cpu, found = clocked(engine.first_ten, need)
    return wall, cpu, found, set(corpus.blend.id[corpus.blend.seen].tolist())


def interleaved(houses: dict[str, House], needs: list[Need], corpus: Corpus) -> dict[str, Tally]:
    """Every need by every engine, against the reference; the first `WARM` don't count."""
    reference = Reference(corpus.supplies, corpus.analysed, corpus.blend)
    right = [[i for i, _ in reference.first_ten(need, question(need))] for need in needs]  # beforehand: it empties the processor's caches
    del reference
    tallies, shuffle = {name: Tally() for name in houses}, random.Random(1)
    for house in houses.values():
        house.does(heard, needs)
    for n, (need, expected) in enumerate(zip(needs, right, strict=True)):
        for name in shuffle.sample(list(houses), len(houses)):
            wall, cpu, found, candidates = houses[name].does(asked, need)
            if n >= WARM:
                tallies[name].note(wall, cpu, found, expected, candidates)
    return tallies


def prepared(size: int, names: list[str], folder: Path, writer: Writer) -> tuple[dict[str, House], dict[str, dict], Corpus]:
    """Everything built, ours first: its build meets every word for the first time."""
    supplies = [writer.supply(n) for n in range(1, size + 1)]
    corpus = Corpus(supplies, None, Blend(supplies))
    houses, rows = {}, {}
    for name in sorted(names, key=lambda name: name != "ours"):
        if corpus.analysed is None and name != "ours":
            a = corpus.analysed = analyse(supplies)
            say(f"{len(a.keys)} terms, {len(a.terms) / size:.0f} an offer; analysed for the peers in {a.seconds:.1f} s")
        if made := housed(name, folder, corpus):
            houses[name], rows[name] = made
    corpus.analysed = corpus.analysed or analyse(supplies)
    return houses, rows, corpus


def size_of(engine: Peer, _: Corpus) -> int:
    return engine.bytes()


def changing(engine: Peer, _: Corpus, supplies: list[Supply]) -> float:
    """Median ms of a change."""
    return percentile([clocked(engine.update, s)[0] for s in supplies[: engine.updates]], 0.5)


def measured(houses: dict[str, House], rows: dict[str, dict], corpus: Corpus, writer: Writer) -> dict:
    """The other columns; returns how cost grows with words and radius."""
    size = len(corpus.supplies)
    needs = [writer.need(n) for n in range(1, NEEDS + WARM + 1)]
    changed = [writer.supply(n) for n in range(1, UPDATES + 1)]
    tallies = interleaved(houses, needs, corpus)
    for name in houses:
        rows[name] |= tallies[name].columns() | ({"wrong": True} if name == "ours" and not tallies[name].same else {})
    growth = grown({n: house for n, house in houses.items() if rows[n]["p50_ms"] < TOO_SLOW_MS})
    if "ours" in houses:
        say(f"\nWhere an answer's time goes, {size} offers:\n{houses['ours'].does(where, needs)}")
    for name, house in houses.items():
        rows[name]["bytes_per_offer"] = round(house.does(size_of) / size)
        rows[name]["update_ms"] = round(house.does(changing, changed), 2)
        house.close()
    return growth


def chosen(size: int) -> list[str]:
    """ENGINES, else those that are built in reasonable time at this size."""
    if names := os.environ.get("ENGINES"):
        return [name.strip() for name in names.split(",")]
    return [name for name, engine in ENGINES.items() if size <= engine.up_to]


def grown(houses: dict[str, House]) -> dict:
    """Tables of growth, printed, and their points."""
    words, radius = by_words(houses), by_radius(houses)
    for title, lines in (("words of the question", words), ("km that a class travels", radius)):
        across = [f"{x:g}" for x, _ in next(iter(lines.values()))]
        say(f"\nms by {title}:\n" + table([["", *across], *([name, *(f"{y:.2f}" for _, y in line)] for name, line in lines.items())]))
    return {"words": words, "radius": radius}


def measure(offers: int) -> int:
    """Print the tables of one size, add its rows to `benchmarks.json` and draw; 1 when ours differs from the reference."""
    say(machine())
    writer = Writer()
    with tempfile.TemporaryDirectory() as folder:
        houses, rows, corpus = prepared(offers, chosen(offers), Path(folder), writer)
        growth = measured(houses, rows, corpus, writer)
    say("\n" + table([COLUMNS, *([str(row[c]) for c in COLUMNS] for row in rows.values())]))
    before = json.loads(FILE.read_text()) if FILE.exists() else []
    again = {(row["engine"], row["offers"]) for row in rows.values()}
    everything = [r for r in before if (r["engine"], r["offers"]) not in again] + list(rows.values())
    FILE.write_text(json.dumps(everything, indent=1))
    FOLDER.mkdir(parents=True, exist_ok=True)
    sizes = {n: sorted((r["offers"], r["p50_ms"]) for r in everything if r["engine"] == n) for n in ENGINES}
    drawn = figure([("ms by offers", "offers", sizes), ("ms by words", "words of the question", growth["words"]), ("ms by radius", "km", growth["radius"])])
    (FOLDER / f"growth-{offers}.svg").write_text(drawn)
    say(f"drawn in {FOLDER / f'growth-{offers}.svg'}")
    return int(any("wrong" in row for row in rows.values()))


if __name__ == "__main__":
    sys.exit(max(measure(int(size)) for size in sys.argv[1:]))
