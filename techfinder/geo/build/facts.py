"""What is known of postcodes besides the source: two small tables, kept by hand in `techfinder/geo/data`.

`municipalities.csv`: each municipality as it is spelled today, its province, and its postcodes ("5701-5709
5715"). A code in two municipalities belongs to the one with most of its addresses; `borders.csv` names the
places in the other one. At a municipal reorganisation these two are edited and the tables made again.

`corrections.csv`: what is wrong in the source and neighbours cannot tell, each with where the better fact
comes from:
a position, a spelling, or which of a postcode's places holds most of its addresses.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from techfinder.geo.build.repair import Repair
from techfinder.geo.build.sources import Row
from techfinder.geo.names import fold


@dataclass(frozen=True)
class Facts:
    """Municipality by postcode and by (postcode, folded place), province by municipality, corrections by
    postcode.
    """

    municipality: dict[str, str]
    border: dict[tuple[str, str], str]
    province: dict[str, str]
    corrections: dict[str, dict[str, str]]

    def complete(self, rows: Iterable[Row]) -> list[Row]:
        """Give every row today's municipality and province.

        A code that is unknown here keeps the source's municipality; where the source has none (the wheel) it
        follows other codes of the same place, and at last the nearest number.
        """
        rows = list(rows)
        by_name = {fold(name): name for name in self.province}
        by_place = {(r.place, r.province): self.municipality[r.pc4] for r in rows if r.pc4 in self.municipality}
        named = {(pc4, fact["place"]) for pc4, fact in self.corrections.items() if fact["place"]}
        rivals = {pc4 for pc4, place in named if any(r.pc4 == pc4 and r.place == place for r in rows)}
        seconds = {(r.pc4, r.place) for r in rows if r.pc4 in rivals} - named
        result = []
        for row in rows:
            border = self.border.get((row.pc4, fold(row.place)))
            second = bool(border) or (row.pc4, row.place) in seconds
            name = border or self.municipality.get(row.pc4)
            name = name or by_name.get(fold(row.municipality)) or row.municipality
            name = name or by_place.get((row.place, row.province)) or self._nearest(row.pc4)
            result.append(replace(row, municipality=name, province=self.province.get(name, row.province), second=second))
        return result

    def _nearest(self, pc4: str) -> str:
        return self.municipality[min(self.municipality, key=lambda code: abs(int(code) - int(pc4)))]

    def correct(self, rows: list[Row]) -> tuple[list[Row], list[Repair]]:
        """Apply `corrections.csv` and report each one."""
        result, report = [], []
        for row in rows:
            fact = self.corrections.get(row.pc4)
            if fact:
                if row.place == fact["place"] and not fact["lat"]:
                    result.append(row)
                    continue
                point = (float(fact["lat"]), float(fact["lon"])) if fact["lat"] else row.point
                report.append(Repair(row.pc4, row.place, row.point, point, f"corrected by hand: {fact['source']}"))
                row = replace(row, lat=point[0], lon=point[1], place=fact["place"] or row.place)
            result.append(row)
        return result, report


def load(folder: Path) -> Facts:
    """Read the tables from a folder. Raises ValueError when a postcode stands in two municipalities."""
    municipality: dict[str, str] = {}
    province: dict[str, str] = {}
    for line in _lines(folder / "municipalities.csv"):
        province[line["municipality"]] = line["province"]
        for code in _expand(line["postcodes"]):
            if municipality.setdefault(code, line["municipality"]) != line["municipality"]:
                raise ValueError(f"{code} stands in {municipality[code]} and {line['municipality']}")
    border = {(r["pc4"], fold(r["place"])): r["municipality"] for r in _lines(folder / "borders.csv")}
    corrections = {r["pc4"]: r for r in _lines(folder / "corrections.csv")}
    return Facts(municipality, border, province, corrections)


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def _expand(ranges: str) -> Iterator[str]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from (str(code) for code in range(int(first), int(last or first) + 1))
