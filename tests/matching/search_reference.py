"""What `Engine.search` promises, written the slow and obvious way: one offer at a time, in plain Python and float64.

Shares with the engine only the analysis (words to terms) and the data (weights, reach); everything else is written anew
from the definitions, with geopy's geodesic for every starting point.
"""

from dataclasses import dataclass, replace
from datetime import date
from math import inf

from techfinder.geo import km as geodesic
from techfinder.matching.reach import CLASS, COMPANY, REACH
from techfinder.matching.side import analysed
from tests.matching.reference import text_score

BANDS = {
    "free": lambda c: c == 0, "to_50": lambda c: c is not None and 0 < c <= 5_000, "to_150": lambda c: c is not None and 5_000 < c <= 15_000,
    "more": lambda c: c is not None and c > 15_000, "unknown": lambda c: c is None,
}  # fmt: skip


@dataclass
class Judged:
    """One offer that is visible, current and about the words: which filters it fails, and where it stands."""

    thing: object
    fails: set
    km: float | None
    point: int | None
    score: float


def about(terms, thing):
    """Whether the offer answers half of the question's weight; a related concept answers nothing."""
    groups = {}
    for t in terms:
        if t.how != "related":
            groups.setdefault(t.asked, []).append(t)
    has, weight, total = analysed(thing).frequencies, 0.0, 0.0
    for group in groups.values():
        worth = max(t.weight for t in group)
        total += worth
        if any(t.key in has for t in group):
            weight += worth
    return weight > 0 and weight >= 0.5 * total - 1e-9


def nearest(query, thing):
    """(passes, km, point id): of the nearest starting point from which the place is reached, within the radius."""
    how = REACH.get(thing.kind, CLASS)
    if how not in (COMPANY, CLASS):
        return True, None, None
    options = []
    for p in thing.points:
        own = (-1.0 if p.radius_km is None else p.radius_km) if how == COMPANY else inf
        exact = geodesic((query.lat, query.lon), (p.lat, p.lon))
        if exact <= own and exact <= (inf if query.radius_km is None else query.radius_km):
            options.append((round(exact * 1e4) / 1e4, p.id))
    return (True, *min(options)) if options else (False, None, None)


def misses(query, thing):
    """The filters that are set and that the offer fails, but for the place."""
    since, until = thing.period_from or date.min, thing.period_until or date.max
    judged = {
        "kinds": not query.kinds or thing.kind in query.kinds,
        "levels": not query.levels or bool(query.levels & thing.levels),
        "themes": not query.themes or bool(query.themes & set(thing.themes)),
        "languages": not query.languages or thing.language in query.languages,
        "cost": not query.cost or any(BANDS[b](thing.cost_cents) for b in query.cost),
        "regions": not query.regions or bool(query.regions & thing.region_ids),
        "period": since <= (query.period_until or date.max) and until >= (query.period_from or date.min),
    }  # fmt: skip
    return {name for name, passed in judged.items() if not passed}


def judged(query, terms, things, generation, w, today):
    """Every offer that is visible, current and about the words."""
    terms = terms if query.text.strip() else ()
    mass = 0.0
    for t in terms:
        mass += t.weight * generation.idf(t.key)
    placed = query.lat is not None
    found = []
    for thing in things:
        if not thing.labels & query.labels or (thing.period_until and thing.period_until < today):
            continue
        if terms and not about(terms, thing):
            continue
        fails, km, point = misses(query, thing), None, None
        if placed:
            passed, km, point = nearest(query, thing)
            fails |= set() if passed else {"place"}
        text = text_score(terms, thing, generation)
        near = (w.anywhere if km is None else w.d0 / (w.d0 + km)) if placed else 0.0
        trust = 0.5 if thing.trust is None else thing.trust
        score = w.text * (text / (text + w.c * mass) if terms else 0.0) + w.near * near + w.trust * trust
        found.append(Judged(thing, fails, km, point, score))
    return found


def values(facet, thing, groups):
    """The values that an offer has of one filter."""
    if facet == "kind":
        return [thing.kind] if thing.kind in REACH else []
    if facet == "level" and groups:
        return [n for n, group in enumerate(groups) if group & thing.levels]
    if facet == "level":
        return [bit for bit in range(64) if thing.levels >> bit & 1]
    if facet == "cost":
        return [name for name, holds in BANDS.items() if holds(thing.cost_cents)]
    return {"theme": thing.themes, "language": (thing.language,), "region": thing.region_ids}[facet]


FACETS = {"kind": "kinds", "level": "levels", "theme": "themes", "language": "languages", "cost": "cost", "region": "regions"}


def facets(query, found):
    """Per filter and value: the offers that would be found with that value, were this filter not set; most first."""
    made = {}
    for facet, dimension in FACETS.items():
        counted = {}
        for j in found:
            if j.fails <= {dimension}:
                for value in values(facet, j.thing, query.level_groups):
                    counted[value] = counted.get(value, 0) + 1
        made[facet] = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    return made


def in_order(query, found):
    """(id, score, km, point) of all that pass every filter, in the asked order; then the best score, then the id."""

    def key(j):
        first = 0.0
        if query.sort == "distance":
            first = inf if j.km is None else j.km
        if query.sort == "newest":
            first = -j.thing.published_at.timestamp() if j.thing.published_at else 0.0
        return first, -j.score, j.thing.id

    return [(j.thing.id, j.score, j.km, j.point) for j in sorted((j for j in found if not j.fails), key=key)]


def ways_out(query, found, again):
    """(code, count, change) of what would give something: the next wider radius, each filter dropped, the words dropped."""
    made = []
    if query.lat is not None and query.radius_km is not None:
        for km in (10, 15, 25, 40, 60, 100, 150, 300):
            n = len([j for j in again(replace(query, radius_km=float(km))) if not j.fails]) if km > query.radius_km else 0
            if n:
                made.append(("radius_km", n, {"radius_km": km}))
                break
    for code, dimension in (("radius_km", "place"), *((d, d) for d in list(FACETS.values())[:3]), ("languages", "languages"), ("cost", "cost"),
                            ("regions", "regions"), ("period_from", "period")):  # fmt: skip
        n = len([j for j in found if j.fails <= {dimension}])
        if n:
            made.append((code, n, {}))
    if query.text.strip():
        n = len([j for j in again(replace(query, text="")) if not j.fails])
        if n:
            made.append(("text", n, {}))
    return made


def search(query, terms, things, generation, w, today):
    """(all that is found, in order; facets; ways out)."""

    def again(changed):
        return judged(changed, terms, things, generation, w, today)

    found = again(query)
    order = in_order(query, found)
    return order, facets(query, found), [] if order else ways_out(query, found, again)
