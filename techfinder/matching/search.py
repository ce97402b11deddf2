"""The search page's question: words, filters, order, a page, facet counts and a way out when nothing is found.

Every filter is a set of documents as bits (`bitsets`), so that a count without one of them is an AND of the others. Words are
added up as in `suggest`. Kilometres are bounded by chords (`search_kernel.reaching`) and measured only for what may stand
on the page; the result is as if all were.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf, nan

import numpy as np

from techfinder.matching import search_kernel
from techfinder.matching.bitsets import Catalogue, catalogue, levels_in, number, packed, positions, visible
from techfinder.matching.blend import Weights
from techfinder.matching.columns import early, kind_code, language_code, late
from techfinder.matching.distance import measured
from techfinder.matching.matcher import mass_of
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.segment import Segment
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Query, Relaxation
from techfinder.matching.windows import Key, window

COVER = 0.5  # a result answers at least this share of the question's weight
WIDER_KM = (10, 15, 25, 40, 60, 100, 150, 300)
DIMENSIONS = ("place", "kinds", "levels", "themes", "languages", "cost", "regions", "period")
NAME = {"place": "radius_km", "period": "period_from"}  # the Query field that a dimension is changed by
NOBODY = np.zeros(0, np.float64)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be put to every segment. `mass` is Σ weight·idf of the terms."""

    query: Query
    terms: tuple[QueryTerm, ...]
    mass: float
    today: date
    statistics: Statistics
    table: np.ndarray
    weights: Weights

    @property
    def placed(self) -> bool:
        return self.query.lat is not None and self.query.lon is not None

    @property
    def radius(self) -> float:
        return inf if self.query.radius_km is None else self.query.radius_km


def asked(
    query: Query, terms: tuple[QueryTerm, ...], today: date, statistics: Statistics, table: np.ndarray, w: Weights
) -> Asked:
    terms = terms if query.text.strip() else ()
    return Asked(query, terms, mass_of(terms, statistics) if terms else 0.0, today, statistics, table, w)


@dataclass(frozen=True, slots=True)
class Found:
    """One segment's answer, sets as bits. `passes` per dimension that is set, within `base`: visible, current and about
    the words. `low` and `high` float64 [N] bound the km of documents that pass `place`; nan where nobody travels."""

    segment: Segment
    known: Catalogue
    asked: Asked
    base: np.ndarray
    passes: Mapping[str, np.ndarray]
    text: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def except_for(self, dimension: str | None) -> np.ndarray:
        bits = self.base
        for name, passed in self.passes.items():
            if name != dimension:
                bits = bits & passed
        return bits

    def bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, least score, most) of all that is found."""
        a, w = self.asked, self.asked.weights
        return search_kernel.bounds(
            self.except_for(None), self.text, self.low, self.high, self.known.trust, a.placed, a.mass > 0,
            w.text, w.near, w.trust, w.c * a.mass, w.d0, w.anywhere,
        )  # fmt: skip

    def scores(self, rows: np.ndarray, km: np.ndarray) -> np.ndarray:
        """w_text · t / (t + c·mass) + w_near · nearness + w_trust · trust; without words or a place that share is 0."""
        a, w = self.asked, self.asked.weights
        text, trust = self.text[rows] if a.terms else np.zeros(len(rows)), self.known.trust[rows]
        words = text / (text + w.c * a.mass) if a.mass > 0 else text
        near = np.where(np.isnan(km), w.anywhere, w.d0 / (w.d0 + km)) if a.placed else np.zeros(len(rows))
        return w.text * words + w.near * near + w.trust * np.where(np.isnan(trust), 0.5, trust)

    def nearest(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Kilometres to the decimetre, and the row of the point: of the nearest that is within reach, ties on the lower row."""
        km, point = np.full(len(rows), nan), np.full(len(rows), -1, np.int64)
        if not self.asked.placed or not len(rows):
            return km, point
        first, size = self.known.start[rows], np.diff(self.known.start)[rows] * (self.known.travel[rows] > 0)
        owner = np.repeat(np.arange(len(rows)), size)
        at = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size) + first[owner]
        exact, inside = self.measured(at)
        owner, at, exact = owner[inside], at[inside], exact[inside]
        order = np.lexsort((at, exact, owner))[::-1]  # what is written last stays
        km[owner[order]], point[owner[order]] = exact[order], at[order]
        return km, point

    def measured(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Kilometres of points, and whether each is within its limit."""
        return _measured(self.segment, self.known, self.asked, points)


def _measured(segment: Segment, known: Catalogue, asked: Asked, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    c, query = segment.columns, asked.query
    lats, lons = c["point_lat"][points], c["point_lon"][points]
    return measured(query.lat, query.lon, lats, lons, np.minimum(known.limit[points], asked.radius))  # type: ignore[arg-type]


def find(segment: Segment, asked: Asked) -> Found:
    """What of one segment answers."""
    known, base, text = catalogue(segment), visible(segment, asked.query.labels, asked.today.toordinal()), NOBODY
    if asked.terms:
        text = segment.text_scores(asked.terms, asked.statistics, asked.table)
        base = base & covered(segment, asked.terms)
    passes = dict(_passes(segment, known, asked.query))
    low = high = NOBODY
    if asked.placed:
        passes["place"], low, high = within(segment, known, asked, base)
    return Found(segment, known, asked, base, passes, text, low, high)


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


def covered(segment: Segment, terms: Sequence[QueryTerm]) -> np.ndarray:
    """Bits of the documents that answer at least `COVER` of the asked words' weight, by word, part or synonym."""
    groups: dict[str, list[QueryTerm]] = {}
    for term in terms:
        if term.how != "related":
            groups.setdefault(term.asked, []).append(term)
    worths = [max(t.weight for t in group) for group in groups.values()]
    total = 0.0
    for worth in worths:
        total += worth
    postings = segment.postings
    found = [
        (n, postings.documents(row))
        for n, group in enumerate(groups.values()) for term in group
        if (row := postings.find(term_hash(term.key))) is not None
    ]  # fmt: skip
    ends = np.cumsum([0] + [len(docs) for _, docs in found])
    docs = np.concatenate([np.zeros(0, np.int32), *(docs for _, docs in found)])
    return search_kernel.covered(
        docs, ends[:-1], ends[1:], np.array([n for n, _ in found], np.int64), np.array(worths, np.float64), COVER * total - 1e-9,
        len(segment),
    )  # fmt: skip


def within(segment: Segment, known: Catalogue, asked: Asked, base: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which documents of `base` reach the place and lie within the radius, and bounds of their km."""
    x, y, z = (float(v) for v in positions(asked.query.lat, asked.query.lon))  # type: ignore[arg-type]
    points, inside = np.zeros(0, np.int64), np.zeros(0, bool)
    while True:
        bits, low, high, unsure = search_kernel.reaching(
            base, known.travel, known.start, known.x, known.y, known.z, known.limit, x, y, z, asked.radius, points, inside
        )
        if not len(unsure):
            return bits, low, high
        points = unsure
        inside = _measured(segment, known, asked, unsure)[1]


@dataclass(slots=True)
class Candidates:
    """All that is found, over the segments: `segment` and `row` int64 [M]; `km` and `point` are filled in where asked for."""

    found: Sequence[Found]
    segment: np.ndarray
    row: np.ndarray
    least: np.ndarray
    most: np.ndarray
    km: np.ndarray = field(init=False)
    point: np.ndarray = field(init=False)
    known: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.km, self.point = np.full(len(self.row), nan), np.full(len(self.row), -1, np.int64)
        self.known = np.zeros(len(self.row), bool)

    @classmethod
    def of(cls, found: Sequence[Found]) -> "Candidates":
        parts = [f.bounds() for f in found]
        segment = np.repeat(np.arange(len(parts)), [len(rows) for rows, _, _ in parts])
        return cls(found, segment, *(np.concatenate(column) for column in zip(*parts, strict=True)))

    def column(self, values: Callable[[Found], np.ndarray]) -> np.ndarray:
        """An array of each segment's documents, for the candidates."""
        return np.concatenate([values(f)[self.row[self.segment == n]] for n, f in enumerate(self.found)])

    def measure(self, chosen: np.ndarray) -> np.ndarray:
        """Kilometres of candidates, measured once."""
        for n, f in enumerate(self.found):
            new = chosen[(self.segment[chosen] == n) & ~self.known[chosen]]
            if len(new):
                self.km[new], self.point[new] = f.nearest(self.row[new])
                self.known[new] = True
        return self.km[chosen]

    def score(self, chosen: np.ndarray) -> np.ndarray:
        km, made = self.measure(chosen), np.empty(len(chosen))
        for n, f in enumerate(self.found):
            mine = self.segment[chosen] == n
            made[mine] = f.scores(self.row[chosen[mine]], km[mine])
        return made


def page(found: Sequence[Found], query: Query) -> tuple[int, list["Standing"]]:
    """Total, and one page in the asked order; ties on the score, then on id. Paging never skips or repeats."""
    c = Candidates.of(found)
    placed = bool(found) and found[0].asked.placed
    ids = c.column(lambda f: f.segment.columns["id"])
    keys = [Key(-c.most, -c.least, (lambda at: -c.score(at)) if placed else None), Key(ids, ids)]
    if query.sort == "newest":
        published = -c.column(lambda f: f.segment.columns["published"])
        keys.insert(0, Key(published, published))
    elif query.sort == "distance" and placed:
        low, high = (c.column(side) for side in (lambda f: f.low, lambda f: f.high))
        keys.insert(0, Key(_or_infinite(low), _or_infinite(high), lambda at: _or_infinite(c.measure(at))))
    last = max(1, query.page) * query.per_page
    chosen = window(keys, last - query.per_page, last)
    scores = c.score(chosen)
    return len(ids), [
        Standing(int(c.segment[i]), int(c.row[i]), int(ids[i]), float(score), float(c.km[i]), int(c.point[i]))
        for i, score in zip(chosen, scores, strict=True)
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


def relaxations(query: Query, found: Sequence[Found], again: Callable[[Query], int]) -> tuple[Relaxation, ...]:
    """What dropping each filter, or widening the radius, would give; the most careful change first."""
    made = []
    if query.radius_km is not None and query.lat is not None:
        for km in WIDER_KM:
            if km > query.radius_km and (n := again(replace(query, radius_km=float(km)))):
                made.append(Relaxation("radius_km", n, {"radius_km": km}))
                break
    for name in DIMENSIONS:
        if any(name in f.passes for f in found):
            n = sum(number(f.except_for(name)) for f in found)
            if n:
                made.append(Relaxation(NAME.get(name, name), n))
    if query.text.strip() and (n := again(replace(query, text=""))):
        made.append(Relaxation("text", n))
    return tuple(made)
