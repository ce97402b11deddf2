"""One engine per process over one index directory. It never raises at its caller for what is wrong on disk.

    engine = Engine.open(directory, reload=corpus_from_sql)
    engine.suggest(need, at=now, k=10, viewer=labels)

Threads share an engine freely: everything an answer needs hangs on one immutable `State`, which writers replace.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import isnan
from pathlib import Path

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights, weights
from techfinder.matching.explain import matched_words
from techfinder.matching.generations import Busy, Damaged, Generations
from techfinder.matching.matcher import Question, question
from techfinder.matching.search import Found, facet_counts, find, page, relaxations
from techfinder.matching.side import Change, Side, analysed, side_of
from techfinder.matching.spelling import corrected, did_you_mean
from techfinder.matching.store import read_side, read_words, write_side, write_words
from techfinder.matching.suggestions import asker, by_text, suggestions, texts_of
from techfinder.matching.terms import (
    QueryTerm,
    need_sources,
    query_terms,
    supply_sources,
)
from techfinder.matching.values import (
    PUBLIC,
    Completion,
    Corpus,
    Hit,
    Need,
    Query,
    Result,
    Status,
    Suggestion,
    Suggestions,
    Supply,
)
from techfinder.matching.vocabulary import Vocabulary, vocabulary

log = logging.getLogger(__name__)
MAX_SEARCH = 300  # characters of a search
COMPACT_SHARE, COMPACT_MIN = 0.1, 20


@dataclass(frozen=True, slots=True)
class State:
    generation: str | None
    generation_no: int
    no: int
    supplies: Side
    needs: Side
    words: Vocabulary


def state_of(corpus: Corpus) -> State:
    """Compiled from the things themselves."""
    supplies = side_of(corpus.supplies, True)
    words = vocabulary(analyser(), supplies.shelves[0])
    return State(None, corpus.no, corpus.no, supplies, side_of(corpus.needs, False), words)


class Engine:
    """Finds supplies for needs and needs for supplies; see the methods for what each promises."""

    def __init__(self, directory: Path | str, reload: Callable[[], Corpus] | None = None):
        self._generations = Generations(Path(directory))
        self._reload = reload
        self._changing = threading.RLock()
        self._problem: str | None = None
        self._state = state_of(Corpus())

    @classmethod
    def open(cls, directory: Path | str, reload: Callable[[], Corpus] | None = None) -> "Engine":
        """Map the newest whole generation; when there is none or it is damaged, build from `reload()`."""
        engine = cls(directory, reload)
        state = engine._newest()
        if state is not None:
            engine._state = state
        elif reload is not None:
            engine._build_once()
        return engine

    @property
    def no(self) -> int:
        """The last change number that answers contain; hand `apply` everything after it."""
        return self._state.no

    @property
    def wants_compaction(self) -> bool:
        """Whether so much lies over the generation that a worker should call `compact()`."""
        state = self._state
        changes = len(state.supplies.changes) + len(state.needs.changes)
        whole = len(state.supplies) + len(state.needs)
        return state.generation is None or changes > max(COMPACT_MIN, COMPACT_SHARE * whole)

    # -- writing -----------------------------------------------------------------------------------------------

    def build(self, supplies: Iterable[Supply], needs: Iterable[Need], no: int) -> None:
        """Write a whole new generation as of change `no` and answer from it.

        When the disk refuses, answers come from memory all the same and `status().problem` says why.
        """
        with self._changing:
            self._state = self._write(state_of(Corpus(tuple(supplies), tuple(needs), no)))

    def apply(
        self,
        no: int,
        supplies: Iterable[Supply] = (),
        needs: Iterable[Need] = (),
        gone_supplies: Iterable[int] = (),
        gone_needs: Iterable[int] = (),
    ) -> None:
        """Lay changes up to number `no` over the generation, in this process's memory."""
        with self._changing:
            state = self._state
            self._state = replace(
                state,
                no=max(no, state.no),
                supplies=state.supplies.changed(_changes(no, supplies, gone_supplies)),
                needs=state.needs.changed(_changes(no, needs, gone_needs)),
            )

    def compact(self) -> bool:
        """Write generation and overlay as a new generation; False when another process is at it."""
        self.refresh()
        state = self._state
        try:
            with self._generations.writing():
                whole = Corpus(tuple(_living(state.supplies)), tuple(_living(state.needs)), state.no)
                written = self._write_locked(state_of(whole))
        except Busy:
            return False
        except OSError as error:
            self._fail("compact", error)
            return False
        with self._changing:
            self._state = _relaid(written, self._state)
        return True

    def refresh(self) -> bool:
        """Take up a newer generation from disk, if another process wrote one; cheap enough for every request."""
        if self._generations.current() == self._state.generation:
            return False
        with self._changing:
            state = self._newest()
            if state is None or state.generation == self._state.generation or state.no < self._state.generation_no:
                return False
            self._state = _relaid(state, self._state)
            return True

    def _newest(self) -> State | None:
        """The newest generation that can be read; damaged ones are put aside."""
        first = self._generations.current()
        for name in dict.fromkeys(([first] if first else []) + self._generations.names()):
            folder = self._generations.directory / name
            for attempt in (1, 2):
                try:
                    supplies, no = read_side(folder, True)
                    needs, _ = read_side(folder, False)
                    return State(name, no, no, supplies, needs, read_words(folder))
                except Damaged as error:
                    if attempt == 2:
                        self._fail("read", error)
                        self._generations.quarantine(name)
        return None

    def _build_once(self) -> None:
        """Build from `reload`, unless another process did it while we waited for the lock."""
        assert self._reload is not None
        try:
            with self._generations.writing(wait=True):
                state = self._newest()
                if state is None:
                    self._state = state = state_of(self._reload())
                    state = self._write_locked(state)
                self._state = state
        except OSError as error:
            self._fail("build", error)
            if self._state.generation is None and not self._state.no:
                self._state = state_of(self._reload())

    def _write(self, state: State) -> State:
        try:
            with self._generations.writing(wait=True):
                return self._write_locked(state)
        except OSError as error:
            self._fail("write", error)
            return state

    def _write_locked(self, state: State) -> State:
        with self._generations.new() as (name, folder):
            write_side(folder, state.supplies, state.no)
            write_side(folder, state.needs, state.no)
            write_words(folder, state.words, state.no)
        self._problem = None
        return replace(state, generation=name)

    def _fail(self, what: str, error: Exception) -> None:
        self._problem = f"{what}: {error}"
        log.warning("index %s", self._problem)

    # -- answering ---------------------------------------------------------------------------------------------

    def suggest(self, need: Need, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """The supplies that fit `need` (which itself need not be indexed), best first."""
        side, w = self._state.supplies, weights()
        q = self._question(side, need, at, viewer, w)
        return suggestions(side, asker(need, q), q, k, w)

    def seekers(self, supply: Supply, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """The needs that `supply` fits, best first; `viewer` must share a label with the need."""
        side, w = self._state.needs, weights()
        q = self._question(side, supply, at, viewer, w)
        return suggestions(side, asker(supply, q), q, k, w)

    def rank_text(self, need: Need, k: int = 20, viewer: frozenset[str] = PUBLIC) -> tuple[Suggestion, ...]:
        """Supplies by their text alone: no filter but the labels, no distance. For `suggest export --text-only`."""
        side, w = self._state.supplies, weights()
        return by_text(side, self._question(side, need, datetime.min, viewer, w), k, w)

    def _question(
        self, side: Side, thing: Need | Supply, at: datetime, viewer: frozenset[str], w: Weights
    ) -> Question:
        sources = need_sources(thing) if isinstance(thing, Need) else supply_sources(thing)[:4]
        terms, _ = self._corrected(side, query_terms(analyser(), sources, w.query))
        return question(terms, thing.themes, viewer, at.date(), side.statistics)

    def _corrected(self, side: Side, terms: tuple[QueryTerm, ...]) -> tuple[tuple[QueryTerm, ...], dict[str, str]]:
        return corrected(analyser(), self._state.words, terms, side.knows)

    def search(self, query: Query, at: datetime) -> Result:
        """One page of supplies with facet counts; any text is an ordinary query."""
        side, w = self._state.supplies, weights()
        query = _bounded(query)
        terms, meant = self._corrected(side, query_terms(analyser(), [(query.text, 1.0)], w.query))

        def found_for(query: Query) -> list[Found]:
            asked = terms if query.text.strip() else ()
            return [find(s, query, asked, at.date(), side.statistics, side.table, w) for s in side.segments]

        def count_for(query: Query) -> int:
            return sum(int(f.except_for(None).sum()) for f in found_for(query))

        found = found_for(query)
        total, places = page(side.segments, found, query)
        hits = tuple(_hit(side, found[n], n, row, terms) for n, row in places)
        return Result(
            total=total,
            hits=hits,
            facets=facet_counts(side.segments, found, side.themes, query.level_groups),
            did_you_mean=did_you_mean(query.text, analyser(), meant),
            relaxations=() if total else relaxations(query, found, count_for),
        )

    def complete(self, prefix: str, k: int = 8) -> tuple[Completion, ...]:
        """Words, themes and organisations of public offers that begin with `prefix`, most frequent first."""
        return self._state.words.complete(prefix[:MAX_SEARCH], k)

    def status(self) -> Status:
        state = self._state
        return Status(
            generation=state.generation,
            no=state.no,
            generation_no=state.generation_no,
            supplies=len(state.supplies),
            needs=len(state.needs),
            overlay=len(state.supplies.changes) + len(state.needs.changes),
            bytes=self._generations.bytes(state.generation),
            quarantined=self._generations.quarantined(),
            problem=self._problem,
        )

    def close(self) -> None:
        """Let go of the mapped files."""
        self._state = state_of(Corpus())


def _changes(no: int, things: Iterable[Supply] | Iterable[Need], gone: Iterable[int]) -> dict[int, Change]:
    """The last word on every id: a thing wins over its own deletion in the same batch."""
    changes = {i: Change(no, None, None) for i in gone}
    return changes | {t.id: Change(no, t, analysed(t)) for t in things}


def _living(side: Side) -> list:
    """Every thing that still counts, of all segments."""
    return [
        shelf[row]
        for segment, shelf in zip(side.segments, side.shelves, strict=True)
        for row in segment.alive.nonzero()[0]
    ]


def _relaid(state: State, before: State) -> State:
    """A generation with those changes of `before` laid over it that it lacks."""

    def newer(side: Side) -> dict[int, Change]:
        return {i: c for i, c in side.changes.items() if c.no > state.generation_no}

    return replace(
        state,
        no=max(state.no, before.no),
        supplies=state.supplies.changed(newer(before.supplies)),
        needs=state.needs.changed(newer(before.needs)),
    )


def _bounded(query: Query) -> Query:
    """Pages and page sizes that people could mean."""
    page_, per_page = min(max(1, query.page), 10_000), min(max(1, query.per_page), 200)
    return replace(query, text=query.text[:MAX_SEARCH], page=page_, per_page=per_page)


def _hit(side: Side, found: Found, n: int, row: int, terms: tuple[QueryTerm, ...]) -> Hit:
    c = side.segments[n].columns
    km, at = float(found.km[row]), int(found.point[row])
    words = matched_words(analyser(), terms, texts_of(side.shelves[n][row])) if terms else ()
    return Hit(
        id=int(c["id"][row]),
        score=float(found.score[row]),
        km=None if isnan(km) else km,
        point_id=int(c["point_id"][at]) if at >= 0 else None,
        words=words,
    )
