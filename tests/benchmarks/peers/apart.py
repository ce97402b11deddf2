"""Each engine in a process of its own, asked through a pipe; what it does is timed in there, around the question alone.

So no engine runs with the memory, the Python objects or the garbage of another in its process, as nobody would serve with. They
are forked from one that holds the offers, and asked in turn: while one works the others wait.
"""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.common import Corpus, Missing, Peer

FORK = multiprocessing.get_context("fork")


def built(kind: type[Peer], folder: Path, corpus: Corpus) -> tuple[Peer, float, float]:
    """(engine, s on the wall, s of processor); raises Missing."""
    engine = kind(folder)
    wall, cpu = time.perf_counter(), time.process_time()
    engine.build(corpus)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    engine.reopen()
    return engine, wall, cpu


class Together:
    """An engine in this process."""

    def __init__(self, kind: type[Peer], folder: Path, corpus: Corpus):
        self.settings, self.analyses, self.candidates = kind.settings, kind.analyses, kind.candidates
        self._corpus = corpus
        self._engine, self.wall, self.cpu = built(kind, folder, corpus)

    def does(self, work: Callable[..., Any], *args: Any) -> Any:
        """What `work` gives for the engine, the corpus and `args`."""
        return work(self._engine, self._corpus, *args)

    def close(self) -> None:
        self._engine.close()


class Apart:
    """The same in another process: `work`, `args` and what comes of them go through a pipe."""

    def __init__(self, kind: type[Peer], folder: Path, corpus: Corpus):
        self.settings, self.analyses, self.candidates = kind.settings, kind.analyses, kind.candidates
        self._pipe, other = FORK.Pipe()
        self._process = FORK.Process(target=served, args=(other, kind, folder, corpus), daemon=True)
        self._process.start()
        other.close()
        self.wall, self.cpu = self._answer()

    def does(self, work: Callable[..., Any], *args: Any) -> Any:
        self._pipe.send((work, args))
        return self._answer()

    def _answer(self) -> Any:
        found = self._pipe.recv()
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        self._pipe.send(None)
        self._process.join()


def served(pipe: Any, kind: type[Peer], folder: Path, corpus: Corpus) -> None:
    """Build and then do what is asked, until nothing is."""
    try:
        engine, *times = built(kind, folder, corpus)
    except Missing as error:
        pipe.send(error)
        return
    found: Any = times
    while True:
        pipe.send(found)
        if (asked := pipe.recv()) is None:
            engine.close()
            return
        work, args = asked
        try:
            found = work(engine, corpus, *args)
        except Exception as error:
            found = error
