"""What the engine promises, written the slow and obvious way: one pair at a time, in plain Python and float64.

Shares with the engine only the analysis (words to terms) and the data (weights, reach); everything else is written anew
from the definitions, with geopy's geodesic for every pair.
"""

from dataclasses import dataclass
from datetime import date
from math import inf, log

from whoosh.util.numeric import byte_to_length, length_to_byte

from techfinder.geo import km as geodesic
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights
from techfinder.matching.criteria import NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.postings import K1, B
from techfinder.matching.reach import ANSWERS, CLASS, COMPANY, NEAR_KINDS, REACH
from techfinder.matching.side import analysed
from techfinder.matching.terms import need_sources, query_terms, supply_sources
from techfinder.matching.values import Need, Supply


@dataclass
class Generation:
    """The frozen statistics: of the things that the generation was built from."""

    count: int
    average: float
    df: dict[str, int]

    @classmethod
    def of(cls, things):
        documents = [analysed(t) for t in things]
        df: dict[str, int] = {}
        for d in documents:
            for term in d.frequencies:
                df[term] = df.get(term, 0) + 1
        return cls(len(documents), sum(d.length for d in documents) / len(documents) if documents else 1.0, df)

    def idf(self, term):
        return log(max(self.count, 1) / (self.df.get(term, 0) + 1)) + 1


def saturated(frequency, length, average):
    quantised = byte_to_length(length_to_byte(length))
    tf = frequency / 8
    return tf * (K1 + 1) / (tf + K1 * ((1 - B) + B * quantised / (average or 1.0)))


def text_score(terms, thing, generation):
    d, total = analysed(thing), 0.0
    for t in terms:
        if t.key in d.frequencies:
            total += t.weight * generation.idf(t.key) * saturated(d.frequencies[t.key], d.length, generation.average)
    return total


def meets(one, other):
    return not one or not other or bool(one & other)


def reach(need: Need, supply: Supply):
    """(km, point id, fails: set, nearly: set) of the nearest point that fits, else of the one that misses least."""
    how = REACH.get(supply.kind, CLASS)
    if how not in (COMPANY, CLASS):
        return None, None, set(), set()
    options = []
    for p in sorted(supply.points, key=lambda p: p.id):
        limit = p.radius_km if how == COMPANY else need.max_travel_km
        if limit is None or need.lat is None:
            continue
        exact, free = geodesic((need.lat, need.lon), (p.lat, p.lon)), meets(p.weekdays, need.weekdays)
        far, inside = round(exact * 1e4) / 1e4, exact <= limit
        if far > limit * (1 + NEAR_SHARE) + NEAR_KM:
            continue
        grade = (0 if inside else 1) if free else (2 if inside else 3)
        options.append((grade, far if inside else far - limit, p.id, far))
    if not options:
        return None, None, {"reach"}, set()
    grade, _, point, far = min(options)
    fails = ({"reach"} if grade in (1, 3) else set()) | ({"weekdays"} if grade in (2, 3) else set())
    return far, point, fails, set(fails)


def judge(need: Need, supply: Supply, today: date):
    """(fails, nearly, km, point, share of levels, kind as asked)."""
    fails, nearly = set(), set()

    def fail(code, failed, near=False):
        if failed:
            fails.add(code)
            if near:
                nearly.add(code)

    accepted = need.kinds.union(*(ANSWERS.get(k, ()) for k in need.kinds))
    close = any(supply.kind in NEAR_KINDS.get(k, ()) for k in need.kinds)
    fail("kind", need.kinds and supply.kind not in accepted, close)
    fail("levels", need.levels and not need.levels & supply.levels, bool(supply.levels & need.near_levels))
    low = max(d for d in (supply.period_from, need.period_from, today) if d)
    ends = [d for d in (supply.period_until, need.period_until) if d]
    high = min(ends) if ends else date.max
    fail("period", low > high, (low - high).days <= NEAR_DAYS)
    fail("period", any(low >= a and high <= b for a, b in need.closed))
    fail("weekdays", not meets(supply.weekdays, need.weekdays), True)
    fail("dayparts", not meets(supply.dayparts, need.dayparts), True)
    fail("language", need.language and need.language != supply.language, True)
    fail("full", supply.places_left == 0)
    fail("unavailable", not supply.available)
    fail("expired", bool(supply.period_until and supply.period_until < today))
    fail("blocked", supply.organisation_id in need.blocked)
    km, point, missed, almost = reach(need, supply)
    levels = (need.levels & supply.levels).bit_count() / need.levels.bit_count() if need.levels else 1.0
    as_asked = 1.0 if not need.kinds or supply.kind in need.kinds else 0.0
    return fails | missed, nearly | almost, km, point, levels, as_asked


def shares_of(need, supply, text, mass, judged, w: Weights, asked: tuple, offered: tuple, trust):
    _, _, km, _, levels, kind = judged
    themes = len(set(asked) & set(offered)) / len(set(asked)) if asked else 0.5
    return (
        w.text * (text / (text + w.c * mass) if mass > 0 else 0.0),
        w.near * (w.anywhere if km is None else w.d0 / (w.d0 + km)),
        w.themes * themes,
        w.levels * levels,
        w.kind * kind,
        w.trust * (0.5 if trust is None else trust),
    )


def suggestions(asker, things, generation, w: Weights, today, viewer, k):
    """(fits, near, nearby): lists of (id, score, km, point), near with its code, ordered as promised."""
    sources = need_sources(asker) if isinstance(asker, Need) else supply_sources(asker)[:4]
    terms = query_terms(analyser(), sources, w.query)
    mass = sum(t.weight * generation.idf(t.key) for t in terms)
    fits, near, nearby = [], [], []
    for thing in things:
        if not thing.labels & viewer:
            continue
        need, supply = (asker, thing) if isinstance(asker, Need) else (thing, asker)
        judged = judge(need, supply, today)
        if isinstance(asker, Supply) and need.period_until and need.period_until < today:
            judged[0].add("expired")
        fails, nearly, km, point = judged[:4]
        text = text_score(terms, thing, generation)
        trust = thing.trust if isinstance(thing, Supply) else None
        score = 0.0
        for share in shares_of(need, supply, text, mass, judged, w, asker.themes, thing.themes, trust):
            score += share
        row = (thing.id, score, km, point)
        subject = text > 0 or bool(set(asker.themes) & set(thing.themes))
        if not fails:
            (fits if subject else nearby).append((row, thing))
        elif subject and len(fails) == 1 and fails <= nearly:
            near.append((row, next(iter(fails))))
    fits.sort(key=lambda f: (-f[0][1], f[0][0]))
    fits = [row for row, _ in spread(fits, w)][:k]
    near.sort(key=lambda n: (-n[0][1], n[0][0]))
    nearby.sort(key=lambda n: (inf if n[0][2] is None else n[0][2], n[0][0]))
    return fits, [(*row, code) for row, code in near[:5]], [row for row, _ in nearby][: max(0, k - len(fits))]


def spread(fits, w):
    seen, keyed = {}, []
    for row, thing in fits[:50]:
        n = seen.get(thing.organisation_id, 0)
        seen[thing.organisation_id] = n + 1
        first = w.first_time if getattr(thing, "had_nothing_before", False) else 1.0
        keyed.append((-(row[1] * w.spread**n * first), row[0], (row, thing)))
    return [f for *_, f in sorted(keyed, key=lambda t: t[:2])] + fits[50:]
