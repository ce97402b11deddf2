"""The search page's question: words, filters, order, a page, facet counts and a way out when nothing is found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from techfinder.matching.blend import Weights
from techfinder.matching.columns import early, kind_mask, language_code, late
from techfinder.matching.distance import measured, sphere_km
from techfinder.matching.facets import FACETS, add, count, in_bands
from techfinder.matching.filters import SPHERE, TRAVEL
from techfinder.matching.matcher import mass_of
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.segment import Segment
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Query, Relaxation

COVER = 0.5  # a result answers at least this share of the question's weight
WIDER_KM = (10, 15, 25, 40, 60, 100, 150, 300)
DIMENSIONS = ("place", "kinds", "levels", "themes", "languages", "cost", "regions", "period")
FACET_OF = {
    "kind": "kinds", "level": "levels", "theme": "themes",
    "language": "languages", "cost": "cost", "region": "regions",
}  # fmt: skip
NAME = {"place": "radius_km", "period": "period_from"}  # the Query field that a dimension is changed by


@dataclass(frozen=True, slots=True)
class Found:
    """One segment's answer. `passes` bool [N] per dimension that is set; `base` visible, current and about the words;
    `km` float64 [N] (nan: nobody travels or no place), `point` int64 [N] rows of points."""

    base: np.ndarray
    passes: Mapping[str, np.ndarray]
    score: np.ndarray
    km: np.ndarray
    point: np.ndarray

    def except_for(self, dimension: str | None) -> np.ndarray:
        mask = self.base
        for name, passed in self.passes.items():
            if name != dimension:
                mask = mask & passed
        return mask


def find(
    segment: Segment, query: Query, terms: tuple[QueryTerm, ...], today: date, statistics: Statistics,
    table: np.ndarray, w: Weights,
) -> Found:  # fmt: skip
    c = segment.columns
    base = segment.visible(query.labels) & (c["until"] >= today.toordinal())
    text = np.zeros(len(segment))
    mass = 0.0
    if terms:
        text = segment.text_scores(terms, statistics, table)
        mass = mass_of(terms, statistics)
        base = base & covered(segment, terms, statistics)
    passes = {}
    if query.kinds:
        passes["kinds"] = (np.uint64(kind_mask(query.kinds)) >> c["kind"].astype(np.uint64)) & np.uint64(1) > 0
    if query.levels:
        passes["levels"] = (c["levels"] & np.uint64(query.levels)) != 0
    if query.themes:
        passes["themes"] = owns(segment, "theme", np.array([term_hash("#" + t) for t in query.themes], np.uint64))
    if query.languages:
        passes["languages"] = np.isin(
            c["language"], np.array([language_code(x) for x in query.languages], np.uint64)
        )
    if query.cost:
        passes["cost"] = in_bands(c["cost"], query.cost)
    if query.regions:
        passes["regions"] = owns(segment, "region", np.array(sorted(query.regions), np.int64))
    if query.period_from or query.period_until:
        passes["period"] = (c["from"] <= late(query.period_until)) & (c["until"] >= early(query.period_from))
    km, point = np.full(len(segment), np.nan), np.full(len(segment), -1, np.int64)
    if query.lat is not None and query.lon is not None:
        passes["place"], km, point = within(segment, query, base)
    trust = np.where(np.isnan(c["trust"]), 0.5, c["trust"])
    near = np.where(np.isnan(km), w.anywhere, w.d0 / (w.d0 + km)) if query.lat is not None else np.zeros(len(segment))
    words = text / (text + w.c * mass) if mass > 0 else text
    return Found(base, passes, w.text * words + w.near * near + w.trust * trust, km, point)


def owns(segment: Segment, name: str, values: np.ndarray) -> np.ndarray:
    """bool [N]: the documents that have one of `values` in a set column."""
    c = segment.columns
    found = np.zeros(len(segment), bool)
    found[c[f"{name}_owner"][np.isin(c[name], values)]] = True
    return found


def covered(segment: Segment, terms: Sequence[QueryTerm], statistics: Statistics) -> np.ndarray:
    """bool [N]: documents that answer at least `COVER` of the asked words' weight, by word, part or synonym."""
    groups: dict[str, list[QueryTerm]] = {}
    for term in terms:
        if term.how != "related":
            groups.setdefault(term.asked, []).append(term)
    weight = np.zeros(len(segment))
    total = 0.0
    for group in groups.values():
        worth = max(t.weight for t in group)
        total += worth
        hit = np.zeros(len(segment), bool)
        for term in group:
            where = segment.postings.find(term_hash(term.key))
            if where is not None:
                hit[segment.postings.docs[where]] = True
        weight += worth * hit
    return (weight > 0) & (weight >= COVER * total - 1e-9)


def within(segment: Segment, query: Query, base: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which documents reach the place and lie within the radius; km and point of the nearest that does."""
    c = segment.columns
    count_ = len(segment)
    travel = TRAVEL[c["kind"]]
    owner = np.repeat(np.arange(count_), np.diff(c["point_start"]))
    radius = np.inf if query.radius_km is None else query.radius_km
    limit = np.minimum(np.where(travel[owner] == 1, c["point_radius"], np.inf), radius)
    rough = sphere_km(query.lat, query.lon, c["point_lat"], c["point_lon"])  # type: ignore[arg-type]
    close = np.flatnonzero((rough <= limit * SPHERE) & (travel[owner] > 0) & base[owner])
    exact, inside = measured(query.lat, query.lon, c["point_lat"][close], c["point_lon"][close], limit[close])  # type: ignore[arg-type]
    close, exact = close[inside], exact[inside]
    order = np.lexsort((close, exact, owner[close]))
    owners = owner[close][order]
    first = order[np.concatenate([[True], np.diff(owners) > 0])] if len(order) else order
    km, point, passed = np.full(count_, np.nan), np.full(count_, -1, np.int64), travel == 0
    best = owner[close[first]]
    km[best], point[best], passed[best] = exact[first], close[first], True
    return passed, km, point


def page(segments: Sequence[Segment], found: Sequence[Found], query: Query) -> tuple[int, list[tuple[int, int]]]:
    """Total, and the (segment, row) of one page in the asked order; ties on id. Paging never skips or repeats."""
    values, ids, where = [], [], []
    for n, (segment, f) in enumerate(zip(segments, found, strict=True)):
        rows = np.flatnonzero(f.except_for(None))
        c = segment.columns
        far = np.where(np.isnan(f.km[rows]), np.inf, f.km[rows])
        by = {"relevance": -f.score[rows], "distance": far, "newest": -c["published"][rows]}[query.sort]
        values.append(np.stack([by, -f.score[rows]]))
        ids.append(c["id"][rows])
        where += [np.full(len(rows), n), rows]
    value, every = np.concatenate(values, axis=1), np.concatenate(ids)
    last = max(1, query.page) * query.per_page
    if len(every) > 4 * last:
        keep = np.flatnonzero(value[0] <= np.partition(value[0], last - 1)[last - 1])
    else:
        keep = np.arange(len(every))
    order = keep[np.lexsort((every[keep], value[1][keep], value[0][keep]))][last - query.per_page : last]
    number, row = np.concatenate(where[0::2]), np.concatenate(where[1::2])
    return len(every), [(int(number[i]), int(row[i])) for i in order]


def facet_counts(
    segments: Sequence[Segment], found: Sequence[Found], theme_names: Mapping[int, str], level_groups: Sequence[int] = ()
) -> dict[str, dict]:
    return {
        name: add(
            [
                count(name, s, f.except_for(FACET_OF[name]), theme_names, level_groups)
                for s, f in zip(segments, found, strict=True)
            ]
        )
        for name in FACETS
    }


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
            n = sum(int(f.except_for(name).sum()) for f in found)
            if n:
                made.append(Relaxation(NAME.get(name, name), n))
    if query.text.strip() and (n := again(replace(query, text=""))):
        made.append(Relaxation("text", n))
    return tuple(made)
