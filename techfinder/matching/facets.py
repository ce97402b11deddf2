"""Counting: how many results each value of a filter would give, as if that filter alone were not set."""

from collections.abc import Mapping, Sequence

import numpy as np

from techfinder.matching.columns import KINDS, language_name
from techfinder.matching.segment import Segment

# band → (from, to) in euro cents, both included
COST_BANDS = {"free": (0, 0), "to_50": (1, 5_000), "to_150": (5_001, 15_000), "more": (15_001, 1 << 60), "unknown": (-1, -1)}
FACETS = ("kind", "level", "theme", "language", "cost", "region")


def in_bands(cost: np.ndarray, bands: frozenset[str]) -> np.ndarray:
    found = np.zeros(len(cost), bool)
    for band in bands & COST_BANDS.keys():
        low, high = COST_BANDS[band]
        found |= (cost >= low) & (cost <= high)
    return found


def count(
    name: str, segment: Segment, mask: np.ndarray, theme_names: Mapping[int, str], level_groups: Sequence[int] = ()
) -> dict:
    """Documents in `mask` (bool [N]) per value of one facet, values that occur only; a group of levels once a document."""
    c = segment.columns
    if name == "kind":
        counts = np.bincount(c["kind"][mask], minlength=len(KINDS))
        return {kind: int(n) for kind, n in zip(KINDS, counts, strict=False) if n}
    if name == "level" and level_groups:
        levels = c["levels"][mask]
        counted = [int(((levels & np.uint64(group)) != 0).sum()) for group in level_groups]
        return {place: n for place, n in enumerate(counted) if n}
    if name == "level":
        bits = np.unpackbits(c["levels"][mask].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        return {bit: int(n) for bit, n in enumerate(bits.sum(axis=0, dtype=np.int64)) if n}
    if name == "cost":
        return {b: n for b in COST_BANDS if (n := int((in_bands(c["cost"], frozenset({b})) & mask).sum()))}
    if name == "language":
        values, counts = np.unique(c["language"][mask], return_counts=True)
        return {language_name(v): int(n) for v, n in zip(values, counts, strict=True)}
    values, counts = np.unique(c[name][mask[c[f"{name}_owner"]]], return_counts=True)
    named = theme_names if name == "theme" else None
    return {named[int(v)] if named else int(v): int(n) for v, n in zip(values, counts, strict=True)}


def add(counts: Sequence[Mapping]) -> dict:
    """Counts of several segments together, the greatest first."""
    total: dict = {}
    for part in counts:
        for value, n in part.items():
            total[value] = total.get(value, 0) + n
    return dict(sorted(total.items(), key=lambda item: (-item[1], str(item[0]))))
