"""A page out of many candidates without putting them all in order.

Candidates are compared by keys, the smaller first, the next key where one ties. A key may be known only to lie between two
bounds until it is asked for exactly, which costs; it is asked for no more candidates than may stand on the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

FEW = 200  # so many candidates are put in order at once


@dataclass(frozen=True, slots=True)
class Key:
    """`least` and `most` float64 or int64 [M] bound the key of every candidate; `exact(chosen)` gives that of some, by
    their positions. Without `exact` the bounds are the same and the key itself."""

    least: np.ndarray
    most: np.ndarray
    exact: Callable[[np.ndarray], np.ndarray] | None = None

    def of(self, chosen: np.ndarray) -> np.ndarray:
        return self.least[chosen] if self.exact is None else self.exact(chosen)


def window(keys: Sequence[Key], first: int, last: int) -> np.ndarray:
    """The positions of the candidates that stand at `first` … `last` - 1, in order. The last key must tell all apart."""
    return _window(np.arange(len(keys[0].least)), keys, first, last)


def _window(chosen: np.ndarray, keys: Sequence[Key], first: int, last: int) -> np.ndarray:
    key, rest = keys[0], keys[1:]
    if len(chosen) > FEW:
        keep, before = _narrowed(key.least[chosen], key.most[chosen], first, last)
        chosen, first, last = chosen[keep], first - before, last - before
    value = key.of(chosen)
    if not rest or len(chosen) <= FEW:
        order = np.lexsort([*(k.of(chosen) for k in reversed(rest)), value])
        return chosen[order[first:last]]
    order = np.argsort(value, kind="stable")
    value, parts = value[order], [chosen[:0]]
    while first < min(last, len(order)):
        begin, end = int(np.searchsorted(value, value[first])), int(np.searchsorted(value, value[first], "right"))
        parts.append(_window(chosen[order[begin:end]], rest, first - begin, min(last, end) - begin))
        first = end
    return np.concatenate(parts)


def _narrowed(least: np.ndarray, most: np.ndarray, first: int, last: int) -> tuple[np.ndarray, int]:
    """Which may stand at `first` … `last` - 1, and how many stand before those for certain.

    The i-th smallest key lies between the i-th smallest lower and the i-th smallest upper bound, since every key lies between
    its own: what is certainly greater than the key at `last` - 1, or smaller than that at `first`, is not on the page.
    """
    last = min(last, len(least))
    if first >= last:
        return np.zeros(0, np.int64), first
    keep = least <= np.partition(most, last - 1)[last - 1]
    before = 0
    if first:
        sooner = most < np.partition(least, first)[first]
        keep, before = keep & ~sooner, int(sooner.sum())
    return np.flatnonzero(keep), before
