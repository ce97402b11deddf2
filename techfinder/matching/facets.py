"""Counting: how many results each value of a filter would give, as if that filter alone were not set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from techfinder.matching import search_kernel
from techfinder.matching.columns import KINDS, language_name
from techfinder.matching.search import Found

DIMENSION_OF = {
    "kind": "kinds", "level": "levels", "theme": "themes", "language": "languages", "cost": "cost", "region": "regions",
}  # fmt: skip


def facet_counts(found: Sequence[Found], theme_names: Mapping[int, str], level_groups: tuple[int, ...] = ()) -> dict[str, dict]:
    """Documents per value of each filter, values that occur only; a group of levels once a document."""
    return {
        name: _added(_counts(name, f, theme_names, level_groups) for f in found) for name in DIMENSION_OF
    }


def _counts(name: str, found: Found, theme_names: Mapping[int, str], level_groups: tuple[int, ...]) -> dict:
    mask, known = found.except_for(DIMENSION_OF[name]), found.known
    grouped = name == "level" and level_groups
    values: Iterable[Any] = range(len(level_groups)) if grouped else known.values[name]
    sets = known.level_groups(level_groups) if grouped else known.of(name)
    return {
        _shown(name, v, theme_names): n
        for v, n in zip(values, search_kernel.counts(sets, mask).tolist(), strict=True)
        if n and (name != "kind" or v < len(KINDS))
    }


def _shown(name: str, value: Any, theme_names: Mapping[int, str]):
    if name == "kind":
        return KINDS[value]
    if name == "theme":
        return theme_names[value]
    return language_name(value) if name == "language" else value


def _added(counts: Iterable[Mapping]) -> dict:
    """Counts of several segments together, the greatest first."""
    total: dict = {}
    for part in counts:
        for value, n in part.items():
            total[value] = total.get(value, 0) + n
    return dict(sorted(total.items(), key=lambda item: (-item[1], str(item[0]))))
