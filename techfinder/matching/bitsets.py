"""Sets of a segment's documents as bits, and which documents hold which value of a filter.

Document `row` is bit `row % 64` of word `row // 64`: uint64 [W], W = ⌈N / 64⌉; the bits past the last document are 0.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from techfinder.matching.blocks import packed
from techfinder.matching.columns import TRAVEL, Arrays
from techfinder.matching.distance import positions
from techfinder.matching.search_kernel import GRAIN_KM
from techfinder.matching.segment import Segment, fixed

# band → (from, to) in euro cents, both included
COST_BANDS = {"free": (0, 0), "to_50": (1, 5_000), "to_150": (5_001, 15_000), "more": (15_001, 1 << 60), "unknown": (-1, -1)}
VIEWERS = 16  # label sets whose documents are kept at hand


def number(bits: np.ndarray) -> int:
    return int(np.bitwise_count(bits).sum())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What searches derive from a segment's columns, once; tombstones are not in it.

    `sets` uint64 [V, W]: per value of a filter the documents that have it; `values` filter → value → its row in `sets`, rows
    of one filter next to each other. Values: codes of kinds and languages, bits of levels, hashes of themes, ids of regions,
    names of price bands. `points` as `search_kernel.POINTS`: the journey of each document, and of starting points where they
    lie and how far each is good for (inf: as far as the class goes).
    """

    sets: np.ndarray
    values: Mapping[str, Mapping[Hashable, int]]
    points: tuple[np.ndarray, ...]
    ids: np.ndarray
    published: np.ndarray
    trust: np.ndarray
    open_to: dict[tuple[frozenset[str], int], np.ndarray]
    counted: dict[tuple[int, ...], Any]  # what `facets` counts, by the groups of levels

    def union(self, name: str, values: Iterable[Hashable]) -> np.ndarray:
        """The documents that have at least one of `values`."""
        found = np.zeros(self.sets.shape[1], np.uint64)
        for value in values:
            if (row := self.values[name].get(value)) is not None:
                found |= self.sets[row]
        return found

    def level_group(self, levels: int) -> np.ndarray:
        """The documents for at least one of these levels."""
        return self.union("level", levels_in(levels))


def levels_in(mask: int) -> Iterator[int]:
    return (bit for bit in range(mask.bit_length()) if mask >> bit & 1)


def catalogue(segment: Segment) -> Catalogue:
    """The segment's catalogue, made at the first question."""
    made = segment.derived.get("catalogue")
    if made is None:
        made = segment.derived["catalogue"] = _made(segment)
    return made


def visible(segment: Segment, viewer: frozenset[str], today: int) -> np.ndarray:
    """Bits of the documents that count, share a label with the viewer and are not over on `today` (an ordinal)."""
    known = catalogue(segment)
    found = known.open_to.get((viewer, today))
    if found is None:
        open_sets = np.array([not viewer.isdisjoint(labels) for labels in segment.labels], bool)
        found = packed(open_sets[segment.label_code] & (segment.columns["until"] >= today))
        if len(known.open_to) >= VIEWERS:
            known.open_to.clear()
        known.open_to[viewer, today] = found
    alive = segment.kept.get("bits")
    if alive is None:
        alive = segment.kept["bits"] = packed(segment.alive)
    return found & alive


def _made(segment: Segment) -> Catalogue:
    c = segment.columns
    values: dict[str, dict[Hashable, int]] = {}
    sets: list[np.ndarray] = []
    for name, pairs in _memberships(segment):
        rows: dict[Hashable, int] = {}
        for value, bits in pairs:
            rows[value] = len(sets)
            sets.append(bits)
        values[name] = rows
    return Catalogue(
        sets=fixed(np.array(sets, np.uint64).reshape(len(sets), -(-len(segment) // 64))),
        values=values,
        points=tuple(map(fixed, _points(c))),
        ids=fixed(c["id"]),
        published=fixed(c["published"]),
        trust=fixed(c["trust"], np.float64),
        open_to={},
        counted={},
    )


def _points(c: Arrays) -> Iterable[np.ndarray]:
    """In the order of `search_kernel.POINTS`."""
    travel, start = TRAVEL[c["kind"]], c["point_start"].astype(np.int64)
    owner = np.repeat(np.arange(len(travel)), np.diff(start))
    lats, lons = c["point_lat"].astype(np.float64), c["point_lon"].astype(np.float64)
    place = np.stack(positions(lats, lons))
    limit = np.where(travel[owner] == 1, c["point_radius"], np.inf)
    certainly = np.maximum(0.0, limit + 2 * GRAIN_KM) ** 2
    slot = (owner & 63).astype(np.uint64)
    return travel, packed(travel == 0), start, *place, limit, lats, lons, certainly, slot


def _memberships(segment: Segment) -> Iterator[tuple[str, Iterator[tuple[Hashable, np.ndarray]]]]:
    """(filter, (value, bits of the documents that have it) …)."""
    c = segment.columns
    for name in ("kind", "language"):
        yield name, ((int(v), packed(c[name] == v)) for v in np.unique(c[name]))
    used = int(np.bitwise_or.reduce(c["levels"].astype(np.uint64), initial=np.uint64(0)))
    yield "level", ((bit, packed(c["levels"] & np.uint64(1 << bit) != 0)) for bit in levels_in(used))
    yield "cost", ((b, packed((c["cost"] >= low) & (c["cost"] <= high))) for b, (low, high) in COST_BANDS.items())
    for name in ("theme", "region"):
        yield name, _of_pairs(c[name], c[f"{name}_owner"], len(segment))


def _of_pairs(values: np.ndarray, owners: np.ndarray, count: int) -> Iterator[tuple[Hashable, np.ndarray]]:
    order = np.argsort(values, kind="stable")
    distinct, first = np.unique(values[order], return_index=True)
    has = np.zeros(count, bool)
    for value, rows in zip(distinct.tolist(), np.split(owners[order], first[1:]), strict=False):
        has[rows] = True
        yield value, packed(has)
        has[rows] = False
