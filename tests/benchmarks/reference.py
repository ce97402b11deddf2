"""The right ten by brute force: BM25F of every offer in float64, geopy's geodesic for whatever could come first.

Shares with the engine its analysis, its weights and BM25F's constants; the rest is written anew from the definitions.
"""

import numpy as np
from whoosh.util.numeric import byte_to_length, length_to_byte

from techfinder.geo.distance import km as geodesic
from techfinder.matching.postings import K1, B
from techfinder.matching.reach import COMPANY, REACH
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Need, Supply
from tests.benchmarks.analysed import Analysed
from tests.benchmarks.blending import SPREAD_OVER, Blend, spread

SLACK = 1e-3  # ten times the flat map's error, as a share of the kilometres; in the score it is less
LOOKED_AT = 120


class Reference:
    """Answers exactly, however long it takes."""

    def __init__(self, supplies: list[Supply], analysed: Analysed, blend: Blend):
        self.supplies, self.analysed, self.blend = supplies, analysed, blend
        order = np.argsort(analysed.terms, kind="stable")
        self.docs = np.repeat(np.arange(len(supplies), dtype=np.int32), np.diff(analysed.offsets))[order]
        self.tf = (analysed.eighths[order] / 8.0).astype(np.float32)
        self.starts = np.concatenate([[0], np.cumsum(analysed.df)])
        stored = np.array([byte_to_length(length_to_byte(n)) for n in range(int(analysed.lengths.max()) + 1)], np.float64)
        self.norm = K1 * ((1 - B) + B * stored[analysed.lengths] / analysed.lengths.mean())

    def idf(self, key: str) -> float:
        """log(N / (df + 1)) + 1, Whoosh's."""
        n = self.analysed.number.get(key)
        return float(np.log(len(self.supplies) / ((self.analysed.df[n] if n is not None else 0) + 1)) + 1)

    def text(self, terms: tuple[QueryTerm, ...]) -> np.ndarray:
        """Σ weight · idf · tf·(k1 + 1)/(tf + k1·(1 − b + b·length/mean)), float64 [N]."""
        total = np.zeros(len(self.supplies))
        for t in terms:
            n = self.analysed.number.get(t.key)
            if n is not None:
                at = slice(self.starts[n], self.starts[n + 1])
                docs, tf = self.docs[at], self.tf[at].astype(np.float64)
                total[docs] += t.weight * self.idf(t.key) * (tf * (K1 + 1) / (tf + self.norm[docs]))
        return total

    def first_ten(self, need: Need, terms: tuple[QueryTerm, ...]) -> list[tuple[int, float]]:
        """(id, score) in order."""
        b, text = self.blend, self.text(terms)
        mass = sum(t.weight * self.idf(t.key) for t in terms)
        asked = np.uint64(sum(1 << b.themes[t] for t in need.themes if t in b.themes))
        rows = b.filtered(need, np.flatnonzero((text > 0) | ((b.theme & asked) != 0)))
        within, km = b.reached(need, rows, SLACK)
        rows, km = rows[within], km[within]
        rough = b.scores(need, rows, text[rows], mass, km)
        order = np.argsort(-rough, kind="stable")
        looked = LOOKED_AT
        while True:
            found = [f for i in order[:looked].tolist() if (f := self._exactly(need, int(rows[i]), text, mass))]
            found.sort(key=lambda f: (-f[0], f[1]))
            rest = rough[order[looked]] + SLACK if looked < len(order) else -1.0
            if rest < 0 or (len(found) >= SPREAD_OVER and found[SPREAD_OVER - 1][0] > rest):
                return spread([s for s, _, _ in found], [i for _, i, _ in found], [o for _, _, o in found])
            looked *= 2

    def _exactly(self, need: Need, row: int, text: np.ndarray, mass: float) -> tuple[float, int, int] | None:
        """(score, id, organisation), or None when it is out of reach after all."""
        supply, km = self.supplies[row], np.nan
        how = REACH[supply.kind]
        if self.blend.travel[self.blend.kind[row]]:
            raw = [(geodesic((need.lat, need.lon), (p.lat, p.lon)), p.radius_km if how == COMPANY else need.max_travel_km) for p in supply.points]
            inside = [round(far * 1e4) / 1e4 for far, limit in raw if far <= limit]
            if not inside:
                return None
            km = min(inside)
        at = np.array([row])
        return float(self.blend.scores(need, at, text[at], mass, np.array([km]))[0]), supply.id, supply.organisation_id
