"""What an import did with each row, for whoever ran it."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Result = Literal["new", "changed", "unchanged", "merged", "refused", "missing", "closed"]
RESULTS: tuple[Result, ...] = ("new", "changed", "unchanged", "merged", "refused", "missing", "closed")
ABSENT = frozenset({"missing", "closed"})  # no rows of the file: what it should have held
SHOWN = 40  # lines of one kind on the screen; the CSV has them all


@dataclass(frozen=True)
class Line:
    """One row of the file: its number there (0 for what is absent), what it is about, what became of it and why."""

    row: int
    key: str
    name: str
    result: Result
    reason: str = ""


def counts(lines: Iterable[Line]) -> dict[Result, int]:
    """How many rows had each result, all results named."""
    found = Counter(line.result for line in lines)
    return {result: found[result] for result in RESULTS}


def summary(lines: Sequence[Line], dry_run: bool) -> list[str]:
    """Lines for the screen: the totals, then what needs a look."""
    total = counts(lines)
    rows = sum(n for result, n in total.items() if result not in ABSENT)
    shown = [f"{rows} rows: " + ", ".join(f"{n} {result}" for result, n in total.items() if n or result not in ABSENT)]
    for result in ("refused", "merged", "closed", "missing", "changed", "new"):
        chosen = [line for line in lines if line.result == result and (line.reason or result != "new")]
        shown += [f"  {_where(line)}{line.key} {line.name}: {result}, {line.reason}" for line in chosen[:SHOWN]]
        if len(chosen) > SHOWN:
            shown.append(f"  … and {len(chosen) - SHOWN} more rows {result}")
    if dry_run:
        shown.append("Nothing was written (--dry-run).")
    return shown


def _where(line: Line) -> str:
    return f"row {line.row}: " if line.row else ""


def write_csv(lines: Iterable[Line], path: Path) -> None:
    """Every row with its result, as UTF-8 with a byte order mark, so that spreadsheets read it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["row", "key", "name", "result", "reason"])
        writer.writerows([line.row or "", line.key, line.name, line.result, line.reason] for line in lines)
