"""Finds and repairs wrong positions in the source, by asking each postcode's neighbours.

The relatives of a postcode are the other codes of its municipality and the codes next to it by number: the
post office numbered from village to village, so some of them lie around it. A position is wrong when all
relatives are far and at least three strangers lie clearly nearer. A remote village passes, because its
neighbours by number are near; a code that landed in another town does not. The municipality comes from the
facts in `data/municipalities.csv`, not from the position, so it is an independent witness.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from techfinder.geo.build.sources import Row

Point = tuple[float, float]

ALONE_KM = 3.5
"""A measured code this near to a relative is never called wrong."""

CLOSER = 1.8
"""How many times nearer than the nearest relative three strangers must lie before a measured position is
wrong.
"""

GUESSED_ALONE_KM, GUESSED_CLOSER = 2.0, 1.35
"""The same for positions that the source itself marks as guessed (accuracy 0)."""

LOST_KM = 25.0
"""Further than this from every relative is wrong, strangers or not (Vlieland's own code lies 18 km off)."""

BY_NUMBER = 30
"""Codes at most this far apart in number are relatives, across a municipality's border too."""

STRANGER_STEP, SAME_STEP = 10, 5
"""How many numbers further a neighbour of another municipality counts; how many count as equally near."""

TYPING_KM = 30.0
"""A code this far from the codes beside it, with none of its own municipality among them, is a typing error.
"""

DUPLICATE_KM = 4.0
"""Rows of one postcode further apart than this contradict each other and are reported."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of the report: what the source said, what stands in the table, how far that is, and why."""

    pc4: str
    place: str
    old: Point
    new: Point | None
    reason: str

    @property
    def km(self) -> float | None:
        return flat_km(self.old, self.new) if self.new else None


def flat_km(a: Point, b: Point) -> float:
    """Return a distance that is good to 1 % within the Netherlands: enough to judge errors by."""
    dx = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2)) * 111.32
    return math.hypot(dx, (b[0] - a[0]) * 111.2)


def middle_of(points: Iterable[Point]) -> Point:
    points = list(points)
    return statistics.median(p[0] for p in points), statistics.median(p[1] for p in points)


def repair(rows: Iterable[Row]) -> tuple[list[Row], list[Row], list[Repair]]:
    """Return (one row per postcode, other places within a postcode, report), all in order of postcode."""
    candidates: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        candidates[row.pc4].append(row)
    best = {code: max(options, key=lambda r: r.accuracy) for code, options in candidates.items()}
    for _ in range(3):  # a better neighbourhood gives better choices; it settles after two rounds
        around = _Neighbourhood(best)
        best = {code: _choose(options, around) for code, options in candidates.items()}
    around = _Neighbourhood(best)
    report = _contradictions(candidates, best)
    kept: dict[str, Row] = {}
    for code in sorted(best):
        fixed, note = _judge(best[code], around)
        report += [note] if note else []
        if fixed:
            kept[code] = fixed
    others = [r for c, row in kept.items() for r in _other_places(candidates[c], row, best[c])]
    return list(kept.values()), others, sorted(report, key=lambda r: (r.pc4, r.old))


class _Neighbourhood:
    """The best known position of every code, asked for the surroundings of one row."""

    def __init__(self, best: dict[str, Row]):
        self.measured = [row for row in best.values() if row.accuracy > 0]
        self.by_digits: dict[str, list[Row]] = defaultdict(list)
        self.by_municipality: dict[str, list[Row]] = defaultdict(list)
        for row in self.measured:
            self.by_digits[row.pc4[:2]].append(row)
            self.by_municipality[row.municipality].append(row)

    def alone(self, row: Row) -> bool:
        """Does a row lie far from all its relatives, with three strangers clearly nearer?"""
        kin = min((flat_km(r.point, row.point) for r in self._relatives(row)), default=0.0)
        least, closer = (ALONE_KM, CLOSER) if row.accuracy else (GUESSED_ALONE_KM, GUESSED_CLOSER)
        if kin <= least or kin > LOST_KM:
            return kin > LOST_KM
        strangers = 0
        for other in self.measured:
            near = abs(other.lat - row.lat) * 111 < kin and flat_km(other.point, row.point) * closer < kin
            strangers += near and other.pc4 != row.pc4
        return strangers >= 3

    def mistyped(self, row: Row) -> bool:
        """Is the code itself wrong: beside it by number lies nothing near, and nothing of its municipality?"""
        beside = [r for r in self.by_digits[row.pc4[:2]] if r.pc4 != row.pc4]
        if not beside or any(r.municipality == row.municipality for r in beside):
            return False
        return min(flat_km(r.point, row.point) for r in beside) > TYPING_KM

    def namesakes(self, row: Row) -> int:
        """How many of the codes next to it by number carry the same place name?"""
        return sum(r.place == row.place and 0 < _apart(r, row) < 10 for r in self.by_digits[row.pc4[:2]])

    def middle(self, row: Row) -> Point:
        """Return where the neighbours say the row is: the median of up to three codes nearest by number.

        One of another municipality counts as `STRANGER_STEP` further, and nothing over `SAME_STEP` behind the
        nearest counts. Over all codes this misses by 2.1 km (median) and 5.4 km (nine in ten).
        """

        def steps(other: Row) -> int:
            return _apart(other, row) + STRANGER_STEP * (other.municipality != row.municipality)

        pool = sorted((r for r in self.by_digits[row.pc4[:2]] if r.pc4 != row.pc4), key=steps)[:3]
        lat, lon = middle_of([r.point for r in pool if steps(r) <= steps(pool[0]) + SAME_STEP] or [row.point])
        return round(lat, 4), round(lon, 4)

    def _relatives(self, row: Row) -> list[Row]:
        beside = [r for r in self.by_digits[row.pc4[:2]] if _apart(r, row) <= BY_NUMBER]
        return [r for r in self.by_municipality[row.municipality] + beside if r.pc4 != row.pc4]


def _apart(a: Row, b: Row) -> int:
    return abs(int(a.pc4) - int(b.pc4))


def _choose(options: list[Row], around: _Neighbourhood) -> Row:
    """Pick one row for a postcode: near its relatives, not second, best measured, named like the codes beside
    it.
    """
    if len(options) == 1:
        return options[0]

    def rank(row: Row) -> tuple[bool, bool, bool, int, int, float]:
        equals = [r for r in options if r.accuracy == row.accuracy]
        total = sum(flat_km(row.point, r.point) for r in equals)
        return around.mistyped(row), around.alone(row), row.second, -row.accuracy, -around.namesakes(row), total

    return min(options, key=rank)


def _contradictions(candidates: dict[str, list[Row]], best: dict[str, Row]) -> list[Repair]:
    notes = []
    for code, options in candidates.items():
        chosen = best[code]
        for row in options:
            if flat_km(row.point, chosen.point) > DUPLICATE_KM:
                reason = f"second row of the postcode; kept {chosen.place}, better measured or nearer to its neighbours"
                notes.append(Repair(code, row.place, row.point, chosen.point, reason))
    return notes


def _judge(row: Row, around: _Neighbourhood) -> tuple[Row | None, Repair | None]:
    """Return the row as it should stand (None: the code itself is a mistake) and what was done about it."""
    if around.mistyped(row):
        reason = f"left out: the codes beside it are over {TYPING_KM:.0f} km away, so the code is a typing error"
        return None, Repair(row.pc4, row.place, row.point, None, reason)
    if not around.alone(row):
        return row, None
    reason = f"lay away from all codes of {row.municipality} and beside other ones; moved to its neighbours"
    new = around.middle(row)
    return replace(row, lat=new[0], lon=new[1]), Repair(row.pc4, row.place, row.point, new, reason)


def _other_places(options: list[Row], kept: Row, chosen: Row) -> list[Row]:
    """The further place names within a postcode that lie where the postcode lies."""
    near = [r for r in options if r is not chosen and flat_km(r.point, kept.point) <= 10]
    return [r for r in near if r.place != kept.place]
