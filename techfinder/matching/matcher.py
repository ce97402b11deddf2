"""Suggestions both ways over a set of segments: candidates, filters, blend, near misses, and what is nearby."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, isnan

import numpy as np

from techfinder.matching.blend import Weights
from techfinder.matching.criteria import BIT, CODES
from techfinder.matching.filters import Judged
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.ranking import SHARES, Ranked, features
from techfinder.matching.segment import Segment
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Reason

NEAR_MISSES = 5
HIDDEN = ("full", "unavailable", "expired", "blocked")  # never put forward as a near miss


@dataclass(frozen=True, slots=True)
class Question:
    """`themes` are hashes; `mass` is Σ weight·idf of the terms; per term `hashes` uint64 and `factors`, weight·idf, float64."""

    terms: tuple[QueryTerm, ...]
    hashes: np.ndarray
    factors: np.ndarray
    mass: float
    themes: frozenset[int]
    viewer: frozenset[str]
    today: date


def factors_of(terms: Sequence[QueryTerm], statistics: Statistics) -> tuple[np.ndarray, np.ndarray]:
    """The terms' hashes, uint64 [T], and weight · idf, float64 [T]."""
    kept, hashes, factors = statistics.kept, [], []
    for key, weight, _, _ in terms:
        number, idf = kept.get(key) or statistics.hashed(key)
        hashes.append(number)
        factors.append(weight * idf)
    made = np.array(hashes, np.uint64), np.array(factors, np.float64)
    for array in made:
        array.flags.writeable = False
    return made


def added(factors: np.ndarray) -> float:
    """One after the other: `sum` compensates."""
    mass = 0.0
    for factor in factors.tolist():
        mass += factor
    return mass


def question(
    terms: tuple[QueryTerm, ...], themes: Sequence[str], viewer: frozenset[str], today: date, statistics: Statistics
) -> Question:
    hashes, factors = factors_of(terms, statistics)
    about = frozenset([term_hash("#" + t) for t in themes])
    return Question(terms, hashes, factors, added(factors), about, viewer, today)


def theme_counts(segment: Segment, themes: frozenset[int]) -> np.ndarray:
    """How many of the asked themes each document has, int [N]."""
    c = segment.columns
    if not themes:
        return np.zeros(len(segment), np.int64)
    hit = np.isin(c["theme"], np.array(sorted(themes), np.uint64))
    return np.bincount(c["theme_owner"][hit], minlength=len(segment))


@dataclass(frozen=True, slots=True)
class Field:
    """The candidates of one segment, judged and scored."""

    rows: np.ndarray
    judged: Judged
    score: np.ndarray
    shares: np.ndarray
    subject: np.ndarray  # bool: shares a word or a theme with the question


def field_of(segment: Segment, judge: Judged, rows: np.ndarray, text: np.ndarray, q: Question, w: Weights) -> Field:
    counts = theme_counts(segment, q.themes)[rows]
    themes = counts / len(q.themes) if q.themes else np.full(len(rows), 0.5)
    trust = segment.columns.get("trust", np.zeros(0))
    trust = trust[rows] if len(trust) else np.full(len(rows), np.nan)
    score, shares = features(w, judge, text[rows], q.mass, themes, trust)
    return Field(rows, judge, score, shares, (text[rows] > 0) | (counts > 0))


def entry(segments: Sequence[Segment], point_ids: np.ndarray | None, n: int, f: Field, i: int) -> Ranked:
    """Candidate `i` of segment `n`. `point_ids` are the supply's own when needs are ranked, else the segment's."""
    c = segments[n].columns
    row = int(f.rows[i])
    ids = c["point_id"] if point_ids is None else point_ids
    at, km = int(f.judged.point[i]), float(f.judged.km[i])
    return Ranked(
        id=int(c["id"][row]),
        organisation_id=int(c["org"][row]),
        score=float(f.score[i]),
        shares=tuple(float(s) for s in f.shares[:, i]),
        km=None if isnan(km) else km,
        point_id=int(ids[at]) if at >= 0 else None,
        segment=n,
        row=row,
        fails=int(f.judged.fails[i]),
        first_time=bool(c["nothing_before"][row]) if "nothing_before" in c else False,
    )


def best(
    segments: Sequence[Segment], fields: Sequence[Field], chosen: Sequence[np.ndarray], k: int,
    point_ids: np.ndarray | None, nearest: bool = False,
) -> list[Ranked]:  # fmt: skip
    """The first `k` of the chosen candidates (positions per field) by score, or by kilometres; ties on id."""
    found = []
    for n, (f, at) in enumerate(zip(fields, chosen, strict=True)):
        ids = segments[n].columns["id"][f.rows[at]]
        value = np.where(np.isnan(f.judged.km[at]), np.inf, f.judged.km[at]) if nearest else -f.score[at]
        order = np.lexsort((ids, value))[:k]
        found += [(value[o], ids[o], n, int(at[o])) for o in order]
    found.sort(key=lambda t: t[:2])
    return [entry(segments, point_ids, n, fields[n], i) for _, _, n, i in found[:k]]


def fitting(fields: Sequence[Field], subject: bool) -> list[np.ndarray]:
    return [np.flatnonzero((f.judged.fails == 0) & (f.subject == subject)) for f in fields]


def nearly_fitting(fields: Sequence[Field]) -> list[np.ndarray]:
    hidden = sum(BIT[c] for c in HIDDEN)
    chosen = []
    for f in fields:
        fails = f.judged.fails
        one = (np.bitwise_count(fails) == 1) & ((fails & hidden) == 0) & ((fails & ~f.judged.nearly) == 0)
        chosen.append(np.flatnonzero(one & f.subject))
    return chosen


def lonely_failures(fields: Sequence[Field]) -> dict[str, int]:
    """Per filter, how many candidates on this subject only it kept out."""
    counts = {}
    for code in CODES:
        count = sum(int((f.subject & (f.judged.fails == BIT[code])).sum()) for f in fields)
        if count:
            counts[code] = count
    return counts


def reasons(r: Ranked, params: Mapping[str, Mapping]) -> tuple[Reason, ...]:
    """One per share that is not nothing; `near` becomes `anywhere` when nobody travels."""
    made = []
    for code, share in zip(SHARES, r.shares, strict=True):
        name = "anywhere" if code == "near" and r.km is None else code
        made.append(Reason(name, share, params.get(name, {})))
    return tuple(made)


def rounded_up(km: float) -> int:
    """Whole kilometres that would do."""
    return max(1, ceil(km))
