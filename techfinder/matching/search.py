"""The search page's question: words, filters, order, a page, facet counts and a way out when nothing is found.

Every filter is a set of documents as bits (`bitsets`), so that a count without one of them is an AND of the others. Words are
added up as in `suggest`. Kilometres are bounded by chords and measured only for what may stand on the page; the result is as
if all were (`search_kernel`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf, nan

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching import search_kernel, search_order
from techfinder.matching.bitsets import Catalogue, catalogue, levels_in, number, packed, positions, visible
from techfinder.matching.blend import Weights
from techfinder.matching.columns import early, kind_code, language_code, late
from techfinder.matching.matcher import added, factors_of
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.segment import Segment, fixed
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Query, Relaxation
from techfinder.matching.windows import Key, window

COVER = 0.5  # a result answers at least this share of the question's weight
WIDER_KM = (10, 15, 25, 40, 60, 100, 150, 300)
DIMENSIONS = ("place", "kinds", "levels", "themes", "languages", "cost", "regions", "period")
NAME = {"place": "radius_km", "period": "period_from"}  # the Query field that a dimension is changed by
ORDERS = {"relevance": search_order.RELEVANCE, "distance": search_order.DISTANCE, "newest": search_order.NEWEST}
NOWHERE = (nan, nan, nan, nan, nan, inf)
NONE_KNOWN = (fixed([], np.int64), fixed([], np.float64))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be put to every segment, as the kernel takes it.

    `words`: hashes, and weight · idf, of all terms. `about`: hashes of the terms that answer a word of the question, the
    group of each, the groups' worths, and how much of them is enough.
    """

    query: Query
    worded: bool
    words: tuple[np.ndarray, np.ndarray]
    about: tuple[np.ndarray, np.ndarray, np.ndarray, float]
    placed: bool
    place: tuple[float, ...]
    blend: tuple[float, ...]
    today: date


def asked(query: Query, terms: tuple[QueryTerm, ...], today: date, statistics: Statistics, w: Weights) -> Asked:
    terms = terms if query.text.strip() else ()
    hashes, factors = factors_of(terms, statistics)
    placed, place = query.lat is not None and query.lon is not None, NOWHERE
    if placed:
        x, y, z = (float(v) for v in positions(query.lat, query.lon))  # type: ignore[arg-type]
        place = (float(query.lat), float(query.lon), x, y, z, inf if query.radius_km is None else float(query.radius_km))  # type: ignore[arg-type]
    blend = (w.text, w.near, w.trust, w.c * added(factors), w.d0, w.anywhere)
    return Asked(query, bool(terms), (hashes, factors), _about(terms), placed, place, blend, today)


def _about(terms: Sequence[QueryTerm]) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """`Asked.about`: a result answers at least `COVER` of the asked words' weight, by word, part or synonym."""
    groups: dict[str, list[QueryTerm]] = {}
    for term in terms:
        if term.how != "related":
            groups.setdefault(term.asked, []).append(term)
    worths, total = [max(t.weight for t in group) for group in groups.values()], 0.0
    for worth in worths:
        total += worth
    hashes = [term_hash(term.key) for group in groups.values() for term in group]
    numbers = [n for n, group in enumerate(groups.values()) for _ in group]
    return fixed(hashes, np.uint64), fixed(numbers, np.int64), fixed(worths, np.float64), COVER * total - 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """One segment's answer. `masks` uint64 [D + 2, W]: what passes everything; all but each of the filters `names`; all but
    the place. `chords` float64 [N]: km in a straight line of documents that pass and travel."""

    segment: Segment
    known: Catalogue
    asked: Asked
    names: tuple[str, ...]
    masks: np.ndarray
    chords: np.ndarray

    def which(self, dimension: str | None) -> int:
        """The row of `masks` of what passes everything but this dimension."""
        if dimension == "place":
            return len(self.masks) - 1
        return 1 + self.names.index(dimension) if dimension in self.names else 0

    def sets(self, dimension: str) -> bool:
        """Whether the question filters by this dimension."""
        return dimension in self.names or (dimension == "place" and self.asked.placed)

    def nearest(self) -> float:
        """No kilometres of a journey are less; inf when nothing is found."""
        travelling = np.unpackbits((self.masks[0] & ~self.known.points[1]).view(np.uint8), count=len(self.segment), bitorder="little")
        return float(self.chords[travelling.view(bool)].min(initial=inf)) - search_kernel.GRAIN_KM

    def ahead(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """(rows, bounds) of what may stand among the first `most`."""
        a, c = self.asked, self.known
        order = ORDERS.get(a.query.sort, search_order.RELEVANCE)
        return search_order.ahead(
            order, most, self.masks[0], self.chords, c.points[0], c.trust, c.ids, c.published, a.placed, *a.words,
            self.segment.text, fixed(self.segment.blocks["ceilings"]), a.blend,
        )  # fmt: skip

    def exact(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(scores, km, point) of rows that were found."""
        a, c = self.asked, self.known
        return _settled(a, c, lambda known: search_order.exact(
            rows, c.trust, a.placed, a.place, c.points, *a.words, self.segment.text, a.blend, known
        ))  # fmt: skip


def find(segment: Segment, asked: Asked) -> Found:
    """What of one segment answers."""
    known = catalogue(segment)
    base, passes = visible(segment, asked.query.labels, asked.today.toordinal()), dict(_passes(segment, known, asked.query))
    bits = np.array(list(passes.values()), np.uint64).reshape(len(passes), len(base))
    masks, chords = _settled(asked, known, lambda known_km: search_kernel.found(
        base, bits, asked.worded, *asked.about, segment.text, asked.placed, asked.place, known.points, known_km
    ))  # fmt: skip
    return Found(segment, known, asked, tuple(passes), masks, chords)


def _settled(asked: Asked, known: Catalogue, run: Callable[[tuple[np.ndarray, np.ndarray]], tuple]) -> tuple:
    """What the kernel gives, once geopy was asked about all points that it doubts."""
    lats, lons = known.points[7:9]
    said: dict[int, float] = {}
    kilometres = NONE_KNOWN
    while True:
        *made, doubts = run(kilometres)
        if not len(doubts):
            return tuple(made)
        for p in doubts.tolist():
            said[p] = geodesic((asked.place[0], asked.place[1]), (float(lats[p]), float(lons[p])))
        kilometres = (fixed(list(said), np.int64), fixed(list(said.values()), np.float64))


def _passes(segment: Segment, known: Catalogue, query: Query) -> Iterable[tuple[str, np.ndarray]]:
    """The filters that are set, but for the place."""
    if query.kinds:
        yield "kinds", known.union("kind", {kind_code(k) for k in query.kinds})
    if query.levels:
        yield "levels", known.union("level", levels_in(query.levels))
    if query.themes:
        yield "themes", known.union("theme", (term_hash("#" + t) for t in query.themes))
    if query.languages:
        yield "languages", known.union("language", {language_code(x) for x in query.languages})
    if query.cost:
        yield "cost", known.union("cost", query.cost)
    if query.regions:
        yield "regions", known.union("region", query.regions)
    if query.period_from or query.period_until:
        c = segment.columns
        yield "period", packed((c["from"] <= late(query.period_until)) & (c["until"] >= early(query.period_from)))


@dataclass(slots=True)
class Candidates:
    """What may stand on the page or before it, over the segments: `segment` and `row` int64 [M], `bounds` float64 [M, 4] as of
    `search_order.ahead`; score, km and point are filled in where asked for."""

    found: Sequence[Found]
    segment: np.ndarray
    row: np.ndarray
    bounds: np.ndarray
    scores: np.ndarray = field(init=False)
    km: np.ndarray = field(init=False)
    point: np.ndarray = field(init=False)
    known: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.row)
        self.scores, self.km, self.point = np.empty(count), np.full(count, nan), np.full(count, -1, np.int64)
        self.known = np.zeros(count, bool)

    @classmethod
    def of(cls, found: Sequence[Found], most: int) -> "Candidates":
        parts = [f.ahead(most) for f in found]
        segment = np.repeat(np.arange(len(parts)), [len(rows) for rows, _ in parts])
        return cls(found, segment, *(np.concatenate(column) for column in zip(*parts, strict=True)))

    def column(self, name: str) -> np.ndarray:
        """A column of each segment's documents, for the candidates."""
        return np.concatenate([f.segment.columns[name][self.row[self.segment == n]] for n, f in enumerate(self.found)])

    def measure(self, chosen: np.ndarray) -> None:
        """Scores and kilometres of candidates, measured once."""
        for n, f in enumerate(self.found):
            new = chosen[(self.segment[chosen] == n) & ~self.known[chosen]]
            if len(new):
                self.scores[new], self.km[new], self.point[new] = f.exact(self.row[new])
                self.known[new] = True

    def score(self, chosen: np.ndarray) -> np.ndarray:
        self.measure(chosen)
        return self.scores[chosen]

    def distance(self, chosen: np.ndarray) -> np.ndarray:
        self.measure(chosen)
        return _or_infinite(self.km[chosen])


def page(found: Sequence[Found], query: Query) -> tuple[int, list["Standing"]]:
    """Total, and one page in the asked order; ties on the score, then on id. Paging never skips or repeats."""
    last = query.page * query.per_page
    c = Candidates.of(found, last)
    placed = bool(found) and found[0].asked.placed
    ids = c.column("id")
    least, most, low, high = c.bounds.T
    keys = [Key(-most, -least, (lambda at: -c.score(at)) if placed else None), Key(ids, ids)]
    if query.sort == "newest":
        published = -c.column("published")
        keys.insert(0, Key(published, published))
    elif query.sort == "distance" and placed:
        keys.insert(0, Key(_or_infinite(low), _or_infinite(high), c.distance))
    chosen = window(keys, last - query.per_page, last)
    c.measure(chosen)
    return total(found), [
        Standing(int(c.segment[i]), int(c.row[i]), int(ids[i]), float(c.scores[i]), float(c.km[i]), int(c.point[i])) for i in chosen
    ]


def _or_infinite(km: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(km), inf, km)


@dataclass(frozen=True, slots=True)
class Standing:
    """One of a page: where it stands in the segments; `km` is nan and `point` -1 where nobody travels or no place is known."""

    segment: int
    row: int
    id: int
    score: float
    km: float
    point: int


def relaxations(query: Query, found: Sequence[Found], again: Callable[[Query], Sequence[Found]]) -> tuple[Relaxation, ...]:
    """What dropping each filter, or widening the radius, would give, when nothing was found; the most careful change first."""
    made = []
    if (radius := query.radius_km) is not None and query.lat is not None:
        made += _wider(radius, lambda km: again(replace(query, radius_km=km)))
    for name in DIMENSIONS:
        if any(f.sets(name) for f in found):
            n = sum(number(f.masks[f.which(name)]) for f in found)
            if n:
                made.append(Relaxation(NAME.get(name, name), n))
    if query.text.strip() and (n := total(again(replace(query, text="")))):
        made.append(Relaxation("text", n))
    return tuple(made)


def _wider(radius: float, within: Callable[[float], Sequence[Found]]) -> list[Relaxation]:
    """The first wider radius that gives something: how far the nearest is, is known of the widest."""
    if radius >= WIDER_KM[-1]:
        return []
    least = min((f.nearest() for f in within(float(WIDER_KM[-1]))), default=inf)
    for km in WIDER_KM:
        if km > radius and km >= least and (n := total(within(float(km)))):
            return [Relaxation("radius_km", n, {"radius_km": km})]
    return []


def total(found: Sequence[Found]) -> int:
    return sum(number(f.masks[0]) for f in found)
