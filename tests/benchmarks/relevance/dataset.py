"""The development set as values of matching, and its judgements."""

import csv
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from techfinder.geo import postcode
from techfinder.matching.reach import ANSWERS
from techfinder.matching.values import Need, Point, Supply

HERE = Path(__file__).parent
LEVELS = ["po_1_2", "po_3_4", "po_5_6", "po_7_8", "sbo", "so", "vso", "pro", "isk", "vmbo_onderbouw", "vmbo_bovenbouw", "havo_vwo_onderbouw", "havo_vwo_bovenbouw", "mbo"]
VISITING = ("guest_lesson", "workshop")


@dataclass(frozen=True)
class Judged:
    supplies: dict[int, Supply]
    needs: dict[int, Need]
    topical: dict[int, dict[int, int]]  # need → supply → grade


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mask(levels: str) -> int:
    return sum(1 << LEVELS.index(code) for code in levels.split(";") if code)


def number(identifier: str) -> int:
    return int(identifier[1:])


def supply(row: dict[str, str]) -> Supply:
    place = postcode(row["postcode"])
    radius = float(row["travel_km"]) if row["travel_km"] else None
    themes = tuple(t for t in row["themes"].split(";") if t)
    return Supply(
        id=number(row["id"]),
        organisation_id=crc32(row["company"].encode()),
        title=row["title"],
        summary=row["summary"],
        organisation=row["company"],
        place=row["place"],
        kind=row["kind"],
        levels=mask(row["levels"]),
        themes=themes,
        theme_words=", ".join(themes),
        language=row["language"],
        max_pupils=int(row["max_pupils"]) if row["max_pupils"] else None,
        points=(Point(number(row["id"]), place.lat, place.lon, radius),) if place else (),
    )


def need(row: dict[str, str]) -> Need:
    place = postcode(row["postcode"])
    themes = tuple(t for t in row["themes"].split(";") if t)
    return Need(
        id=number(row["id"]),
        organisation_id=0,
        title=row["title"],
        description=row["description"],
        levels=mask(row["levels"]),
        themes=themes,
        theme_words=", ".join(themes),
        kinds=frozenset({row["kind"]} - {""}),
        pupils=int(row["pupils"]) if row["pupils"] else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        max_travel_km=float(row["max_travel_km"]) if row["max_travel_km"] else None,
    )


def load(folder: Path = HERE) -> Judged:
    topical: dict[int, dict[int, int]] = {}
    for line in (folder / "topical.qrels").read_text().splitlines():
        asked, _, offered, grade = line.split()
        topical.setdefault(number(asked), {})[number(offered)] = int(grade)
    supplies = {s.id: s for s in map(supply, rows(folder / "offers.csv"))}
    needs = {n.id: n for n in map(need, rows(folder / "requests.csv"))}
    return Judged(supplies, needs, topical)


def full_gain(need: Need, supply: Supply, grade: int, km: float | None) -> int:
    """The grade when kind, level and reach allow it (one less for the kind that answers in its place), else 0."""
    if not need.levels & supply.levels:
        return 0
    if supply.kind != "material":
        limit = supply.points[0].radius_km if supply.kind in VISITING and supply.points else need.max_travel_km
        if km is None or km > (limit or 0):
            return 0
    if need.kinds and supply.kind not in need.kinds:
        return max(0, grade - 1) if any(supply.kind in ANSWERS.get(k, ()) for k in need.kinds) else 0
    return grade
