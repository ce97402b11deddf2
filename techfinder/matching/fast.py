"""`suggest` over one segment by the compiled kernel: arguments in, ranked candidates out."""

from dataclasses import dataclass
from math import nan

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching import kernel
from techfinder.matching.blend import Weights
from techfinder.matching.columns import accepted_mask, early, kind_mask, language_code, late
from techfinder.matching.criteria import CODES
from techfinder.matching.filters import NEAR_MASK, TRAVEL
from techfinder.matching.matcher import Question, theme_counts
from techfinder.matching.ranking import Ranked, Runner
from techfinder.matching.segment import Segment
from techfinder.matching.values import Need

COLUMNS = (
    "kind", "levels", "from", "until", "weekdays", "dayparts", "language", "places", "available", "org", "trust",
    "id", "point_start", "point_lat", "point_lon", "px", "py", "pz", "point_radius", "point_weekdays",
)  # fmt: skip
NO_COUNTS = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Race:
    """What one segment brings: the best fits, the best near misses, and counts for the waiting list."""

    fits: list[Runner]
    near: list[Runner]
    failures: dict[str, int]
    on_subject: int
    subject: np.ndarray  # bool [N]: shares a word or a theme


def weight_vector(w: Weights) -> np.ndarray:
    return np.array([w.text, w.near, w.themes, w.levels, w.kind, w.trust, w.c, w.d0, w.anywhere], np.float64)


def race(
    segment: Segment, number: int, text: np.ndarray, need: Need, q: Question, w: Weights, k: int, near: int,
    counting: bool,
) -> Race:  # fmt: skip
    """The first `k` fits and `near` near misses of segment `number`, best first; ties on id.

    Failures are counted when `counting`: it takes longer.
    """
    if not len(segment):
        return Race([], [], {}, 0, segment.alive)
    counts = theme_counts(segment, q.themes) if q.themes else NO_COUNTS
    open_sets = np.array([bool(s & q.viewer) for s in segment.labels], bool)
    columns = [segment.columns[name] for name in COLUMNS]
    today = q.today.toordinal()
    placed = need.lat is not None and need.lon is not None
    asked = (
        TRAVEL, NEAR_MASK, np.uint64(kind_mask(need.kinds)), np.uint64(accepted_mask(need.kinds)), np.uint64(need.levels),
        np.uint64(need.near_levels), max(early(need.period_from), today), late(need.period_until), today,
        np.array([a.toordinal() for a, _ in need.closed], np.int64),
        np.array([b.toordinal() for _, b in need.closed], np.int64),
        need.weekdays & 0x7F, need.dayparts & 0xFFFF, np.uint64(language_code(need.language)),
        np.array(sorted(need.blocked), np.int64), need.lat if placed else nan, need.lon if placed else nan,
        -1.0 if need.max_travel_km is None else need.max_travel_km, weight_vector(w), q.mass, k, near, int(counting),
    )  # fmt: skip
    known: dict[int, float] = {}
    while True:
        rows, shares, points, fails, km, found, doubts = kernel.run(
            text, counts, len(q.themes), segment.alive, open_sets, segment.label_code, *columns, *asked,
            np.array(list(known), np.int64), np.array(list(known.values()), np.float64),
        )  # fmt: skip
        if not len(doubts):
            break
        for p in doubts:
            place = (float(segment.columns["point_lat"][p]), float(segment.columns["point_lon"][p]))
            known[int(p)] = geodesic((need.lat, need.lon), place)  # type: ignore[arg-type]

    def ranked(i: int) -> Ranked:
        row, at = int(rows[i]), int(points[i])
        return Ranked(
            id=int(segment.columns["id"][row]),
            organisation_id=int(segment.columns["org"][row]),
            score=float(shares[i, -1]),
            shares=tuple(shares[i, :-1].tolist()),
            km=float(km[i]) if at >= 0 else None,
            point_id=int(segment.columns["point_id"][at]) if at >= 0 else None,
            segment=number,
            row=row,
            fails=int(fails[i]),
        )

    ids, orgs = segment.columns["id"][rows].tolist(), segment.columns["org"][rows].tolist()
    behind = (-shares[:, -1]).tolist()

    def runners(first: int, count: int) -> list[Runner]:
        return [Runner(behind[i], ids[i], orgs[i], False, i, ranked) for i in range(first, first + count)]

    return Race(
        fits=runners(0, int(found[0])),
        near=runners(k, int(found[1])),
        failures={code: int(n) for code, n in zip(CODES, found[3:], strict=True) if n} if counting else {},
        on_subject=int(found[2]),
        subject=(text > 0) | (counts > 0) if len(counts) else text > 0,
    )
