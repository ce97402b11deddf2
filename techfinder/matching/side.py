"""One side of the market, supplies or needs: the generation's segment and what changed since, as segments over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from techfinder.matching.addresses import addressed
from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import Read, documents, read
from techfinder.matching.merging import Part, merged
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.readings import Laid
from techfinder.matching.segment import MOST_VIEWERS, Segment, arranged, make_segment
from techfinder.matching.terms import Document, Source, document, need_sources, supply_sources
from techfinder.matching.values import Need, Supply

FANOUT = 12  # a level of rank r holds at most FANOUT^(r + 1) changed things; fuller, it goes up into the next


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
class Side:
    """`segments[0]` is the generation's; `shelves[i][row]` is the thing in row `row` of segment i.

    What changed lies over it in levels that grow by `FANOUT`, as in a log-structured merge tree (O'Neil and others 1996): one
    change takes a few things along, and rarely many. `ranks[i]` is of segment i + 1, the highest first.
    """

    supplies: bool
    statistics: Statistics
    table: np.ndarray
    segments: tuple[Segment, ...]
    shelves: tuple[Sequence[Any], ...]
    themes: Mapping[int, str]  # hash → code
    changes: Mapping[int, Change]  # by id, in order of application
    ranks: tuple[int, ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)  # per viewer, see `addresses`
    standing: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)  # per viewer, see `brief`

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
        ids, later = frozenset(changes), changes.keys() & self.changes.keys()
        base, *over = self.segments
        older = [base.without(ids), *(s.without(frozenset(later)) for s in over)] if later else [base.without(ids), *over]
        segments, shelves, ranks = self._with(older, [c for _, c in sorted(changes.items()) if c.thing is not None])
        every = dict(self.changes)
        for i in later:
            del every[i]  # the order is that of application
        every.update(changes)
        named = theme_table(c.thing for c in changes.values() if c.thing)
        themes = self.themes if named.keys() <= self.themes.keys() else {**self.themes, **named}
        return replace(self, segments=segments, shelves=shelves, ranks=ranks, changes=every, themes=themes)

    def _with(
        self, older: Sequence[Segment], news: Sequence[Change]
    ) -> tuple[tuple[Segment, ...], tuple[Sequence[Any], ...], tuple[int, ...]]:
        """(segments, shelves, ranks) with a segment of new things, and of the levels that they go up through."""
        if not news:
            return tuple(older), self.shelves, self.ranks
        segments, shelves, ranks = list(older), list(self.shelves), list(self.ranks)
        things, texts = [c.thing for c in news], [c.document for c in news if c.document is not None]
        rank, parts = 0, [Part.of_things(things, texts, self.supplies, self.statistics)]
        while True:
            if ranks and ranks[-1] == rank:
                ranks.pop()
                parts.append(Part.of(segments.pop()))
                things += shelves.pop()
            if sum(np.count_nonzero(part.alive) for part in parts) <= FANOUT ** (rank + 1):
                break
            rank += 1
        segment, order = merged(parts, self.supplies, self.table)
        shelf = [things[row] for row in order.tolist()]
        return (*segments, segment), (*shelves, shelf), (*ranks, rank)


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
