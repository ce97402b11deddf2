"""`suggest` and `seekers`: the same steps from either side of a pair."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from techfinder.matching.blend import Weights
from techfinder.matching.explain import Explainer
from techfinder.matching.fast import Race, race
from techfinder.matching.filters import Judged, judge_needs, judge_supplies
from techfinder.matching.matcher import (
    NEAR_MISSES,
    Field,
    Question,
    best,
    field_of,
    fitting,
    lonely_failures,
    nearly_fitting,
    reasons,
    theme_counts,
)
from techfinder.matching.pairs import failure, params, remarks, would
from techfinder.matching.ranking import SPREAD_OVER, Ranked, Runner, in_order, spread
from techfinder.matching.segment import Segment
from techfinder.matching.side import Side
from techfinder.matching.terms import need_sources, supply_sources
from techfinder.matching.values import NearMiss, Need, Suggestion, Suggestions, Supply


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a need looking for supplies, or a supply looking for needs."""

    thing: Need | Supply
    judge: Callable[[Segment, np.ndarray], Judged]
    point_ids: np.ndarray | None  # the asker's own points when it is a supply

    def pair(self, other: Any) -> tuple[Need, Supply]:
        return (self.thing, other) if isinstance(self.thing, Need) else (other, self.thing)  # type: ignore[return-value]


def asker(thing: Need | Supply, q: Question) -> Asker:
    if isinstance(thing, Need):
        return Asker(thing, lambda segment, rows: judge_supplies(segment, rows, thing, q.today), None)
    ids = np.array(sorted(p.id for p in thing.points), np.int64)
    return Asker(thing, lambda segment, rows: judge_needs(segment, rows, thing, q.today), ids)


def texts_of(thing: Supply | Need) -> list[str]:
    sources = supply_sources(thing) if isinstance(thing, Supply) else need_sources(thing)
    return [text for text, _ in sources]


def suggestions(side: Side, who: Asker, q: Question, k: int, w: Weights, explain: Explainer | None) -> Suggestions:
    """Without `explain`, suggestions carry no reasons and no words, and nothing is put forward as nearby."""
    texts = [s.text_scores(q.terms, side.statistics, side.table) for s in side.segments]

    def races_of(counting: bool) -> list[Race]:
        near = NEAR_MISSES if explain else 0
        return [_race(s, n, texts[n], who, q, k, w, near, counting) for n, s in enumerate(side.segments)]

    races = races_of(False)
    if explain and sum(len(race.fits) for race in races) < k:
        races = races_of(True)
    in_front = in_order(r for race in races for r in race.fits)[: max(k, SPREAD_OVER)]
    first = [r.ranked() for r in spread(w, in_front)[:k]]
    near = in_order(r for race in races for r in race.near)[:NEAR_MISSES] if explain else []
    nearby: list[Ranked] = []
    if explain and len(first) < k:
        others = [_off_subject(s, r.subject, who, q, w) for s, r in zip(side.segments, races, strict=True)]
        nearby = best(side.segments, others, fitting(others, False), k - len(first), who.point_ids, nearest=True)
    return Suggestions(
        fits=tuple(present(side, who, r, explain) if explain else bare(r) for r in first),
        near=tuple(near_miss(side, who, r.ranked(), explain) for r in near if explain),
        nearby=tuple(present(side, who, r, explain) for r in nearby if explain),
        on_subject=sum(race.on_subject for race in races),
        failures=dict(sum((Counter(race.failures) for race in races), Counter())),
        weights=w.version,
    )


def _race(
    segment: Segment, n: int, text: np.ndarray, who: Asker, q: Question, k: int, w: Weights, near: int, counting: bool
) -> Race:
    """By the kernel for needs among supplies; the other way round by `filters`, whose results are the same."""
    if isinstance(who.thing, Need):
        return race(segment, n, text, who.thing, q, w, max(k, SPREAD_OVER), near, counting)
    return slow_race(segment, n, text, who, q, k, w)


def slow_race(segment: Segment, n: int, text: np.ndarray, who: Asker, q: Question, k: int, w: Weights) -> Race:
    about = text > 0
    if q.themes:
        about |= theme_counts(segment, q.themes) > 0
    rows = np.flatnonzero(about & segment.visible(q.viewer))
    field = field_of(segment, who.judge(segment, rows), rows, text, q, w)

    def first(chosen: list[np.ndarray], most: int) -> list[Runner]:
        found = [replace(r, segment=n) for r in best([segment], [field], chosen, most, who.point_ids)]
        return [
            Runner(-r.score, r.id, r.organisation_id, r.first_time, i, found.__getitem__) for i, r in enumerate(found)
        ]

    fits = first(fitting([field], True), max(k, SPREAD_OVER))
    near = first(nearly_fitting([field]), NEAR_MISSES)
    return Race(fits, near, lonely_failures([field]), len(rows), about)


def _off_subject(segment: Segment, subject: np.ndarray, who: Asker, q: Question, w: Weights) -> Field:
    rows = np.flatnonzero(segment.visible(q.viewer) & ~subject)
    return field_of(segment, who.judge(segment, rows), rows, np.zeros(len(segment)), q, w)


def present(side: Side, who: Asker, r: Ranked, explain: Explainer) -> Suggestion:
    """A ranked candidate with its reasons; the shares add up to the score."""
    thing = side.shelves[r.segment][r.row]
    need, supply = who.pair(thing)
    words = explain.words(texts_of(thing), stored=r.segment == 0) if r.shares[0] else ()
    why = reasons(r, params(need, supply, r.km, words)) + remarks(need, supply)
    return Suggestion(r.id, r.organisation_id, r.score, r.km, r.point_id, why, words)


def bare(r: Ranked) -> Suggestion:
    return Suggestion(r.id, r.organisation_id, r.score, r.km, r.point_id)


def near_miss(side: Side, who: Asker, r: Ranked, explain: Explainer) -> NearMiss:
    need, supply = who.pair(side.shelves[r.segment][r.row])
    code = failure(r.fails)
    return NearMiss(present(side, who, r, explain), code, would(code, need, supply, r.km, r.point_id))


def by_text(side: Side, q: Question, k: int, w: Weights) -> tuple[Suggestion, ...]:
    """Text alone: no filter but the labels, no distance, no explanation."""
    found: list[tuple[float, int, int]] = []
    for segment in side.segments:
        text = segment.text_scores(q.terms, side.statistics, side.table)
        rows = np.flatnonzero((text > 0) & segment.visible(q.viewer))
        if len(rows) > k:
            rows = rows[text[rows] >= np.partition(text[rows], len(rows) - k)[len(rows) - k]]
        ids, orgs = segment.columns["id"][rows], segment.columns["org"][rows]
        order = np.lexsort((ids, -text[rows]))[:k]
        found += [(-float(text[rows[o]]), int(ids[o]), int(orgs[o])) for o in order]
    return tuple(Suggestion(i, org, -score, None, None) for score, i, org in sorted(found)[:k])


__all__: Sequence[str] = ("Asker", "asker", "by_text", "suggestions", "texts_of")
