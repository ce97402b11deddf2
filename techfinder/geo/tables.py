"""The gazetteer's tables in memory: read once, at the first question, from the generated files in `data`.

About 4,100 postcodes and 2,400 places; reading takes some 30 ms and 3 MB.
"""

import csv
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from techfinder.geo.names import bare, fold, short_suffix
from techfinder.geo.values import Place

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Named:
    """A place as one of the answers to a name: the more `codes` it has, the likelier it is meant."""

    place: Place
    codes: int
    label: str
    pc4: str


@dataclass(frozen=True)
class Tables:
    """Everything that can be looked up; keys of names are folded."""

    codes: dict[str, Place]
    names: dict[str, tuple[Named, ...]]
    compact: dict[str, str]
    municipalities: dict[str, Place]
    municipality_keys: dict[str, str]
    sizes: dict[str, int]
    provinces: dict[str, Place]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Return the tables; the first call reads them."""
    codes = {r["pc4"]: _place(r, r["pc4"], "postcode") for r in _lines("pc4.csv")}
    groups: dict[str, list[Place]] = defaultdict(list)
    by_province: dict[str, list[Place]] = defaultdict(list)
    for place in codes.values():
        groups[place.municipality].append(place)
        by_province[place.province].append(place)
    municipalities = {name: _centre(name, name, groups[name], "municipality") for name in sorted(groups, key=lambda n: (fold(n), n))}
    aliases = list(_lines("aliases.csv"))
    names = _names(aliases)
    return Tables(
        codes=codes,
        names=names,
        compact={key.replace(" ", ""): key for key in reversed(names)},
        municipalities=municipalities,
        municipality_keys=_municipality_keys(municipalities, aliases),
        sizes={name: len(group) for name, group in groups.items()},
        provinces={name: _centre(name, "", group, "province") for name, group in by_province.items()},
    )


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter=";")


def _place(line: dict[str, str], postcode: str | None, precision: str) -> Place:
    name, municipality, province = (sys.intern(line[key]) for key in ("place", "municipality", "province"))
    return Place(postcode, name, municipality, province, float(line["lat"]), float(line["lon"]), precision)


def _centre(name: str, municipality: str, codes: list[Place], precision: str) -> Place:
    lat = round(statistics.median(p.lat for p in codes), 4)
    lon = round(statistics.median(p.lon for p in codes), 4)
    return Place(None, name, municipality, codes[0].province, lat, lon, precision)


def _names(aliases: list[dict[str, str]]) -> dict[str, tuple[Named, ...]]:
    """Index every place by its name, its name without what tells it apart ("Loo Gld" → "loo"), and its
    aliases.
    """
    index: dict[str, list[Named]] = defaultdict(list)
    for line in _lines("places.csv"):
        named = Named(_place(line, None, "place"), int(line["codes"]), line["place"], line["pc4"])
        full = fold(line["place"])
        for key in {full, _short(full, line["municipality"])}:
            index[key].append(named)
    for line in aliases:
        if line["kind"] == "place" and fold(line["alias"]) not in index:
            for named in index.get(fold(line["name"]), []):
                index[fold(line["alias"])].append(Named(named.place, named.codes, line["alias"], named.pc4))
    return {key: tuple(sorted(found, key=lambda n: _rank(key, n))) for key, found in index.items()}


def _short(key: str, municipality: str) -> str:
    """Leave out the province or municipality that stands behind a name only to tell it from its namesakes."""
    head, province = short_suffix(key)
    if province:
        return head
    tail = " " + fold(municipality)
    return key.removesuffix(tail).removesuffix(" gem") if key.endswith(tail) else key


def _rank(key: str, named: Named) -> tuple[int, bool, bool, str]:
    return -named.codes, fold(named.label) != key, fold(named.place.municipality) != key, named.pc4


def _municipality_keys(names: dict[str, Place], aliases: list[dict[str, str]]) -> dict[str, str]:
    keys = {bare(line["alias"]): line["name"] for line in aliases if line["kind"] == "municipality"}
    keys.update({bare(name): name for name in names})
    return keys
