"""Judging the rows of a file one by one: what can be used, and what is refused and why."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from techfinder.exchange.cells import Cells, Refused
from techfinder.exchange.report import Line
from techfinder.exchange.tables import Row, read_table

T = TypeVar("T")
Progress = Callable[[Iterable[Row]], Iterable[Row]]
Key = tuple[str, ...]


def read_rows(
    path: Path, aliases: Any, required: tuple[str, ...], name: str, progress: Progress, make: Callable[[Cells], T],
    keys: Callable[[T], Sequence[Key]],
) -> tuple[list[T], list[Line]]:  # fmt: skip
    """(the rows that can be used, the refused ones). A row that shares a key with an earlier one is refused.

    `name`: the column that names a row for people; `make` raises `Refused`. Raises `UnreadableTable`.
    """
    table = read_table(path, aliases, required=required)
    found: list[T] = []
    lines: list[Line] = []
    seen: dict[Key, int] = {}
    for row in progress(table.rows):
        try:
            thing = make(Cells(row))
            own = keys(thing)
            if first := next((seen[key] for key in own if key in seen), None):
                raise Refused(f"the same as row {first}")
        except Refused as why:
            lines.append(Line(row.number, row["id"], row[name], "refused", str(why)))
            continue
        seen.update(dict.fromkeys(own, row.number))
        found.append(thing)
    return found, lines
