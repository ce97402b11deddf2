"""Reading tables that people hand us: the encoding, the delimiter and the names of the columns are found out.

UTF-8 with or without a byte order mark, or Windows-1252; comma, semicolon or tab; names of columns in any case, with any
punctuation, in Dutch or English. A cell of blanks is empty. Every importer reads its file through `read_table`.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from techfinder.core.errors import TechfinderError
from techfinder.geo import fold

DELIMITERS = ";,\t|"
LARGEST_CELL = 200_000  # characters


class UnreadableTable(TechfinderError):
    """The file is no table that we can use; the text says what is missing, for whoever runs the command."""


@dataclass(frozen=True)
class Row:
    """One line of a table. `number` is its line in the file, as a spreadsheet shows it (the header is line 1)."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """The cell under our name of a column; empty when the file has no such column."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Table:
    """`columns`: which of our names the file has; `unknown`: names in the file that mean nothing to us."""

    columns: frozenset[str]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str


def read_table(path: Path, aliases: Mapping[str, tuple[str, ...]], required: tuple[str, ...] = ()) -> Table:
    """Read a file. `aliases`: our name of a column → the names it may have, best first; our own name always counts.

    Raises `UnreadableTable` when it cannot be opened, is empty or lacks a required column.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(f"{path} cannot be read: {error.strerror}.") from error
    text, encoding = decode(raw)
    lines = text.splitlines(keepends=True)
    header_at = next((i for i, line in enumerate(lines) if line.strip(DELIMITERS + " \r\n\"")), None)
    if header_at is None:
        raise UnreadableTable(f"{path} is empty.")
    delimiter = guess_delimiter(lines[header_at])
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO("".join(lines[header_at:]), newline=""), delimiter=delimiter)
    header = [" ".join(name.split()) for name in next(reader)]
    ours = _match(header, aliases)
    missing = [name for name in required if name not in ours]
    if missing:
        wanted = "; ".join(f"{name} ({', '.join(aliases.get(name, ())) or name})" for name in missing)
        raise UnreadableTable(f"{path} has no column {wanted}. Its columns are: {', '.join(header)}.")
    unknown = tuple(name for i, name in enumerate(header) if name and i not in ours.values())
    return Table(frozenset(ours), unknown, tuple(_rows(reader, ours, header_at)), encoding, delimiter)


def decode(raw: bytes) -> tuple[str, str]:
    """(text, name of the encoding): UTF-8 when it is valid UTF-8, else Windows-1252, which takes anything."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "windows-1252"


def guess_delimiter(header: str) -> str:
    """The sign that stands most often between the names of the columns; a semicolon when there is none."""
    bare = "".join(part for i, part in enumerate(header.split('"')) if i % 2 == 0) or header
    best = max(DELIMITERS, key=bare.count)
    return best if bare.count(best) else (max(DELIMITERS, key=header.count) if any(c in header for c in DELIMITERS) else ";")


def _match(header: list[str], aliases: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Our names → positions. The first alias that the file has wins; a column is used once."""
    positions: dict[str, int] = {}
    for i, name in enumerate(header):
        positions.setdefault(fold(name.replace("_", " ")), i)
    found: dict[str, int] = {}
    for ours, others in aliases.items():
        for name in (*others, ours):
            at = positions.get(fold(name.replace("_", " ")))
            if at is not None and at not in found.values():
                found[ours] = at
                break
    return found


def _rows(reader: "csv._reader", columns: dict[str, int], header_at: int) -> Iterator[Row]:  # type: ignore[name-defined]
    before = reader.line_num
    for cells in reader:
        number, before = header_at + before + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield Row(number, {name: _clean(cells[i]) for name, i in columns.items() if i < len(cells)})


def _clean(cell: str) -> str:
    """White space within a line is one space; lines of a longer text stay. NUL goes: PostgreSQL refuses it."""
    return "\n".join(" ".join(line.split()) for line in cell.replace("\x00", "").splitlines()).strip()
