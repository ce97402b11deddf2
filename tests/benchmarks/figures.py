"""Figures as people read them."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any


def percentile(times: Sequence[float], share: float) -> float:
    """The time below which this share lies; 0 of nothing."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def clocked(work: Callable[..., Any], *args: Any) -> tuple[float, float, Any]:
    """(ms on the wall, ms of this thread's processor, result)."""
    wall, cpu = time.perf_counter(), time.thread_time()
    result = work(*args)
    cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    return wall * 1e3, cpu * 1e3, result


def table(rows: Iterable[Sequence[object]]) -> str:
    """Columns under each other: words to the left, numbers to the right."""
    cells = [[f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in cells) for n in range(len(cells[0]))] if cells else []
    return "\n".join("  ".join(c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))) for row in cells)


class Clock:
    """Times in ms and outcomes, by what was done."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[tuple[str, int]] = Counter()

    def note(self, what: str, ms: float, status: int) -> None:
        """One answer."""
        self.times[what].append(ms)
        self.statuses[what, status] += 1

    def all(self, names: Iterable[str]) -> list[float]:
        """The times of these together."""
        return [ms for name in names for ms in self.times.get(name, ())]

    def rows(self) -> list[list[object]]:
        """For `table`."""
        found: list[list[object]] = [["", "number", "p50", "p95", "p99", "max ms", "statuses"]]
        for name, times in sorted(self.times.items()):
            outcome = " ".join(f"{status}×{n}" for (what, status), n in sorted(self.statuses.items()) if what == name)
            found.append([name, len(times), *(percentile(times, p) for p in (0.5, 0.95, 0.99, 1.0)), outcome])
        return found
