"""What an engine knows and how it stays true: generations on disk, changes over them, damage put aside.

Everything an answer needs hangs on one immutable `State`, which writers replace; threads share it freely.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from techfinder.matching.analysis import analyser
from techfinder.matching.generations import Busy, Damaged, Generations
from techfinder.matching.side import Change, Side, analysed, side_of
from techfinder.matching.store import (
    TEXT,
    read_side,
    read_texts,
    read_words,
    write_side,
    write_texts,
    write_words,
)
from techfinder.matching.values import Corpus, Need, Status, Supply
from techfinder.matching.vocabulary import Vocabulary, vocabulary

Answer = TypeVar("Answer")
log = logging.getLogger(__name__)
COMPACT_SHARE, COMPACT_MIN = 0.1, 20
TEXTS_AT_ONCE = 2_000  # `build` writes the Whoosh index of so many things itself; more are left to `compact`


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


class Keeper:
    """Keeps a `State` in step with the directory and with the changes that its owner hands it."""

    def __init__(self, directory: Path | str, reload: Callable[[], Corpus] | None = None):
        self._generations = Generations(Path(directory))
        self._reload = reload
        self._changing = threading.RLock()
        self._problem: str | None = None
        self._refused: str | None = None  # a generation that was looked at and is no use
        self._state = state_of(Corpus())

    def reload_from(self, reload: Callable[[], Corpus]) -> None:
        """From now on, what cannot be read from disk is built from `reload()`."""
        self._reload = reload

    def load(self) -> None:
        """Map the newest whole generation; when there is none or it is damaged, build from `reload()`."""
        state = self._newest()
        if state is not None:
            self._state = state
        elif self._reload is not None:
            self._build_once()

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
        if state.generation is None or not self._generations.has(state.generation, TEXT):
            return True
        return changes > max(COMPACT_MIN, COMPACT_SHARE * whole)

    # -- writing -----------------------------------------------------------------------------------------------

    def build(self, supplies: Iterable[Supply], needs: Iterable[Need], no: int) -> None:
        """Write a whole new generation as of change `no` and answer from it.

        When the disk refuses, answers come from memory all the same and `status().problem` says why.
        """
        with self._changing:
            self._state = state_of(Corpus(tuple(supplies), tuple(needs), no))
            self._state = self._write(self._state)
        if len(self._state.supplies) + len(self._state.needs) <= TEXTS_AT_ONCE:
            self._add_texts(None)

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
        return self.healed(self._compact)

    def _compact(self) -> bool:
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
            before, self._state = self._state, _relaid(written, self._state)
        self._add_texts(before)
        return True

    def refresh(self) -> bool:
        """Take up a newer generation from disk, if another process wrote one; cheap enough for every request."""
        current = self._generations.current()
        if current in (self._state.generation, self._refused):
            return False
        with self._changing:
            state = self._newest()
            self._refused = current
            if state is None or state.generation == self._state.generation:
                return False
            if state.no < self._state.generation_no:  # older than what we have
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
                        saved = self._from_texts(folder)
                        self._generations.quarantine(name)
                        if saved is not None:
                            return saved
        return None

    def healed(self, answer: Callable[[], Answer]) -> Answer:
        """An answer; when it meets damage, the state is taken anew (from disk, the texts, or the truth) and asked again."""
        try:
            return answer()
        except Damaged as error:
            self._fail("serve", error)
            with self._changing:
                before = self._state
                if before.generation is not None:
                    self._generations.quarantine(before.generation)
                    self.load()
                    self._state = _relaid(self._state, before)
            return answer()

    def _from_texts(self, folder: Path) -> State | None:
        """The read model compiled anew from the Whoosh index, when that is whole."""
        try:
            return state_of(read_texts(folder))
        except Damaged:
            return None

    def _add_texts(self, before: State | None) -> None:
        """The Whoosh index of the current generation, from that of the one before where it can be."""
        state = self._state
        if state.generation is None:
            return
        try:
            with self._generations.writing(wait=True):
                if state.generation == self._generations.current():
                    write_texts(self._generations, state.generation, state.generation_no, state, before)
        except (OSError, Damaged) as error:
            self._fail("texts", error)

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
        shelf[int(row)]
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


