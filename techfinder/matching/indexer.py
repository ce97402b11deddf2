"""Writing generations: built from the truth, compacted with what lies over the last one, mended when
the disk was harmed.

One process writes at a time (the directory's lock); what the disk refuses is kept in memory and tried again later.
"""

from collections.abc import Iterable
from dataclasses import replace

from techfinder.matching.generations import Busy, Damaged
from techfinder.matching.keeper import Keeper, State, relaid, state_of
from techfinder.matching.side import Side
from techfinder.matching.store import TEXT, write_side, write_texts, write_words
from techfinder.matching.values import Corpus, Need, Supply

COMPACT_SHARE, COMPACT_MIN, COMPACT_MOST = 0.1, 20, 5_000
COMPACT_PAUSE_S = 60.0  # a generation lasts so long, unless half of it has changed: every process opens the next one
COMPACT_AGE_S = 24 * 3600.0  # changes older than this are written down however few: the log forgets them one day
TEXTS_AT_ONCE = 2_000  # `build` writes the Whoosh index of so many things itself; more are left to `compact`


class Indexer(Keeper):
    """A keeper that writes."""

    def load(self) -> None:
        """Map the newest whole generation; when there is none or it is damaged, build from `reload()`."""
        if not self.take() and self._reload is not None:
            self.build_once()

    @property
    def wants_compaction(self) -> bool:
        """Whether so much lies over the generation, or for so long, that a worker should call `compact()`."""
        state = self._state
        changes = len(state.supplies.changes) + len(state.needs.changes)
        whole = len(state.supplies) + len(state.needs)
        if state.generation is None:
            return True
        age = self._generations.age_s(state.generation)
        if changes > min(COMPACT_MOST, max(COMPACT_MIN, whole // 2)) or (changes and age > COMPACT_AGE_S):
            return True
        return changes > max(COMPACT_MIN, COMPACT_SHARE * whole) and age > COMPACT_PAUSE_S

    @property
    def lacks_texts(self) -> bool:
        """Whether the Whoosh index of the generation is still to be written: `add_texts()`, minutes for a large one."""
        name = self._state.generation
        return name is not None and not self._generations.has(name, TEXT)

    def build(self, supplies: Iterable[Supply], needs: Iterable[Need], no: int) -> None:
        """Write a whole new generation as of change `no` and answer from it.

        When the disk refuses, answers come from memory all the same and `status().problem` says why.
        """
        with self._changing:
            self._state = state_of(Corpus(tuple(supplies), tuple(needs), no))
            self._state = self._write(self._state)
        if self._is_small():
            self.add_texts()

    def _is_small(self) -> bool:
        return len(self._state.supplies) + len(self._state.needs) <= TEXTS_AT_ONCE

    def build_once(self, wait: bool = True, at_least: int = -1, useless: str | None = None) -> bool:
        """Build from `reload()`, unless another process did it while we waited for the lock.

        False, with nothing done, when another is writing and `wait` is False. What another built counts from change
        `at_least` on, and unless it is the generation `useless`.
        """
        assert self._reload is not None
        try:
            with self._generations.writing(wait):
                state = self._newest(at_least)
                if state is None or state.generation == useless:
                    state = self._written(state_of(self._reload()))
                else:
                    self._problem = None
        except Busy:
            return False
        except OSError as error:  # not even a lock
            self._fail("build", error)
            state = state_of(self._reload())
        self._answer_from(state)
        return True

    def rebuild(self) -> None:
        """Write everything anew from `reload()`, however well the disk is."""
        assert self._reload is not None
        try:
            with self._generations.writing(wait=True):
                state = self._written(state_of(self._reload()))
        except OSError as error:
            self._fail("build", error)
            state = state_of(self._reload())
        self._answer_from(state)
        if self._is_small():
            self.add_texts()

    def mend(self) -> bool:
        """Put right what `sound()` complains about, from the truth; False when another is at it or the disk refuses."""
        if self.refresh() and self.sound():
            return True
        name = self._state.generation
        if name is None:
            return self.compact()  # what is in memory was never written
        if self._is_whole(name):
            return self._point(name)
        self._generations.quarantine(name)
        return self.build_once(wait=False, at_least=self._state.generation_no) and self._state.generation is not None

    def _is_whole(self, name: str) -> bool:
        try:
            self._watch.look(self._generations.directory / name)
        except Damaged:
            return False
        return True

    def _point(self, name: str) -> bool:
        try:
            with self._generations.writing():
                self._generations.point(name)
            return True
        except (Busy, OSError):
            return False

    def compact(self) -> bool:
        """Write generation and overlay as a new generation; False when another process is at it or the disk refuses."""
        return self.healed(self._compact)

    def _compact(self) -> bool:
        self.refresh()
        state = self._state
        try:
            with self._generations.writing():
                self._need_room()
                whole = Corpus(tuple(_living(state.supplies)), tuple(_living(state.needs)), state.no)
                written = self._write_locked(state_of(whole))
        except Busy:
            return False
        except OSError as error:
            self._fail("compact", error)
            return False
        before = self._answer_from(written)
        if self._is_small() or (before.generation is not None and self._generations.has(before.generation, TEXT)):
            self.add_texts(before)
        return True

    def _answer_from(self, state: State) -> State:
        """Answer from `state` and what came in meanwhile; returns what answers came from before."""
        with self._changing:
            before, self._state = self._state, relaid(state, self._state)
        return before

    def add_texts(self, before: State | None = None) -> None:
        """The Whoosh index of the current generation, from that of the one before where it can be.

        Under a lock of its own: a new generation does not wait for it.
        """
        state = self._state
        if state.generation is None:
            return
        try:
            with self._generations.writing(what=TEXT):
                if self.lacks_texts:
                    write_texts(self._generations, state.generation, state.generation_no, state, before)
        except Busy:
            return
        except (OSError, Damaged) as error:
            self._fail("texts", error)

    def _write(self, state: State) -> State:
        try:
            with self._generations.writing(wait=True):
                return self._written(state)
        except OSError as error:
            self._fail("write", error)
            return state

    def _written(self, state: State) -> State:
        """Needs the lock; the same, in memory only, when the disk refuses."""
        try:
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
        return self._read(name) or replace(state, generation=name)  # from the disk: the documents leave our memory

    def _need_room(self) -> None:
        """Raises OSError before the work is done, rather than after. Needs the lock."""
        self._generations.probe()
        if problem := self._generations.room(self._state.generation):
            raise OSError(problem)


def _living(side: Side) -> list:
    """Every thing that still counts, of all segments."""
    return [
        shelf[int(row)]
        for segment, shelf in zip(side.segments, side.shelves, strict=True)
        for row in segment.alive.nonzero()[0]
    ]
