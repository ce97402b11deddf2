"""One side of the market, supplies or needs: the generation's segment and what changed since, as segments over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from techfinder.matching.addresses import addressed
from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import Read, documents, read
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.readings import Laid
from techfinder.matching.segment import MOST_VIEWERS, Segment, arranged, make_segment
from techfinder.matching.terms import Document, Source, document, need_sources, supply_sources
from techfinder.matching.values import Need, Supply

FANOUT = 8  # a level of rank r holds at most FANOUT^(r + 1) changed things; fuller, it goes up into the next


def analysed(thing: Supply | Need) -> Document:
    """The document of a thing; most changes leave its texts as they were."""
    return _document(tuple(supply_sources(thing) if isinstance(thing, Supply) else need_sources(thing)))


@lru_cache(500)  # some 8 kB each
def _document(sources: tuple[Source, ...]) -> Document:
    return document(analyser(), sources)


@dataclass(frozen=True, slots=True)
class Change:
    """A changed thing and the change's number; `thing` None is a deletion."""

    no: int
    thing: Supply | Need | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class Level:
    """Which changed things a segment over the generation's holds, superseded ones left out."""

    rank: int
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Side:
    """`segments[0]` is the generation's; `shelves[i][row]` is the thing in row `row` of segment i.

    What changed lies over it in levels that grow by `FANOUT`, as in a log-structured merge tree (O'Neil and others 1996): one
    change indexes a few things anew, and rarely many. `levels[i]` is of segment i + 1, the highest rank first.
    """

    supplies: bool
    statistics: Statistics
    table: np.ndarray
    segments: tuple[Segment, ...]
    shelves: tuple[Sequence[Any], ...]
    themes: Mapping[int, str]  # hash → code
    changes: Mapping[int, Change]  # by id, in order of application
    levels: tuple[Level, ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)  # per viewer, see `addresses`

    def __len__(self) -> int:
        return sum(int(s.alive.sum()) for s in self.segments)

    def addresses(self, viewer: frozenset[str]) -> tuple[np.ndarray, Any]:
        """The segments as the kernel takes them for a viewer (`kernel.KINDS`), int64 [S, n], 0 for those that are empty; and what must
        live as long as it is used."""
        made = self.kept.get(viewer)
        if made is None:
            if len(self.kept) > MOST_VIEWERS:
                self.kept.clear()
            seen = [s.seen_by(viewer) for s in self.segments]
            rows = [(s.addresses + addressed([own]) if len(s) else [0]) for s, own in zip(self.segments, seen, strict=True)]
            table = np.zeros((len(rows), max(map(len, rows))), np.int64)
            for row, numbers in zip(table, rows, strict=True):
                row[: len(numbers)] = numbers
            table.flags.writeable = False
            made = self.kept[viewer] = (table, seen)
        return made

    def knows(self, key: str) -> bool:
        """Whether any document holds the term."""
        hashed = term_hash(key)
        return any(s.postings.find(hashed) is not None for s in self.segments)

    def changed(self, changes: Mapping[int, Change]) -> "Side":
        """The same with `changes` laid over it; the later change of an id wins."""
        if not changes:
            return self
        ids = frozenset(changes)
        merged = {i: c for i, c in self.changes.items() if i not in ids} | dict(changes)
        segments, shelves = [s.without(ids) for s in self.segments], list(self.shelves)
        levels = [Level(level.rank, level.ids - ids) for level in self.levels]
        batch, rank = {i for i, c in changes.items() if c.thing is not None}, 0
        while batch:
            if levels and levels[-1].rank == rank:
                batch |= levels.pop().ids
                segments.pop()
                shelves.pop()
            if len(batch) <= FANOUT ** (rank + 1):
                segment, things = self._indexed([merged[i] for i in sorted(batch)])
                segments.append(segment)
                shelves.append(things)
                levels.append(Level(rank, frozenset(batch)))
                break
            rank += 1
        themes = dict(self.themes) | theme_table(c.thing for c in changes.values() if c.thing)
        return replace(
            self, segments=tuple(segments), shelves=tuple(shelves), changes=merged, levels=tuple(levels), themes=themes
        )

    def _indexed(self, changes: Sequence[Change]) -> tuple[Segment, list[Any]]:
        """Changed things as a segment, scored with the generation's table."""
        things, pile = arranged([c.thing for c in changes], [c.document for c in changes], self.supplies)  # type: ignore[misc]
        return make_segment(things, pile, self.supplies, self.table), things


def theme_table(things: Iterable[Any]) -> dict[int, str]:
    return {term_hash("#" + t): t for thing in things for t in thing.themes}


def in_line(things: Iterable[Any]) -> list[Any]:
    """Each id once (its last), in the order of id."""
    return sorted({t.id: t for t in things}.values(), key=lambda t: t.id)


def side_of(things: Iterable[Any], supplies: bool, texts: Read | None = None) -> Side:
    """A side compiled from things; `texts` are theirs as read, in the same line."""
    line = in_line(things)
    texts = texts or read(line, supplies)
    ordered, piled = arranged(line, documents(analyser(), texts), supplies)
    segment = make_segment(ordered, piled, supplies)
    rows = np.searchsorted([t.id for t in line], [t.id for t in ordered])
    shelf = Laid(ordered, texts, rows.astype(np.int64))
    return Side(supplies, segment.postings.statistics(), segment.table, (segment,), (shelf,), theme_table(ordered), {})
