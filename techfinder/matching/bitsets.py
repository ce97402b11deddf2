"""Sets of a segment's documents as bits, and which documents hold which value of a filter.

Document `row` is bit `row % 64` of word `row // 64`: uint64 [W], W = ⌈N / 64⌉; the bits past the last document are 0.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from techfinder.matching.blocks import packed
from techfinder.matching.distance import positions
from techfinder.matching.filters import TRAVEL
from techfinder.matching.segment import Segment

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
    names of price bands. `travel` uint8 [N] as `filters.TRAVEL`. Of points: `x`, `y`, `z` float64, km from the centre of
    the earth, and `limit` float64, how far it is good for (inf: as far as the class goes).
    """

    sets: np.ndarray
    values: Mapping[str, Mapping[Hashable, int]]
    travel: np.ndarray
    trust: np.ndarray
    start: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    limit: np.ndarray
    open_to: dict[tuple[frozenset[str], int], np.ndarray]
    groups: dict[tuple[int, ...], np.ndarray]

    def of(self, name: str) -> np.ndarray:
        """The rows of `sets` of one filter."""
        rows = self.values[name].values()
        return self.sets[min(rows) : max(rows) + 1] if rows else self.sets[:0]

    def union(self, name: str, values: Iterable[Hashable]) -> np.ndarray:
        """The documents that have at least one of `values`."""
        found = np.zeros(self.sets.shape[1], np.uint64)
        for value in values:
            if (row := self.values[name].get(value)) is not None:
                found |= self.sets[row]
        return found

    def level_groups(self, groups: tuple[int, ...]) -> np.ndarray:
        """uint64 [G, W]: the documents for at least one level of each group."""
        made = self.groups.get(groups)
        if made is None:
            made = np.array([self.union("level", levels_in(g)) for g in groups], np.uint64).reshape(len(groups), -1)
            self.groups.clear()
            self.groups[groups] = made
        return made


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
    return found & packed(segment.alive)


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
    travel = TRAVEL[c["kind"]]
    owner = np.repeat(np.arange(len(segment)), np.diff(c["point_start"]))
    x, y, z = positions(c["point_lat"], c["point_lon"])
    return Catalogue(
        sets=np.array(sets, np.uint64).reshape(len(sets), -(-len(segment) // 64)),
        values=values,
        travel=travel,
        trust=np.ascontiguousarray(c["trust"], np.float64),
        start=np.ascontiguousarray(c["point_start"], np.int64),
        x=x, y=y, z=z,
        limit=np.where(travel[owner] == 1, c["point_radius"], np.inf),
        open_to={},
        groups={},
    )  # fmt: skip


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
