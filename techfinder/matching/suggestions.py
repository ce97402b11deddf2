"""`suggest` and `seekers`: the same steps from either side of a pair."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from techfinder.matching.blend import Weights
from techfinder.matching.explain import Explainer
from techfinder.matching.fast import asked_of, bare_fits, best_fits, best_near, counts, runners
from techfinder.matching.filters import Judged, judge_supplies
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
from techfinder.matching.ranking import SPREAD_OVER, Ranked, Runner, spread
from techfinder.matching.readings import reading_of
from techfinder.matching.seeking import judge_needs
from techfinder.matching.segment import Segment
from techfinder.matching.side import Side
from techfinder.matching.terms import need_sources, supply_sources
from techfinder.matching.values import NearMiss, Need, Suggestion, Suggestions, Supply, Word


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


@dataclass(frozen=True, slots=True)
class Race:
    """What all segments bring: the first fits as they are re-ranked, near misses, best first, and what is counted."""

    fits: list[Runner]
    near: list[Runner]
    on_subject: int
    failures: Mapping[str, int]
    subject: Sequence[np.ndarray]  # bool [N] per segment: shares a word or a theme


def bare_suggestions(side: Side, need: Need, q: Question, k: int, w: Weights) -> Suggestions:
    """The fits without reasons and words; nothing is put forward as nearby and nothing is counted."""
    return Suggestions(fits=bare_fits(best_fits(side, asked_of(need, q, w), k), k), weights=w.version)


def suggestions(side: Side, who: Asker, q: Question, k: int, w: Weights, explain: Explainer) -> Suggestions:
    """With all that there is to say."""
    race = (fast_race if isinstance(who.thing, Need) else slow_race)(side, who, q, k, w)
    first = [r.ranked() for r in race.fits[:k]]
    nearby: list[Ranked] = []
    if len(first) < k:
        others = [_off_subject(s, subject, who, q, w) for s, subject in zip(side.segments, race.subject, strict=True)]
        nearby = best(side.segments, others, fitting(others, False), k - len(first), who.point_ids, nearest=True)
    near = [r.ranked() for r in race.near]
    shown = presented(side, who, [*first, *near, *nearby], explain)
    after = len(first) + len(near)
    return Suggestions(
        fits=tuple(s for s, _ in shown[: len(first)]),
        near=tuple(near_miss(who, r, *s) for r, s in zip(near, shown[len(first) : after], strict=True)),
        nearby=tuple(s for s, _ in shown[after:]),
        on_subject=race.on_subject,
        failures=race.failures,
        weights=w.version,
    )


def fast_race(side: Side, who: Asker, q: Question, k: int, w: Weights) -> Race:
    """By the kernel, for needs among supplies."""
    asked = asked_of(who.thing, q, w)  # type: ignore[arg-type]
    fits = runners(best_fits(side, asked, k))
    near = runners(best_near(side, asked, NEAR_MISSES))
    counted = [counts(s, asked, counting=len(fits) < k) for s in side.segments]
    failures = dict(sum((Counter(c.failures) for c in counted), Counter()))
    return Race(fits, near, sum(c.on_subject for c in counted), failures, [c.subject for c in counted])


def slow_race(side: Side, who: Asker, q: Question, k: int, w: Weights) -> Race:
    """By `filters`: either way round, and what the kernel is compared with."""
    subjects, fields = [], []
    for segment in side.segments:
        text = segment.text_scores(q.terms, side.statistics, side.table)
        about = text > 0
        if q.themes:
            about |= theme_counts(segment, q.themes) > 0
        rows = np.flatnonzero(about & segment.visible(q.viewer))
        fields.append(field_of(segment, who.judge(segment, rows), rows, text, q, w))
        subjects.append(about)

    def first(chosen: list[np.ndarray], most: int) -> list[Runner]:
        found = best(side.segments, fields, chosen, most, who.point_ids)
        return [Runner(-r.score, r.id, r.organisation_id, r.first_time, i, found.__getitem__) for i, r in enumerate(found)]

    fits = spread(w, first(fitting(fields, True), max(k, SPREAD_OVER)))
    near = first(nearly_fitting(fields), NEAR_MISSES)
    failures = lonely_failures(fields) if len(fits) < k else {}
    return Race(fits, near, sum(len(f.rows) for f in fields), failures, subjects)


def _off_subject(segment: Segment, subject: np.ndarray, who: Asker, q: Question, w: Weights) -> Field:
    rows = np.flatnonzero(segment.visible(q.viewer) & ~subject)
    return field_of(segment, who.judge(segment, rows), rows, np.zeros(len(segment)), q, w)


def words_of(side: Side, places: Sequence[tuple[int, int]], explain: Explainer) -> list[tuple[Word, ...]]:
    """The words that answered, of the documents at (segment, row): the generation's by their numbers, others from their texts."""
    shelf, read = side.shelves[0], explain.knows_numbers
    readings = {n: r for n, (at, row) in enumerate(places) if read and at == 0 and (r := reading_of(shelf, row)) is not None}
    made = dict(zip(readings, explain.readings(list(readings.values())), strict=True))
    return [
        made[n] if n in made else explain.words(texts_of(side.shelves[at][row]), stored=at == 0)
        for n, (at, row) in enumerate(places)
    ]


def presented(side: Side, who: Asker, ranked: Sequence[Ranked], explain: Explainer) -> list[tuple[Suggestion, Any]]:
    """Ranked candidates with their reasons, whose shares add up to the score; and the things themselves."""
    worded = [r for r in ranked if r.shares[0]]
    words = dict(zip(map(id, worded), words_of(side, [(r.segment, r.row) for r in worded], explain), strict=True))
    made = []
    for r in ranked:
        thing, own = side.shelves[r.segment][r.row], words.get(id(r), ())
        need, supply = who.pair(thing)
        why = reasons(r, params(need, supply, r.km, own)) + remarks(need, supply)
        made.append((Suggestion(r.id, r.organisation_id, r.score, r.km, r.point_id, why, own), thing))
    return made


def near_miss(who: Asker, r: Ranked, shown: Suggestion, thing: Any) -> NearMiss:
    need, supply = who.pair(thing)
    code = failure(r.fails)
    return NearMiss(shown, code, would(code, need, supply, r.km, r.point_id))


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


__all__: Sequence[str] = ("Asker", "asker", "bare_suggestions", "by_text", "suggestions", "texts_of", "words_of")
