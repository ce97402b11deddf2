"""`suggest` and `seekers`: the same steps from either side of a pair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights
from techfinder.matching.explain import matched_words
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
    ranked_fits,
    reasons,
    theme_counts,
)
from techfinder.matching.pairs import failure, params, remarks, would
from techfinder.matching.ranking import Ranked
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


def suggestions(side: Side, who: Asker, q: Question, k: int, w: Weights) -> Suggestions:
    fields = [_on_subject(segment, side, who, q, w) for segment in side.segments]
    first = ranked_fits(side.segments, fields, k, w, who.point_ids)
    near = best(side.segments, fields, nearly_fitting(fields), NEAR_MISSES, who.point_ids)
    nearby: list[Ranked] = []
    if len(first) < k:
        others = [_off_subject(s, f, who, q, w) for s, f in zip(side.segments, fields, strict=True)]
        nearby = best(side.segments, others, fitting(others, False), k - len(first), who.point_ids, nearest=True)
    return Suggestions(
        fits=tuple(present(side, who, q, r) for r in first),
        near=tuple(near_miss(side, who, q, r) for r in near),
        nearby=tuple(present(side, who, q, r) for r in nearby),
        on_subject=sum(len(f.rows) for f in fields),
        failures=lonely_failures(fields),
        weights=w.version,
    )


def _on_subject(segment: Segment, side: Side, who: Asker, q: Question, w: Weights) -> Field:
    text = segment.text_scores(q.terms, side.statistics, side.table)
    about = text > 0
    if q.themes:
        about |= theme_counts(segment, q.themes) > 0
    rows = np.flatnonzero(about & segment.visible(q.viewer))
    return field_of(segment, who.judge(segment, rows), rows, text, q, w)


def _off_subject(segment: Segment, subject: Field, who: Asker, q: Question, w: Weights) -> Field:
    rest = segment.visible(q.viewer).copy()
    rest[subject.rows] = False
    rows = np.flatnonzero(rest)
    return field_of(segment, who.judge(segment, rows), rows, np.zeros(len(segment)), q, w)


def present(side: Side, who: Asker, q: Question, r: Ranked) -> Suggestion:
    """A ranked candidate with its reasons; the shares add up to the score."""
    thing = side.shelves[r.segment][r.row]
    need, supply = who.pair(thing)
    words = matched_words(analyser(), q.terms, texts_of(thing)) if r.shares[0] else ()
    why = reasons(r, params(need, supply, r.km, words)) + remarks(need, supply)
    return Suggestion(r.id, r.organisation_id, r.score, r.km, r.point_id, why, words)


def near_miss(side: Side, who: Asker, q: Question, r: Ranked) -> NearMiss:
    need, supply = who.pair(side.shelves[r.segment][r.row])
    code = failure(r.fails)
    return NearMiss(present(side, who, q, r), code, would(code, need, supply, r.km, r.point_id))


def by_text(side: Side, q: Question, k: int, w: Weights) -> tuple[Suggestion, ...]:
    """Text alone: no filter but the labels, no distance, no explanation."""
    found: list[tuple[float, int, int]] = []
    for segment in side.segments:
        text = segment.text_scores(q.terms, side.statistics, side.table)
        rows = np.flatnonzero((text > 0) & segment.visible(q.viewer))
        ids, orgs = segment.columns["id"][rows], segment.columns["org"][rows]
        order = np.lexsort((ids, -text[rows]))[:k]
        found += [(-float(text[rows[o]]), int(ids[o]), int(orgs[o])) for o in order]
    return tuple(Suggestion(i, org, -score, None, None) for score, i, org in sorted(found)[:k])


__all__: Sequence[str] = ("Asker", "asker", "by_text", "suggestions", "texts_of")
