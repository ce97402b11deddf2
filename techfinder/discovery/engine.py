"""One matching engine per process, kept up with the database through the change log.

Before answering, when `STALE_AFTER_S` have passed, the process reads the log's counter; what changed is read again from
SQL and laid over the index. No message: a stale index may leave something out for a moment, and every answer is read
again from SQL before it is shown.

A page never waits for an index to be built. Where none can be used (deleted, harmed, of another version or another
database, too far behind) it is answered from SQL (`plain.py`), while one process of this machine builds: the worker
(`tending.py`), or where no worker does it in time, a thread of a web process.
"""

import os
import threading
import time
from pathlib import Path
from weakref import WeakSet

from flask import Flask, current_app
from sqlalchemy.orm import Session

from techfinder.core.changes import changes_since, position
from techfinder.core.db import reading
from techfinder.discovery import corpus
from techfinder.discovery.plain import Answers, Plain
from techfinder.matching.engine import Engine
from techfinder.matching.store import VERSION

STALE_AFTER_S = 0.25
FROM_SCRATCH = 5_000  # changes after which laying them over one by one keeps people waiting
AT_ONCE = 1_000  # things of which an index is made while somebody waits: about a second
PATIENCE_S = 1.5  # for another process that is making a small index
KEY = "techfinder.finder"
_finders: "WeakSet[Finder]" = WeakSet()


class Finder:
    """The engine of this process, opened at the first question. `directory` holds one folder per change log and version."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.forking = False  # true in a process that is about to fork: it starts no thread
        self.lacking_since: float | None = None  # since when this process has done without an index of its own or on disk
        self._engine: Engine | None = None
        self._place: Path | None = None
        self._useless: str | None = None  # a generation that can be read and not be used
        self._plain = Plain()
        self._checked = 0.0
        self._busy = threading.Lock()
        _finders.add(self)

    def engine(self, *, at_once: bool = False) -> Engine:
        """The index itself, built now when there is none, however long that takes: for commands and the worker."""
        self._follow(at_once, build=True)
        assert self._engine is not None
        return self._engine

    def answers(self, *, at_once: bool = False) -> Answers:
        """Whatever answers best now, at most `STALE_AFTER_S` behind; with `at_once` not behind at all."""
        self._follow(at_once, build=False)
        return self._engine or self._plain

    def looked_at(self) -> Engine | None:
        """The index as it is, None when there is none that can be used; nothing is built."""
        self._follow(True, build=False, small=0)
        return self._engine

    def warm(self) -> bool:
        """Take up the newest index before processes are forked, or what answers without one. Starts no thread."""
        self.forking = True
        self._follow(True, build=False)
        if self._engine is None:
            self._plain.prepare()
        return True

    def place(self, key: str) -> Path:
        """Where the index of this change log is: one made from another database or by another version lies elsewhere."""
        return self.directory / f"{VERSION[:8]}-{key[:12] or 'new'}"

    def _follow(self, at_once: bool, build: bool, small: int | None = None) -> None:
        if not at_once and self._engine is not None and time.monotonic() - self._checked < STALE_AFTER_S:
            return
        if not self._busy.acquire(timeout=-1 if build else 5):
            return  # somebody else is at it; this answer is a moment older
        try:
            with reading(snapshot=False) as session:
                self._engine = self._usable(session) or self._made(session, build, AT_ONCE if small is None else small)
            self._checked = time.monotonic()
            self._note_lack()
        finally:
            self._busy.release()

    def _usable(self, session: Session) -> Engine | None:
        """What we have or what stands on disk, brought up to date; None when neither can be used."""
        if self._engine is not None:
            self._engine.refresh()  # before the number is read: it may be newer than what stands on disk, not older
        key, newest = position(session)
        place = self.place(key)
        engine = self._engine if place == self._place else None
        if engine is None:
            self._place, engine = place, self._opened(place)
            newest = position(session)[1]
        if engine is None or self._catch_up(engine, session, newest):
            return engine
        self._useless = engine.generation
        return None

    def _opened(self, place: Path) -> Engine | None:
        engine = Engine(place, corpus.whole, corpus.again)
        current = engine.current()
        if current is None or current == self._useless:
            return None
        return engine if engine.take() else None

    def _catch_up(self, engine: Engine, session: Session, newest: int) -> bool:
        """Lay over what changed since; False when that can't be: too far behind, or the numbers went back."""
        missed = changes_since(engine.no, session, newest)
        if missed.no < engine.no or not missed.complete or len(missed.refs) > FROM_SCRATCH:
            return False
        if missed.no != engine.no:
            fresh = corpus.changed(session, missed.refs)
            engine.apply(missed.no, fresh.supplies, fresh.needs, fresh.gone_supplies, fresh.gone_needs)
        return True

    def _made(self, session: Session, build: bool, small: int) -> Engine | None:
        """A new index, when somebody may wait for it."""
        if not build and corpus.size(session) > small:
            return None
        session.rollback()
        assert self._place is not None
        engine, end = Engine(self._place, corpus.whole, corpus.again), time.monotonic() + PATIENCE_S
        while not engine.build_once(wait=build, useless=self._useless):
            if time.monotonic() > end:
                return None
            time.sleep(0.02)
        return engine if self._catch_up(engine, session, position(session)[1]) else None

    def _note_lack(self) -> None:
        well = self._engine is not None and self._engine.generation is not None and self._engine.current() is not None
        self.lacking_since = None if well else self.lacking_since or time.monotonic()

    def rebuild(self) -> Engine:
        """Read everything again and write a new generation; for `index rebuild`."""
        with self._busy:
            with reading() as session:
                self._place = self.place(position(session)[0])
            self._engine = Engine(self._place, corpus.whole, corpus.again)
            self._engine.rebuild()
            return self._engine

    def build_aside(self) -> bool:
        """Build on disk while this process goes on answering; it takes the generation up as everybody does. False when
        another is building."""
        with reading() as session:
            place = self.place(position(session)[0])
        return Engine(place, corpus.whole).build_once(wait=False, useless=self._useless)

    def forget(self) -> None:
        """Close and open anew at the next question; after the index folder was replaced."""
        with self._busy:
            if self._engine is not None:
                self._engine.close()
            self._engine, self._place, self._useless, self._checked, self._plain = None, None, None, 0.0, Plain()

    def after_fork(self) -> None:
        """In a child: the parent's threads, and the locks that they held, stayed behind."""
        self._busy, self.forking = threading.Lock(), False
        self._plain.after_fork()


def _after_fork() -> None:
    for each in _finders:
        each.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def init_finder(app: Flask) -> None:
    """Give the application its finder; nothing is read before the first question."""
    app.extensions[KEY] = Finder(Path(app.config["SETTINGS"].data_dir) / "index")


def finder() -> Finder:
    """This process's finder."""
    found: Finder = current_app.extensions[KEY]
    return found


def engine(*, at_once: bool = False) -> Answers:
    """What answers this process's questions, up to date."""
    return finder().answers(at_once=at_once)
