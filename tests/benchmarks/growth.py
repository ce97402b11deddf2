"""How cost grows with the words of a question and the kilometres around it, and where an answer's time goes."""

import cProfile
import pstats
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from techfinder.matching.values import Need
from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import clocked, percentile, table
from tests.benchmarks.peers.apart import Apart, Together
from tests.benchmarks.peers.common import Corpus, Peer

WORDS = (1, 2, 4, 6, 8, 12, 16, 24, 32)
RADII = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
EACH = 24
TOO_SLOW_MS = 10.0  # for so many questions more
VISITS = frozenset({"site_visit", "event"})
Points = list[tuple[float, float]]


def p50(engine: Peer, _: Corpus, needs: Sequence[Need]) -> float:
    """Median ms on the wall, each need a second time (the first fills what is cached by word)."""
    for need in needs:
        engine.first_ten(need)
    return percentile([clocked(engine.first_ten, need)[0] for need in needs], 0.5)


def by_words(houses: Mapping[str, Apart | Together]) -> dict[str, Points]:
    """Per engine (words; ms) for questions of 1 to 32 words, which become about as many terms."""
    writer, found = Writer(11), {name: [] for name in houses}
    for words in WORDS:
        needs = [writer.need(n, words) for n in range(EACH)]
        for name, house in houses.items():
            found[name].append((float(words), house.does(p50, needs)))
    return found


def by_radius(houses: Mapping[str, Apart | Together]) -> dict[str, Points]:
    """Per engine (km; ms) for classes that travel so far."""
    writer, found = Writer(12), {name: [] for name in houses}
    asked = [replace(writer.need(n), kinds=VISITS) for n in range(EACH)]
    for km in RADII:
        needs = [replace(need, max_travel_km=km) for need in asked]
        for name, house in houses.items():
            found[name].append((km, house.does(p50, needs)))
    return found


def where(engine: Peer, _: Corpus, needs: Sequence[Need], first: int = 12) -> str:
    """A table of the functions that an answer spends its own time in, in µs a need; the compiled kernel counts for its caller.

    A profiler makes small functions dearer than they are, so shares are scaled to the time without it.
    """
    answer = engine.first_ten
    for need in needs:
        answer(need)
    whole = sum(clocked(answer, need)[1] for need in needs) / len(needs) * 1e3
    profile = cProfile.Profile()
    profile.enable()
    for need in needs:
        answer(need)
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in stats.values())
    rows = sorted(((own / total, calls / len(needs), place) for place, (_, calls, own, _, _) in stats.items()), reverse=True)[:first]
    cells = [[f"{name} ({Path(file).name})", f"{share * whole:.0f}", f"{share:.0%}", f"{calls:.1f}"] for share, calls, (file, _, name) in rows]
    return table([["its own time in", "µs", "share", "calls"], *cells, ["all", f"{whole:.0f}", "100%", ""]])
