"""The search page's questions over many offers, in the engine alone; and whether its answers are the reference's.

    python -m tests.benchmarks.searches [--offers 50000] [--rounds 150]
    python -m tests.benchmarks.searches --reference 24 [--offers 50000]

The first makes offers and requests and measures searches of every kind with all facet counts and the words that matched, spelling,
completion, `seekers` among 10,000 requests, and changed offers of wholly new texts, alone and until a question has found them: words
seen before, questions new. It needs no database. The second asks that many questions of `tests/matching/search_reference.py` too, in
plain Python with geopy for every starting point (some seconds each), and compares order, scores, kilometres, counts and ways out
of the whole result, and the words of the first page; it fails when anything differs.
"""

import argparse
import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.engine import Engine
from techfinder.matching.side import analysed
from techfinder.matching.terms import query_terms, supply_sources
from techfinder.matching.values import Need, Query, Supply
from techfinder.reference.levels import LEVEL_GROUPS
from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import clocked, percentile, table
from tests.matching import reference, search_reference
from tests.matching.test_explain import plainly

AT, START = datetime(2026, 11, 21), datetime(2026, 1, 1, tzinfo=UTC)
NEEDS, WARM = 10_000, 20
KINDS = ("words, place and filters", "words and place", "words", "place", "place and filters", "words, nearest first", "everything, newest first")
GROUPS = tuple(group.mask for group in LEVEL_GROUPS)


class Questions:
    """Searches as people make them, each another one."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.random = writer, writer.random

    def of(self, kind: str) -> Query:
        r, place = self.random, self.random.choice(self.writer.places)
        asked = Query(level_groups=GROUPS)
        if "words" in kind:
            asked = replace(asked, text=" ".join(self.writer.question(r.choice(self.writer.subjects), r.choice((1, 1, 2, 3, 4)))))
        if "place" in kind or "nearest" in kind:
            asked = replace(asked, lat=place.lat, lon=place.lon, radius_km=r.choice((None, 15.0, 25.0, 25.0, 50.0)))
        if "filters" in kind:
            asked = replace(asked, kinds=frozenset(r.sample(("guest_lesson", "workshop", "site_visit"), r.randrange(3))))
            asked = replace(asked, levels=r.choice((0, *GROUPS)), cost=frozenset({"free"} if r.random() < 0.3 else ()))
        return replace(asked, sort="distance" if "nearest" in kind else "newest" if "newest" in kind else "relevance")


def corpus(offers: int) -> tuple[Writer, list[Supply]]:
    """Offers that were published one after the other, some with trust."""
    writer = Writer()
    made = [writer.supply(n) for n in range(1, offers + 1)]
    trusts = (None, None, 0.4, 0.7, 0.9)
    return writer, [replace(s, published_at=START + timedelta(minutes=s.id % 40_000), trust=trusts[s.id % 5]) for s in made]


def timed(ask: Callable[[Any], Any], questions: Sequence[Any]) -> list[str]:
    """p50 and p99 of the wall clock, the same of this thread's processor, in ms; the first `WARM` questions don't count."""
    wall, cpu = [], []
    for n, question in enumerate(questions):
        ms, own, _ = clocked(ask, question)
        if n >= WARM:
            wall.append(ms)
            cpu.append(own)
    return [f"{percentile(times, share):.2f}" for times in (wall, cpu) for share in (0.5, 0.99)]


def misspelt(r: random.Random, word: str) -> str:
    """One letter left out, doubled, or two turned round."""
    at = r.randrange(1, len(word) - 2)
    return r.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))


def found_by(engine: Engine, supply: Supply, need: Need) -> None:
    """Lay a change over the generation and ask a question, which looks at it too."""
    engine.apply(engine.no + 1, [supply])
    engine.suggest(need, AT, 10, explain=False)


def measure(offers: int, rounds: int = 150) -> int:
    """Print the table."""
    writer, supplies = corpus(offers)
    needs = [writer.need(n) for n in range(1, NEEDS + 1)]
    r, ask = writer.random, Questions(writer)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        engine.build(supplies, needs, 1)
        words, every = engine._state.words, [w.decode() for w in engine._state.words.arrays["word"]]
        known = [w for w in every if 5 <= len(w) <= 12 and w.isalpha()]
        seeking = r.sample(supplies, rounds + WARM)
        changed, asking = [writer.supply(n) for n in range(offers + 1, offers + 5 * rounds + WARM + 1)], cycle(needs[:rounds])
        del supplies, needs
        gc.collect()
        gc.freeze()
        rows: list[Sequence[str]] = [("", "p50", "p99 ms", "cpu p50", "cpu p99")]
        for kind in KINDS:
            rows.append((kind, *timed(lambda q: engine.search(q, AT), [ask.of(kind) for _ in range(rounds + WARM)])))
        rows.append((f"nearest words ({len(every)} known)", *timed(words.nearest, [misspelt(r, r.choice(known)) for _ in range(10 * rounds)])))
        rows.append(("completion", *timed(engine.complete, [r.choice(known)[: r.randrange(2, 6)] for _ in range(10 * rounds)])))
        rows.append((f"seekers among {NEEDS}", *timed(lambda s: engine.seekers(s, AT), seeking)))
        rows.append(("a change of new texts", *timed(lambda s: engine.apply(engine.no + 1, [s]), changed[::2])))
        rows.append(("… and the question that finds it", *timed(lambda s: found_by(engine, s, next(asking)), changed[1::2])))
        gc.unfreeze()
        engine.close()
    print(table(rows))
    return 0


def differences(engine: Engine, query: Query, supplies: dict[int, Supply], generation: reference.Generation) -> list[str]:
    """What the engine says otherwise than the reference."""
    terms = engine._corrected(engine._state.supplies, query_terms(analyser(), [(query.text, 1.0)], weights().query))[0]
    order, facets, ways_out = search_reference.search(query, terms, list(supplies.values()), generation, weights(), AT.date())
    found: list[str] = []
    for number in range(1, len(order) // query.per_page + 2):
        result = engine.search(replace(query, page=number), AT)
        expected = order[(number - 1) * query.per_page : number * query.per_page]
        if [(h.id, h.score, h.km, h.point_id) for h in result.hits] != expected:
            found.append(f"page {number} of {query}")
        if number == 1:
            asked = terms if query.text.strip() else ()
            if any(h.words != plainly(asked, [text for text, _ in supply_sources(supplies[h.id])]) for h in result.hits):
                found.append(f"words of {query}")
            if result.total != len(order) or {n: list(c.items()) for n, c in result.facets.items()} != facets:
                found.append(f"counts of {query}")
            if [(way.code, way.count, way.change) for way in result.relaxations] != ways_out:
                found.append(f"ways out of {query}")
    return found


def compare(offers: int, number: int) -> int:
    """Ask both; 1 when anything differs."""
    writer, supplies = corpus(offers)
    began = time.perf_counter()
    documents = {id(s): analysed(s) for s in supplies}
    generation = reference.Generation.of(supplies)
    for module in (reference, search_reference):
        module.analysed = lambda thing: documents[id(thing)]  # type: ignore[attr-defined]  # the same, not analysed anew for every question
    print(f"{offers} documents, each on its own: {time.perf_counter() - began:.0f} s", flush=True)
    by_id, ask, wrong, pages = {s.id: s for s in supplies}, Questions(writer), [], 0
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        engine.build(supplies, [], 1)
        for n in range(number):
            query = replace(ask.of(KINDS[n % len(KINDS)]), per_page=200)
            began = time.perf_counter()
            found = differences(engine, query, by_id, generation)
            total = engine.search(query, AT).total
            pages += total // 200 + 1
            print(f"{n + 1}: {KINDS[n % len(KINDS)]}: {total} found, {len(found)} differences, {time.perf_counter() - began:.0f} s", flush=True)
            wrong += found
        engine.close()
    for sentence in wrong[:20]:
        print("BROKEN: " + sentence)
    print(f"{number} questions, {pages} pages of 200: {len(wrong)} differences")
    return int(bool(wrong))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, usual in (("offers", 50_000), ("rounds", 150), ("reference", 0)):
        parser.add_argument(f"--{option}", type=int, default=usual)
    chosen = parser.parse_args()
    return compare(chosen.offers, chosen.reference) if chosen.reference else measure(chosen.offers, chosen.rounds)


if __name__ == "__main__":
    sys.exit(main())
