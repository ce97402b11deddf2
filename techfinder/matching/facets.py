"""Counting: how many results each value of a filter would give, as if that filter alone were not set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from techfinder.matching import search_kernel
from techfinder.matching.bitsets import Catalogue
from techfinder.matching.columns import KINDS, language_name
from techfinder.matching.search import Found
from techfinder.matching.segment import fixed

DIMENSION_OF = {
    "kind": "kinds", "level": "levels", "theme": "themes", "language": "languages", "cost": "cost", "region": "regions",
}  # fmt: skip


def facet_counts(found: Sequence[Found], theme_names: Mapping[int, str], level_groups: tuple[int, ...] = ()) -> dict[str, dict]:
    """Documents per value of each filter, values that occur only, the greatest first; a group of levels once a document."""
    total: dict[str, dict] = {name: {} for name in DIMENSION_OF}
    for f in found:
        which = np.array([f.which(dimension) for dimension in DIMENSION_OF.values()])
        sets, owners, values = counted(f.known, level_groups)
        numbers = search_kernel.counts(sets, which[owners], f.masks).tolist()
        for (name, value), n in zip(values, numbers, strict=True):
            if n:
                shown = theme_names[value] if name == "theme" else value
                total[name][shown] = total[name].get(shown, 0) + n
    return {name: dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))) for name, counts in total.items()}


def counted(known: Catalogue, groups: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, list[tuple[str, Any]]]:
    """(sets uint64 [V, W], the place of each one's facet in `DIMENSION_OF`, facet and value of each) of what is counted."""
    made = known.counted.get(groups)
    if made is None:
        listed = list(_listed(known, groups))
        names = list(DIMENSION_OF)
        sets = np.array([bits for _, _, bits in listed], np.uint64).reshape(len(listed), known.sets.shape[1])
        made = fixed(sets), np.array([names.index(name) for name, _, _ in listed], np.int64), [(name, v) for name, v, _ in listed]
        known.counted.clear()
        known.counted[groups] = made
    return made


def _listed(known: Catalogue, groups: tuple[int, ...]) -> Iterator[tuple[str, Any, np.ndarray]]:
    """(facet, value, bits of the documents that have it) …; themes by their hash."""
    for name in DIMENSION_OF:
        if name == "level" and groups:
            yield from ((name, n, known.level_group(group)) for n, group in enumerate(groups))
            continue
        for value, row in known.values[name].items():
            if name != "kind" or value < len(KINDS):  # type: ignore[operator]
                yield name, _shown(name, value), known.sets[row]


def _shown(name: str, value: Any) -> Any:
    if name == "kind":
        return KINDS[value]
    return language_name(value) if name == "language" else value
