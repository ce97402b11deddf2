"""One matching engine per process, kept up with the database through the change log.

Before answering, when `STALE_AFTER_S` have passed, the process reads the log's counter; what changed is read again from
SQL and laid over the index. No thread, no message: a stale index may leave something out for a moment, and every answer
is read again from SQL before it is shown.
"""

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, current_app

from techfinder.core.changes import changes_since, current_no
from techfinder.core.db import reading
from techfinder.core.health import check
from techfinder.core.jobs import periodic
from techfinder.discovery import corpus
from techfinder.matching.engine import Engine

STALE_AFTER_S = 0.25
FROM_SCRATCH = 20_000  # changes after which laying them over one by one takes longer than reading all
KEY = "techfinder.finder"


class Finder:
    """The engine of this process, opened at the first question."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._engine: Engine | None = None
        self._checked = 0.0
        self._busy = threading.Lock()

    def engine(self, *, at_once: bool = False) -> Engine:
        """The engine, at most `STALE_AFTER_S` behind; with `at_once` not behind at all."""
        if self._engine is None:
            with self._busy:
                if self._engine is None:
                    self._engine = Engine.open(self.directory, corpus.whole)
        if at_once or time.monotonic() - self._checked >= STALE_AFTER_S:
            self._catch_up(self._engine)
        return self._engine

    def warm(self) -> bool:
        """Load the words and the newest index if there is one, before processes are forked; False when there is none yet."""
        engine = Engine.open(self.directory)
        if engine.status().generation is None:
            return False
        engine.reload_from(corpus.whole)
        self._engine = engine
        return True

    def _catch_up(self, engine: Engine) -> None:
        if not self._busy.acquire(timeout=5):
            return  # somebody else is at it; this answer is a moment older
        try:
            engine.refresh()
            with reading() as session:
                missed = changes_since(engine.no, session)
                if missed.no < engine.no or not missed.complete or len(missed.refs) > FROM_SCRATCH:
                    self._from_scratch(engine)  # too far behind, or the database was restored to an older moment
                elif missed.no != engine.no:
                    fresh = corpus.changed(session, missed.refs)
                    engine.apply(missed.no, fresh.supplies, fresh.needs, fresh.gone_supplies, fresh.gone_needs)
            self._checked = time.monotonic()
        finally:
            self._busy.release()

    def _from_scratch(self, engine: Engine) -> None:
        everything = corpus.whole()
        engine.build(everything.supplies, everything.needs, everything.no)

    def rebuild(self) -> Engine:
        """Read everything again and write a new generation; for `index rebuild`."""
        engine = self.engine()
        with self._busy:
            self._from_scratch(engine)
        return engine

    def forget(self) -> None:
        """Close and open anew at the next question; after the index folder was replaced."""
        with self._busy:
            if self._engine is not None:
                self._engine.close()
            self._engine, self._checked = None, 0.0


def init_finder(app: Flask) -> None:
    """Give the application its finder; nothing is read before the first question."""
    app.extensions[KEY] = Finder(Path(app.config["SETTINGS"].data_dir) / "index")


def finder() -> Finder:
    """This process's finder."""
    found: Finder = current_app.extensions[KEY]
    return found


def engine(*, at_once: bool = False) -> Engine:
    """This process's engine, up to date."""
    return finder().engine(at_once=at_once)


@check("index")
def _index() -> tuple[bool, str]:
    state = engine().status()
    behind = current_no() - state.no
    sentence = f"{state.supplies} offers, {state.needs} requests, {behind} changes behind, {state.overlay} over the generation"
    if state.problem:
        return False, f"{sentence}; {state.problem}"
    return True, sentence


@periodic("index.compact", timedelta(seconds=60), in_transaction=False)
def _compact(_at: datetime) -> None:
    """In the worker: write a new generation when much has changed since the last."""
    current = engine(at_once=True)
    if current.wants_compaction:
        current.compact()
