"""Compares the gazetteer with addresses whose position is known: `python -m techfinder.geo.build.validate FILE`.

FILE is a CSV (`;`, UTF-8) with the columns postcode, plaats, gemeente, provincie, lat and lon, as in DUO's geocoded list
of schools. Prints the distance between each code's point and the median of its addresses, and disagreements of names.
A large code lies a kilometre or two from its only school; what stands at the top of the list deserves a look.
"""

import csv
import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from techfinder.geo.distance import km
from techfinder.geo.gazetteer import municipality_key, postcode
from techfinder.geo.names import fold, province_key

WORST = 12
"""How many of the largest differences are listed."""


@dataclass(frozen=True)
class Comparison:
    """What a list of addresses says about the table; `errors` are (km, pc4, place), smallest first."""

    errors: list[tuple[float, str, str]]
    unknown: list[str]
    names: list[str]

    def at(self, share: float) -> float:
        """Return the error in km that a share (0 to 1) of the codes stays within."""
        return self.errors[min(len(self.errors) - 1, int(share * len(self.errors)))][0]


def compare(file: Path) -> Comparison:
    """Read a list of addresses and set each of its postcodes beside the table's."""
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for line in csv.DictReader(stream, delimiter=";"):
            if line["lat"] and line["lon"]:
                groups[line["postcode"].strip()[:4]].append(line)
    errors, unknown, names = [], [], []
    for pc4, lines in groups.items():
        place = postcode(pc4)
        if place is None:
            unknown.append(pc4)
            continue
        point = tuple(statistics.median(float(line[axis]) for line in lines) for axis in ("lat", "lon"))
        errors.append((km(place.point, (point[0], point[1])), pc4, place.place))
        for what, ours, theirs in (
            ("place", fold(place.place), {fold(line["plaats"]) for line in lines}),
            ("municipality", place.municipality, {municipality_key(line["gemeente"]) for line in lines}),
            ("province", place.province, {province_key(line["provincie"]) for line in lines}),
        ):
            if ours not in theirs:
                names.append(f"{pc4}: {what} {ours} is {dict(Counter(map(str, theirs)))}")
    return Comparison(sorted(errors), sorted(unknown), sorted(names))


def main(arguments: list[str] | None = None) -> int:
    found = compare(Path((arguments or sys.argv[1:])[0]))
    worst = "\n".join(f"  {distance:5.1f} km  {pc4} {place}" for distance, pc4, place in found.errors[: -WORST - 1 : -1])
    sys.stdout.write(
        f"{len(found.errors)} postcodes compared, {len(found.unknown)} unknown {found.unknown}\n"
        f"median {found.at(0.5):.2f} km, p90 {found.at(0.9):.2f}, p99 {found.at(0.99):.2f}, max {found.at(1):.2f}\n"
        f"{worst}\n{len(found.names)} names differ\n" + "".join(f"  {line}\n" for line in found.names)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
