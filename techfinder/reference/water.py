"""Wide waters that make a short straight line a long drive.

Distances are straight lines ("hemelsbreed"), and this table only adds a warning where a line is misleading: the other
side of the water is reached by a bridge, tunnel or dyke far away, or by ferry. It never filters. A barrier is a rough
centre line; a journey crosses it when the straight line between the two places cuts it an odd number of times.
"""

from dataclasses import dataclass
from math import cos, hypot, radians

from techfinder.reference.vocabulary import Text, edition, load

Place = tuple[float, float]
"""Degrees north, degrees east."""

EXTRA_KM = 6.0
FACTOR = 1.6
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Barrier:
    """A wide water. `links` are its fixed crossings, each as one point or as its two ends."""

    code: str
    name: Text
    line: tuple[Place, ...] = ()
    links: tuple[tuple[Place, ...], ...] = ()
    island: tuple[float, float, float, float] | None = None
    """South, west, north, east of an island that is reached by ferry only."""

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


def _read() -> tuple[Barrier, ...]:
    data = load("water")
    waters = [
        Barrier(
            row["code"],
            Text.of(row["label"]),
            line=tuple((lat, lon) for lat, lon in row["line"]),
            links=tuple(tuple((lat, lon) for lat, lon in link) for link in row["links"]),
        )
        for row in data["barriers"]
    ]
    islands = []
    for row in data["islands"]:
        south, west, north, east = row["box"]
        islands.append(Barrier(row["code"], Text.of(row["label"]), island=(south, west, north, east)))
    return (*islands, *waters)


EDITION = edition("water")
BARRIERS: tuple[Barrier, ...] = _read()


def crosses(a: Place, b: Place) -> Barrier | None:
    """The water between two places that makes the way much longer than the straight line, or None.

    Much longer: by road over the nearest crossing at least EXTRA_KM more and FACTOR times the straight line, both
    measured as straight legs. An island is always across the water.
    """
    for barrier in BARRIERS:
        if barrier.island is not None:
            if _inside(a, barrier.island) != _inside(b, barrier.island):
                return barrier
        elif _cuts(a, b, barrier.line) % 2:
            straight = _km(a, b)
            around = min(_over(a, b, link) for link in barrier.links)
            if around - straight >= EXTRA_KM and around >= FACTOR * straight:
                return barrier
    return None


def _inside(place: Place, box: tuple[float, float, float, float]) -> bool:
    south, west, north, east = box
    return south <= place[0] <= north and west <= place[1] <= east


def _km(a: Place, b: Place) -> float:
    """Kilometres on a flat map: within 1 % at Dutch distances, enough for a warning."""
    middle = cos(radians((a[0] + b[0]) / 2))
    return KM_PER_DEGREE * hypot(a[0] - b[0], (a[1] - b[1]) * middle)


def _over(a: Place, b: Place, link: tuple[Place, ...]) -> float:
    """The way from a to b over a crossing, in kilometres, in the shorter direction."""
    first, last = link[0], link[-1]
    length = _km(first, last)
    return length + min(_km(a, first) + _km(last, b), _km(a, last) + _km(first, b))


def _cuts(a: Place, b: Place, line: tuple[Place, ...]) -> int:
    """How often the straight line a-b cuts a polyline; a shared corner counts for one of its two pieces."""
    return sum(
        _side(a, b, start) != _side(a, b, end) and _side(start, end, a) != _side(start, end, b)
        for start, end in zip(line, line[1:], strict=False)
    )


def _side(a: Place, b: Place, point: Place) -> bool:
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0
