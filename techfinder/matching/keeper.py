"""What an engine knows and how it stays true: a generation from disk, changes over it, damage put aside.

Everything an answer needs hangs on one immutable `State`, which is replaced as a whole; threads share it freely. Writing
generations is `Indexer`'s (indexer.py). Nothing here is held across a fork: no thread, no lock that a parent could hold.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import read, unread
from techfinder.matching.checks import Spared, Watch, is_passing
from techfinder.matching.generations import Damaged, Generations
from techfinder.matching.side import Change, Side, analysed, in_line, side_of
from techfinder.matching.store import TEXT, read_side, read_texts, read_words
from techfinder.matching.values import Corpus, Need, Status, Supply
from techfinder.matching.vocabulary import Vocabulary, vocabulary

Answer = TypeVar("Answer")
Again = Callable[[bool, int], Any]
log = logging.getLogger(__name__)
_keepers: "WeakSet[Keeper]" = WeakSet()


@dataclass(frozen=True, slots=True)
class State:
    generation: str | None
    generation_no: int
    no: int
    supplies: Side
    needs: Side
    words: Vocabulary


def state_of(corpus: Corpus, texts: bool = True) -> State:
    """Compiled from the things themselves; without `texts` in a third of the time, and then no word finds anything."""
    supplies, needs = in_line(corpus.supplies), in_line(corpus.needs)
    shown = supplies if texts else []
    own, theirs = read(shown, True), read(needs if texts else [], False)
    return State(
        generation=None,
        generation_no=corpus.no,
        no=corpus.no,
        supplies=side_of(supplies, True, own if texts else unread(supplies, True)),
        needs=side_of(needs, False, theirs if texts else unread(needs, False)),
        words=vocabulary(analyser(), shown, own, theirs),
    )


class Keeper:
    """Keeps a `State` in step with the directory and with the changes that its owner hands it.

    `reload()` is the whole truth, for building anew; `again(is_supply, id)` is one thing of it, for when a document on disk
    was harmed while we serve. Without them what is left on disk has to do.
    """

    def __init__(
        self, directory: Path | str, reload: Callable[[], Corpus] | None = None, again: Again | None = None
    ) -> None:
        self._generations = Generations(Path(directory))
        self._reload = reload
        self._again = again
        self._watch = Watch(TEXT)
        self._changing = threading.RLock()
        self._problem: str | None = None
        self._refused: str | None = None  # a generation that was looked at and is no use
        self._state = state_of(Corpus())
        _keepers.add(self)

    def take(self) -> bool:
        """Take up the newest generation on disk that can be read; False when there is none. Never builds."""
        state = self._newest()
        if state is None:
            return False
        self._state, self._problem = state, None
        return True

    @property
    def no(self) -> int:
        """The last change number that answers contain; hand `apply` everything after it."""
        return self._state.no

    @property
    def generation(self) -> str | None:
        """The generation on disk that answers come from; None when they come from memory only."""
        return self._state.generation

    def current(self) -> str | None:
        """The generation that the directory says is the newest."""
        return self._generations.current()

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
            self._state, self._problem = relaid(state, self._state), None
            return True

    def _newest(self, at_least: int = -1) -> State | None:
        """The newest generation that can be read, of change `at_least` or later; damaged ones are put aside."""
        first = self._generations.current()
        for name in dict.fromkeys(([first] if first else []) + self._generations.names()):
            state = self._read(name)
            if state is not None and state.no >= at_least:
                return state
        return None

    def _read(self, name: str) -> State | None:
        """A generation, looked at twice before it is put aside: a writer may just have tidied it away."""
        folder = self._generations.directory / name
        for attempt in (1, 2):
            try:
                supplies, no = read_side(folder, True)
                needs, _ = read_side(folder, False)
                return State(name, no, no, self._spared(supplies), self._spared(needs), read_words(folder))
            except Exception as error:
                if isinstance(error, MemoryError) or is_passing(error):
                    self._fail("read", error)
                    return None
                if attempt == 2 and folder.is_dir():
                    self._fail("read", error)
                    saved = self._from_texts(folder)
                    self._generations.quarantine(name)
                    return saved
        return None

    def _spared(self, side: Side) -> Side:
        """The side with documents that `again` makes good."""
        if (again := self._again) is None:
            return side
        supplies, ids = side.supplies, side.segments[0].columns["id"]
        return replace(side, shelves=(Spared(side.shelves[0], ids, lambda i: again(supplies, i)), *side.shelves[1:]))

    def _from_texts(self, folder: Path) -> State | None:
        """The read model compiled anew from the Whoosh index, when that is whole and nobody knows better."""
        if self._reload is not None:
            return None
        try:
            return state_of(read_texts(folder))
        except Damaged:
            return None

    def healed(self, answer: Callable[..., Answer], *asked: Any) -> Answer:
        """An answer; when it meets damage, the state is taken anew (from disk, the texts, or the truth) and asked again."""
        try:
            return answer(*asked)
        except Damaged as error:
            self._fail("serve", error)
            self._recover()
            return answer(*asked)

    def _recover(self) -> None:
        with self._changing:
            before = self._state
            if before.generation is None:
                return
            self._generations.quarantine(before.generation)
            state = self._newest(before.generation_no if self._reload is not None else -1)
            if state is None and self._reload is not None:
                state = state_of(self._reload())
            if state is not None:
                self._state = relaid(state, before)

    def _fail(self, what: str, error: BaseException) -> None:
        self._problem = f"{what}: {error}"
        log.warning("index %s", self._problem)

    @property
    def problem(self) -> str | None:
        """What went wrong last and was not overcome."""
        return self._problem

    def overcome(self) -> None:
        """All is well again, and what is wanted was done."""
        self._problem = None

    def sound(self) -> bool:
        """Whether what answers come from stands on disk, unharmed and pointed at. Now and then this reads every byte."""
        name = self._state.generation
        if name is None or self._generations.current() != name:
            return False
        try:
            self._watch.look(self._generations.directory / name)
        except Damaged as error:
            self._fail("check", error)
            return False
        return True

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
            problem=self._problem or self._generations.room(state.generation),
        )

    def close(self) -> None:
        """Let go of the mapped files."""
        self._state = state_of(Corpus())


def _changes(no: int, things: Iterable[Supply] | Iterable[Need], gone: Iterable[int]) -> dict[int, Change]:
    """The last word on every id: a thing wins over its own deletion in the same batch."""
    changes = {i: Change(no, None, None) for i in gone}
    return changes | {t.id: Change(no, t, analysed(t)) for t in things}


def relaid(state: State, before: State) -> State:
    """A generation with those changes of `before` laid over it that it lacks.

    A generation older than that of `before` lacks what went into the newer one too: then its `no` stays, so that the owner
    hands over everything since.
    """

    def newer(side: Side) -> dict[int, Change]:
        return {i: c for i, c in side.changes.items() if c.no > state.generation_no}

    return replace(
        state,
        no=max(state.no, before.no) if state.generation_no >= before.generation_no else state.no,
        supplies=state.supplies.changed(newer(before.supplies)),
        needs=state.needs.changed(newer(before.needs)),
    )


def _fresh_locks() -> None:
    """In a forked child: whoever held a lock lives on in the parent only."""
    for keeper in _keepers:
        keeper._changing = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_locks)
