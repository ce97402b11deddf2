"""`suggest` over one segment by the compiled kernel: arguments in, ranked candidates out."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, nan, radians, sin, sqrt

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching import kernel
from techfinder.matching.blend import Weights
from techfinder.matching.blocks import unpacked
from techfinder.matching.columns import early, language_code, late, masks_of
from techfinder.matching.counting import counted
from techfinder.matching.criteria import CODES
from techfinder.matching.distance import A, F
from techfinder.matching.finishing import IDS, KM, LEAST, ORGS, SHARES
from techfinder.matching.judging import FITS, NEAR
from techfinder.matching.matcher import Question
from techfinder.matching.ranking import SPREAD_OVER, Ranked, Runner
from techfinder.matching.segment import Segment, fixed
from techfinder.matching.values import Need

NOTHING = -1.0  # a score that everything reaches
NONE, NO_THEMES = fixed([], np.int64), fixed([], np.uint64)
NONE_KNOWN = (NONE, fixed([], np.float64))


@dataclass(frozen=True, slots=True)
class Asked:
    """A need as the kernel takes it: numbers as in `judging.ASKED`, and the arrays of `judging.SETS` but the first and the last."""

    need: Need
    question: Question
    weights: Weights
    numbers: tuple
    arrays: tuple

    def of(self, segment: Segment, powers: np.ndarray) -> tuple:
        sets = (segment.seen_by(self.question.viewer), *self.arrays, powers)
        return (self.numbers, sets, self.question.hashes, self.question.factors)


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
    x, y, z = position(lat, lon)
    today = q.today.toordinal()
    u = np.uint64
    numbers = (
        *masks_of(need.kinds), u(need.levels), u(need.near_levels),
        max(early(need.period_from), today), late(need.period_until), today,
        need.weekdays & 0x7F, need.dayparts & 0xFFFF, u(language_code(need.language)),
        lat, lon, -1.0 if need.max_travel_km is None else float(need.max_travel_km),
        x, y, z,
        w.text, w.near, w.themes, w.levels, w.kind, w.trust, w.c, w.d0, w.anywhere, q.mass,
    )  # fmt: skip
    arrays = (
        listed([a.toordinal() for a, _ in need.closed]), listed([b.toordinal() for _, b in need.closed]),
        listed(sorted(need.blocked)), fixed(sorted(q.themes), np.uint64) if q.themes else NO_THEMES,
    )  # fmt: skip
    return Asked(need, q, w, numbers, arrays)


def position(lat: float, lon: float) -> tuple[float, float, float]:
    """As `distance.positions`, of one place."""
    p, q = radians(lat), radians(lon)
    n = A / sqrt(1 - F * (2 - F) * sin(p) ** 2)
    return n * cos(p) * cos(q), n * cos(p) * sin(q), n * (1 - F) ** 2 * sin(p)


def listed(numbers: list[int]) -> np.ndarray:
    """As int64."""
    return fixed(numbers, np.int64) if numbers else NONE


@lru_cache(8)
def powers_of(w: Weights, reranked: bool) -> np.ndarray:
    """What the n-th of an organisation counts in the re-ranking; 1 without it."""
    return fixed([w.spread**n for n in range(SPREAD_OVER)] if reranked else [1.0], np.float64)


def best_fits(segment: Segment, number: int, asked: Asked, k: int, least: float) -> tuple[list[Runner], float]:
    """What can come among the first `k` after the re-ranking, best first, and the score below which that is not all there is."""
    return _run(segment, number, asked, FITS, k, max(k, SPREAD_OVER), least, powers_of(asked.weights, k <= SPREAD_OVER))


def best_near(segment: Segment, number: int, asked: Asked, most: int, least: float) -> tuple[list[Runner], float]:
    """The first near misses, best first."""
    return _run(segment, number, asked, NEAR, most, most, least, powers_of(asked.weights, False))


def _run(
    segment: Segment, number: int, asked: Asked, mode: int, k: int, room: int, least: float, powers: np.ndarray
) -> tuple[list[Runner], float]:
    if not len(segment):
        return [], least
    arguments, values = segment.arguments, asked.of(segment, powers)
    known = NONE_KNOWN
    while True:
        whole, real, reached, doubts = kernel.run(mode, k, room, least, *arguments, *values, *known)
        if not len(doubts):
            break
        known = settled(segment, asked.need, doubts, known)
    rows, numbers, points = whole.tolist(), real.tolist(), segment.columns["point_id"]

    def ranked(i: int) -> Ranked:
        row, fails, _, id_, org, at = rows[i]
        values = numbers[i]
        km, point = (values[KM], int(points[at])) if at >= 0 else (None, None)
        return Ranked(id_, org, values[LEAST], tuple(values[:SHARES]), km, point, number, row, fails)

    found = enumerate(zip(rows, numbers, strict=True))
    return [Runner(-values[LEAST], own[IDS], own[ORGS], False, i, ranked) for i, (own, values) in found], reached


def settled(segment: Segment, need: Need, doubts: np.ndarray, known: tuple) -> tuple[np.ndarray, np.ndarray]:
    """The points that geopy was asked about and the kilometres it gave, those of `known` too."""
    c, found = segment.columns, dict(zip(known[0].tolist(), known[1].tolist(), strict=True))
    for p in doubts.tolist():
        found[p] = geodesic((need.lat, need.lon), (float(c["point_lat"][p]), float(c["point_lon"][p])))  # type: ignore[arg-type]
    return fixed(list(found), np.int64), fixed(list(found.values()), np.float64)


def counts(segment: Segment, asked: Asked, counting: bool) -> Counts:
    """What is on the subject; failures only when `counting`."""
    if not len(segment):
        return Counts(segment.alive, 0, {})
    known = NONE_KNOWN
    docs, points, travels, _, _, text = segment.arguments
    while True:
        subject, found, doubts = counted(
            counting, docs, points, travels, text, *asked.of(segment, powers_of(asked.weights, False)), *known
        )
        if not len(doubts):
            break
        known = settled(segment, asked.need, doubts, known)
    failures = {code: n for code, n in zip(CODES, found[1:].tolist(), strict=True) if n}
    return Counts(unpacked(subject, len(segment)), int(found[0]), failures)
