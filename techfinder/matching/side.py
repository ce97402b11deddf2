"""One side of the market, supplies or needs: the generation's segment and what changed since, as segments over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import Read, documents, read
from techfinder.matching.postings import Statistics, term_hash
from techfinder.matching.segment import Segment, arranged, make_segment
from techfinder.matching.terms import Document, document, need_sources, supply_sources
from techfinder.matching.values import Need, Supply

TAIL = 64  # so many changes are indexed anew at each change; beyond it they are frozen into the older overlay


def analysed(thing: Supply | Need) -> Document:
    sources = supply_sources(thing) if isinstance(thing, Supply) else need_sources(thing)
    return document(analyser(), sources)


@dataclass(frozen=True, slots=True)
class Change:
    """A changed thing and the change's number; `thing` None is a deletion."""

    no: int
    thing: Supply | Need | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class Side:
    """`segments[0]` is the generation's; `shelves[i][row]` is the thing in row `row` of segment i."""

    supplies: bool
    statistics: Statistics
    table: np.ndarray
    segments: tuple[Segment, ...]
    shelves: tuple[Sequence[Any], ...]
    themes: Mapping[int, str]  # hash → code
    changes: Mapping[int, Change]  # by id, in order of application
    older: frozenset[int] = frozenset()  # ids of the changes that segments[1] holds (or whose deletion it knows)

    def __len__(self) -> int:
        return sum(int(s.alive.sum()) for s in self.segments)

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
        older = self.older - ids
        segments, shelves = [self.segments[0].without(ids)], [self.shelves[0]]
        tail = [i for i in merged if i not in older]
        if len(tail) > TAIL:
            older, tail, batches = frozenset(merged), [], [list(merged)]
        else:
            if self.older:
                segments.append(self.segments[1].without(ids))
                shelves.append(self.shelves[1])
            batches = [tail]
        for batch in batches:
            live = [c for i in batch if (c := merged[i]).thing is not None]
            things, texts = arranged([c.thing for c in live], [c.document for c in live], self.supplies)  # type: ignore[misc]
            segments.append(make_segment(things, texts, self.supplies, self.table))
            shelves.append(things)
        themes = dict(self.themes) | theme_table(c.thing for c in changes.values() if c.thing)
        return replace(
            self, segments=tuple(segments), shelves=tuple(shelves), changes=merged, older=older, themes=themes
        )


def theme_table(things: Iterable[Any]) -> dict[int, str]:
    return {term_hash("#" + t): t for thing in things for t in thing.themes}


def in_line(things: Iterable[Any]) -> list[Any]:
    """Each id once (its last), in the order of id."""
    return sorted({t.id: t for t in things}.values(), key=lambda t: t.id)


def side_of(things: Iterable[Any], supplies: bool, texts: Read | None = None) -> Side:
    """A side compiled from things; `texts` are theirs as read, in the same line."""
    line = in_line(things)
    ordered, piled = arranged(line, documents(analyser(), texts or read(line, supplies)), supplies)
    segment = make_segment(ordered, piled, supplies)
    return Side(supplies, segment.postings.statistics(), segment.table, (segment,), (ordered,), theme_table(ordered), {})
