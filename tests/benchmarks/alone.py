"""Ours alone, for a machine that others use too: of each question the least of several turns, in ms of this thread's processor.

    python -m tests.benchmarks.alone 50000

`in turn`: question after question; `cold`: after 16 MB of other memory were written, as peers would do; `words`: questions of so many
words. Nothing touches a disk.
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from techfinder.matching.engine import Engine
from techfinder.matching.values import Corpus, Need
from tests.benchmarks.corpus import Writer
from tests.benchmarks.figures import clocked, percentile, table
from tests.benchmarks.peers.ours import AT, arrays

NEEDS, TURNS, WORDS = 120, 6, (2, 8, 20)
OTHER = np.zeros(16 << 20, np.uint8)


def emptied() -> None:
    """Fill the processor's caches with something else."""
    OTHER[::64] += 1


def least(answer: Callable[[Need], object], needs: Sequence[Need], before: Callable[[], None] = lambda: None) -> list[float]:
    """Per need the least ms of `TURNS`; the first turn of all fills what is cached by word and does not count."""
    turns: list[list[float]] = []
    for _ in range(TURNS + 1):
        turns.append([])
        for need in needs:
            before()
            turns[-1].append(clocked(answer, need)[1])
    return [min(times) for times in zip(*turns[1:], strict=True)]


def measure(offers: int) -> int:
    """Print the table of one size."""
    writer = Writer()
    supplies = tuple(writer.supply(n) for n in range(1, offers + 1))
    engine = Engine.over(Corpus(supplies=supplies))
    del supplies
    needs = [writer.need(n) for n in range(1, NEEDS + 1)]

    def answer(need: Need) -> object:
        return engine.suggest(need, AT, 10, explain=False)

    rows = {"in turn": least(answer, needs), "cold": least(answer, needs, emptied)}
    for words in WORDS:
        rows[f"{words} words"] = least(answer, [writer.need(n, words) for n in range(NEEDS // 2)])
    cells = [[name, *(f"{percentile(ms, share):.3f}" for share in (0.5, 0.9, 0.99))] for name, ms in rows.items()]
    print(table([[f"{offers} offers, ms", "p50", "p90", "p99"], *cells]))
    print(f"{sum(arrays(engine._state.supplies.segments[0]).values()) / offers:.0f} bytes of arrays an offer")
    return 0


if __name__ == "__main__":
    sys.exit(max(measure(int(size)) for size in sys.argv[1:]))
