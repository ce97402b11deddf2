"""The blend with numpy, for peers that bring candidates with a text score: hard filters, kilometres, shares, spread, ten.

The formula and the weights are the engine's (`techfinder.matching.blend`), written anew; kilometres are those of a flat map with the
ellipsoid's scales halfway, which is off by less than 0.01 % in this country.
"""

from collections.abc import Sequence

import numpy as np

from techfinder.matching.blend import weights
from techfinder.matching.reach import ANSWERS, CLASS, COMPANY, REACH
from techfinder.matching.values import Need, Supply

TEN, SPREAD_OVER = 10, 50
KINDS = sorted(REACH)


def accepted(need: Need) -> list[str]:
    """The kinds that answer a need; all of them when it names none."""
    return sorted(need.kinds.union(*(ANSWERS.get(k, ()) for k in need.kinds))) if need.kinds else KINDS


def scales(lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres to a degree of latitude and of longitude on WGS 84 (47 CFR § 73.208, from Clarke's series)."""
    m = np.radians(lat)
    return (
        111.13209 - 0.56605 * np.cos(2 * m) + 0.0012 * np.cos(4 * m),
        111.41513 * np.cos(m) - 0.09455 * np.cos(3 * m) + 0.00012 * np.cos(5 * m),
    )


def spread(scores: Sequence[float], ids: Sequence[int], organisations: Sequence[int]) -> list[tuple[int, float]]:
    """(id, score) of the first ten after the stated re-ranking of the first fifty."""
    factor, seen, keyed = weights().spread, dict[int, int](), []
    for score, i, organisation in sorted(zip(scores, ids, organisations, strict=True), key=lambda t: (-t[0], t[1]))[:SPREAD_OVER]:
        n = seen.get(organisation, 0)
        seen[organisation] = n + 1
        keyed.append((-score * factor**n, i, score))
    return [(i, score) for _, i, score in sorted(keyed)[:TEN]]


class Blend:
    """Columns of the offers, by row."""

    def __init__(self, supplies: Sequence[Supply]):
        themes = {code: n for n, code in enumerate(sorted({t for s in supplies for t in s.themes}))}
        points = [p for s in supplies for p in s.points]
        self.themes = themes
        self.seen = np.zeros(0, np.int64)  # the candidates of the last question, to say why others were missed
        self.id = np.array([s.id for s in supplies], np.int64)
        self.organisation = np.array([s.organisation_id for s in supplies], np.int32)
        self.kind = np.array([KINDS.index(s.kind) for s in supplies], np.uint8)
        self.travel = np.array([{COMPANY: 1, CLASS: 2}.get(REACH[k], 0) for k in KINDS], np.uint8)
        self.levels = np.array([s.levels for s in supplies], np.uint64)
        self.theme = np.array([sum(1 << themes[t] for t in s.themes) for s in supplies], np.uint64)
        self.trust = np.array([0.5 if s.trust is None else s.trust for s in supplies], np.float64)
        self.start = np.concatenate([[0], np.cumsum([len(s.points) for s in supplies])]).astype(np.int32)
        self.lat = np.array([p.lat for p in points], np.float64)
        self.lon = np.array([p.lon for p in points], np.float64)
        self.radius = np.array([-1.0 if p.radius_km is None else p.radius_km for p in points], np.float32)

    def bytes(self) -> int:
        """Of all arrays."""
        return sum(a.nbytes for a in vars(self).values() if isinstance(a, np.ndarray) and a is not self.seen)

    def filtered(self, need: Need, rows: np.ndarray) -> np.ndarray:
        """The rows whose kind and level fit."""
        wanted = np.isin(KINDS, accepted(need))
        return rows[wanted[self.kind[rows]] & ((self.levels[rows] & np.uint64(need.levels)) != 0)]

    def reached(self, need: Need, rows: np.ndarray, slack: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """(bool: within reach, kilometres of the nearest point that is, nan where nobody travels); `slack`: share of the limit."""
        first = self.start[rows]
        counts = self.start[rows + 1] - first
        begin = np.cumsum(counts) - counts
        at = np.arange(counts.sum()) + np.repeat(first - begin, counts)
        travel = self.travel[self.kind[rows]]
        north, east = scales((self.lat[at] + need.lat) / 2)
        km = np.sqrt(((self.lat[at] - need.lat) * north) ** 2 + ((self.lon[at] - need.lon) * east) ** 2)
        limit = np.where(np.repeat(travel == 1, counts), self.radius[at], need.max_travel_km)
        nearest = np.minimum.reduceat(np.where(km <= limit * (1 + slack) + slack, km, np.inf), begin) if len(rows) else km
        return (travel == 0) | (nearest < np.inf), np.where(travel == 0, np.nan, nearest)

    def scores(self, need: Need, rows: np.ndarray, text: np.ndarray, mass: float, km: np.ndarray) -> np.ndarray:
        """The blend: text t/(t + c·q), nearness d0/(d0 + km), themes, levels, kind, trust."""
        w = weights()
        asked = sum(1 << self.themes[t] for t in need.themes if t in self.themes)
        total = w.text * (text / (text + w.c * mass))
        total += w.near * np.where(np.isnan(km), w.anywhere, w.d0 / (w.d0 + km))
        total += w.themes * (np.bitwise_count(self.theme[rows] & np.uint64(asked)) / len(need.themes) if need.themes else 0.5)
        total += w.levels * (np.bitwise_count(self.levels[rows] & np.uint64(need.levels)) / need.levels.bit_count())
        total += w.kind * (np.isin(KINDS, list(need.kinds))[self.kind[rows]] if need.kinds else 1.0)
        return total + w.trust * self.trust[rows]

    def first_ten(self, need: Need, rows: np.ndarray, text: np.ndarray, mass: float) -> list[int]:
        """The ids of the first ten; `text` are scores of the peer's own, at most `mass` times a constant."""
        self.seen = rows
        within, km = self.reached(need, rows)
        rows, text, km = rows[within], text[within], km[within]
        scores = self.scores(need, rows, text, mass, km)
        if len(rows) > SPREAD_OVER:
            best = np.argpartition(-scores, SPREAD_OVER - 1)[:SPREAD_OVER]
            rows, scores = rows[best], scores[best]
        return [i for i, _ in spread(scores.tolist(), self.id[rows].tolist(), self.organisation[rows].tolist())]
