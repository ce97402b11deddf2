"""The offers as our analysis sees them, once for the reference and for all peers that take its terms."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import documents, read
from techfinder.matching.terms import document, supply_sources
from techfinder.matching.values import Supply

CHECKED = 200


@dataclass(frozen=True)
class Analysed:
    """Offer `row` has the terms `terms[offsets[row]:offsets[row + 1]]` with their weighted frequencies in `eighths`.

    keys: T terms; offsets int64 [N+1]; terms int32 [P]; eighths uint8 [P]; lengths int64 [N] in words; df int64 [T];
    `seconds`: what the analysis took, which is part of building for everybody.
    """

    keys: list[str]
    number: dict[str, int]
    offsets: np.ndarray
    terms: np.ndarray
    eighths: np.ndarray
    lengths: np.ndarray
    df: np.ndarray
    seconds: float

    def __len__(self) -> int:
        return len(self.lengths)

    def repeated(self, row: int, unit: int) -> list[str]:
        """The terms of an offer, each as often as its frequency says, `unit` eighths to one, at least once."""
        at = slice(self.offsets[row], self.offsets[row + 1])
        times = np.maximum(1, np.rint(self.eighths[at] / unit)).astype(np.int64)
        return [self.keys[t] for t in np.repeat(self.terms[at], times).tolist()]

    def documents(self, unit: int) -> Iterator[list[str]]:
        """All offers, as `repeated` gives them."""
        return (self.repeated(row, unit) for row in range(len(self)))


def analyse(supplies: Sequence[Supply]) -> Analysed:
    """In the order of the offers: all at once, and `CHECKED` of them again one by one. Raises ValueError where those differ."""
    start = time.perf_counter()
    pile = documents(analyser(), read(supplies, True))
    seconds = time.perf_counter() - start
    for row in range(0, len(supplies), max(1, len(supplies) // CHECKED)):
        if pile[row] != document(analyser(), supply_sources(supplies[row])):
            raise ValueError(f"offer {supplies[row].id} is analysed differently alone")
    keys = list(pile.names)
    df = np.bincount(pile.terms, minlength=len(keys))
    return Analysed(keys, {key: n for n, key in enumerate(keys)}, pile.starts, pile.terms, pile.tf, pile.lengths, df, seconds)
