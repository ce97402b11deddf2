"""From judged candidates to an order: shares of the blend, ties, and the stated re-ranking for fairness.

Order: score descending, then id ascending. The first `SPREAD_OVER` are re-ranked once: offers of one organisation are
spread (the n-th of an organisation ranks as score · spreadⁿ⁻¹), and for companies the schools that had nothing before
come first (score · first_time). Scores and shares stay what they were; only the order changes.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from techfinder.matching.blend import Weights
from techfinder.matching.filters import Judged

SHARES = ("text", "near", "themes", "levels", "kind", "trust")
SPREAD_OVER = 50


class Ranked(NamedTuple):
    """One candidate that is in the race; `segment` and `row` say where its columns are."""

    id: int
    organisation_id: int
    score: float
    shares: tuple[float, ...]  # in the order of SHARES
    km: float | None
    point_id: int | None
    segment: int
    row: int
    fails: int = 0
    first_time: bool = False


def features(
    w: Weights, judged: Judged, text: np.ndarray, mass: float, themes: np.ndarray, trust: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores [M] and shares [6, M]. `text` are weighted BM25 sums, `mass` Σ weight·idf of the question's terms."""
    shares = np.stack(
        [
            w.text * (text / (text + w.c * mass) if mass > 0 else text * 0.0),
            w.near * np.where(np.isnan(judged.km), w.anywhere, w.d0 / (w.d0 + judged.km)),
            w.themes * themes,
            w.levels * judged.levels,
            w.kind * judged.kind,
            w.trust * np.where(np.isnan(trust), 0.5, trust),
        ]
    )
    score = shares[0]
    for share in shares[1:]:
        score = score + share
    return score, shares


class Runner(NamedTuple):
    """A candidate as far as the order needs it; `whole(number)` makes the rest."""

    behind: float  # minus the score: tuples sort best first, ties on id
    id: int
    organisation_id: int
    first_time: bool
    number: int
    whole: Callable[[int], Ranked]

    def ranked(self) -> Ranked:
        return self.whole(self.number)


def in_order(runners: Iterable[Runner]) -> list[Runner]:
    return sorted(runners, key=itemgetter(0, 1))


def spread(w: Weights, runners: Sequence[Runner]) -> list[Runner]:
    """The stated re-ranking of the first `SPREAD_OVER`; the rest keeps its place behind them."""
    seen: dict[int, int] = {}
    keyed = []
    for r in runners[:SPREAD_OVER]:
        behind, id_, org, first_time, _, _ = r
        n = seen.get(org, 0)
        seen[org] = n + 1
        keyed.append((behind * w.spread**n * (w.first_time if first_time else 1.0), id_, r))
    return [r for _, _, r in sorted(keyed, key=itemgetter(0, 1))] + list(runners[SPREAD_OVER:])
