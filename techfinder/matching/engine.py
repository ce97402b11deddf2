"""One engine per process over one index directory. It never raises at its caller for what is wrong on disk.

    engine = Engine.open(directory, reload=corpus_from_sql)
    engine.suggest(need, at=now, k=10, viewer=labels)
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from techfinder.matching.values import (
    PUBLIC,
    Completion,
    Corpus,
    Need,
    Query,
    Result,
    Status,
    Suggestion,
    Suggestions,
    Supply,
)


class Engine:
    """Finds supplies for needs and needs for supplies; see the methods for what each promises."""

    @classmethod
    def open(cls, directory: Path | str, reload: Callable[[], Corpus] | None = None) -> "Engine":
        """Map the newest whole generation; when there is none or it is damaged, build from `reload()`."""
        raise NotImplementedError

    @property
    def no(self) -> int:
        """The last change number that answers contain; hand `apply` everything after it."""
        raise NotImplementedError

    @property
    def wants_compaction(self) -> bool:
        """Whether so much lies over the generation that a worker should call `compact()`."""
        raise NotImplementedError

    def build(self, supplies: Iterable[Supply], needs: Iterable[Need], no: int) -> None:
        """Write a whole new generation as of change `no` and answer from it."""
        raise NotImplementedError

    def apply(
        self,
        no: int,
        supplies: Iterable[Supply] = (),
        needs: Iterable[Need] = (),
        gone_supplies: Iterable[int] = (),
        gone_needs: Iterable[int] = (),
    ) -> None:
        """Lay changes up to number `no` over the generation, in this process's memory."""
        raise NotImplementedError

    def compact(self) -> bool:
        """Write generation and overlay as a new generation; False when another process is at it."""
        raise NotImplementedError

    def refresh(self) -> bool:
        """Take up a newer generation from disk, if another process wrote one; cheap enough for every request."""
        raise NotImplementedError

    def suggest(self, need: Need, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """The supplies that fit `need` (which itself need not be indexed), best first."""
        raise NotImplementedError

    def seekers(self, supply: Supply, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """The needs that `supply` fits, best first; `viewer` must share a label with the need."""
        raise NotImplementedError

    def rank_text(self, need: Need, k: int = 20, viewer: frozenset[str] = PUBLIC) -> tuple[Suggestion, ...]:
        """Supplies by their text alone: no filter but the labels, no distance. For `suggest export --text-only`."""
        raise NotImplementedError

    def search(self, query: Query, at: datetime) -> Result:
        """One page of supplies with facet counts; any text is an ordinary query."""
        raise NotImplementedError

    def complete(self, prefix: str, viewer: frozenset[str] = PUBLIC, k: int = 8) -> tuple[Completion, ...]:
        """Words, themes and organisations that begin with `prefix`, most frequent first."""
        raise NotImplementedError

    def status(self) -> Status:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the mapped files."""
        raise NotImplementedError
