"""`suggest` by the compiled kernel: arguments in, ranked candidates out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching import kernel
from techfinder.matching.blend import Weights
from techfinder.matching.blocks import unpacked
from techfinder.matching.columns import TRAVELS, early, language_code, late, masks_of
from techfinder.matching.counting import counted
from techfinder.matching.criteria import CODES
from techfinder.matching.finishing import IDS, KM, LEAST, ORGS, POINT_BITS, POINTS, SHARES
from techfinder.matching.geometry import position
from techfinder.matching.judging import FITS, NEAR
from techfinder.matching.matcher import Question
from techfinder.matching.ranking import SPREAD_OVER, Ranked, Runner
from techfinder.matching.segment import Segment, fixed
from techfinder.matching.side import Side
from techfinder.matching.values import Need, Suggestion

NONE, NO_THEMES = fixed([], np.int64), fixed([], np.uint64)
NONE_KNOWN = (NONE, fixed([], np.float64))


@dataclass(frozen=True, slots=True)
class Asked:
    """A need as the kernel takes it (`judging.QUESTION`)."""

    need: Need
    question: Question
    arrays: tuple


@dataclass(frozen=True, slots=True)
class Counts:
    """`subject` bool [N]: shares a word or a theme; how many of those are visible, and how many only one filter keeps out."""

    subject: np.ndarray
    on_subject: int
    failures: dict[str, int]


def asked_of(need: Need, q: Question, w: Weights) -> Asked:
    """What the kernel must know of a need, made once a question."""
    placed = need.lat is not None and need.lon is not None
    lat, lon = (float(need.lat), float(need.lon)) if placed else (nan, nan)  # type: ignore[arg-type]
    today = q.today.toordinal()
    whole = np.array([
        *masks_of(need.kinds), need.levels, need.near_levels,
        max(early(need.period_from), today), late(need.period_until), today,
        need.weekdays & 0x7F, need.dayparts & 0xFFFF, language_code(need.language),
    ], np.uint64)  # fmt: skip
    others = np.array([
        lat, lon, -1.0 if need.max_travel_km is None else float(need.max_travel_km), *position(lat, lon),
        *blend_of(w), q.mass,
    ], np.float64)  # fmt: skip
    whole.flags.writeable = others.flags.writeable = False
    arrays = (
        whole, others,
        listed([a.toordinal() for a, _ in need.closed]) if need.closed else NONE,
        listed([b.toordinal() for _, b in need.closed]) if need.closed else NONE,
        listed(sorted(need.blocked)) if need.blocked else NONE, fixed(sorted(q.themes), np.uint64) if q.themes else NO_THEMES,
        powers_of(w),
    )  # fmt: skip
    return Asked(need, q, arrays)


def listed(numbers: list[int]) -> np.ndarray:
    """As int64."""
    return fixed(numbers, np.int64) if numbers else NONE


@lru_cache(8)
def blend_of(w: Weights) -> tuple[float, ...]:
    """The weights that the kernel knows, in the order of `judging.ASKED`."""
    return (w.text, w.near, w.themes, w.levels, w.kind, w.trust, w.c, w.d0, w.anywhere)


@lru_cache(8)
def powers_of(w: Weights) -> np.ndarray:
    """What the n-th of an organisation counts in the re-ranking."""
    return fixed([w.spread**n for n in range(SPREAD_OVER)], np.float64)


Found = tuple[list[list[int]], list[list[float]]]  # the rows of what the kernel found, in the columns of `finishing`


def best_fits(side: Side, asked: Asked, k: int) -> Found:
    """Those among the first `max(k, SPREAD_OVER)` that can come among `k`, in the order of the re-ranking."""
    return _run(side, asked, FITS, max(k, 1), max(k, SPREAD_OVER))


def best_near(side: Side, asked: Asked, most: int) -> Found:
    """The first near misses, best first."""
    return _run(side, asked, NEAR, most, most)


def _run(side: Side, asked: Asked, mode: int, k: int, room: int) -> Found:
    q = asked.question
    segments, _held = side.addresses(q.viewer)
    known = NONE_KNOWN
    while True:
        whole, real, doubts = kernel.run(
            mode, k, room, segments, asked.arrays, q.hashes, q.factors, *known
        )  # fmt: skip
        if not len(doubts):
            return whole.tolist(), real.tolist()
        known = settled(side.segments, asked.need, doubts, known)


def runners(found: Found) -> list[Runner]:
    """In the order in which they were found."""
    rows, numbers = found

    def ranked(i: int) -> Ranked:
        row, fails, _, id_, org, point, segment, _ = rows[i]
        values = numbers[i]
        km, at = (None, None) if isnan(values[KM]) else (values[KM], point)
        return Ranked(id_, org, values[LEAST], tuple(values[:SHARES]), km, at, segment, row, fails)

    return [
        Runner(-values[LEAST], own[IDS], own[ORGS], False, i, ranked)
        for i, (own, values) in enumerate(zip(rows, numbers, strict=True))
    ]


def bare_fits(found: Found, k: int) -> tuple[Suggestion, ...]:
    """The first `k` without reasons."""
    made = []
    for own, values in zip(found[0][:k], found[1], strict=False):
        km, point = (None, None) if isnan(values[KM]) else (values[KM], own[POINTS])
        made.append(Suggestion(own[IDS], own[ORGS], values[LEAST], km, point))
    return tuple(made)


def settled(segments: Sequence[Segment], need: Need, doubts: np.ndarray, known: tuple) -> tuple[np.ndarray, np.ndarray]:
    """The points that geopy was asked about and the kilometres it gave, those of `known` too."""
    found = dict(zip(known[0].tolist(), known[1].tolist(), strict=True))
    for number in doubts.tolist():
        c, p = segments[number >> POINT_BITS].columns, number & ((1 << POINT_BITS) - 1)
        found[number] = geodesic((need.lat, need.lon), (float(c["point_lat"][p]), float(c["point_lon"][p])))  # type: ignore[arg-type]
    return fixed(list(found), np.int64), fixed(list(found.values()), np.float64)


def counts(segment: Segment, asked: Asked, counting: bool) -> Counts:
    """What is on the subject; failures only when `counting`."""
    if not len(segment):
        return Counts(segment.alive, 0, {})
    known = NONE_KNOWN
    docs, points, _, blocks, text = segment.arguments
    q = asked.question
    seen = segment.seen_by(q.viewer)
    while True:
        subject, found, doubts = counted(
            counting, docs, points, TRAVELS, blocks, text, seen, asked.arrays, q.hashes, q.factors, *known
        )
        if not len(doubts):
            break
        known = settled((segment,), asked.need, doubts, known)
    failures = {code: n for code, n in zip(CODES, found[1:].tolist(), strict=True) if n}
    return Counts(unpacked(subject, len(segment)), int(found[0]), failures)
