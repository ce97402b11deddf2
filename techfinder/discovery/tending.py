"""Looking after the index of this machine: one process builds, compacts and mends it while all others answer.

The worker tends every second, in a thread of its own. A web process that has done without an index for `GRACE_S` does it
once itself, behind its answers: then there is no worker here. Who has the directory's lock works, everybody else waits.
"""

import logging
import shutil
import threading
import time
from pathlib import Path

from flask import Flask, Response

from techfinder.core.changes import current_no
from techfinder.core.health import check
from techfinder.discovery.engine import Finder, finder
from techfinder.matching.engine import Engine

TICK_S = 1.0
AFTER_TROUBLE_S = 10.0  # a disk that is full is asked again after so long
GRACE_S = 15.0
OLD_S = 7 * 24 * 3600.0  # folders of another version or database are kept so long
PROBLEM = "problem"  # a file that says what the one who tends ran into; best effort
log = logging.getLogger("techfinder.index")


def tend(found: Finder) -> bool:
    """Once: up to date, sound on disk, compacted. False when something stands in the way; `flask doctor` says what."""
    engine = found.engine(at_once=True)
    well = engine.sound() or engine.mend()
    if well and engine.wants_compaction:
        well = engine.compact()
    if well:
        engine.overcome()
    _note(found, engine.problem)
    return well


def _note(found: Finder, problem: str | None) -> None:
    """Say it where another process can read it, also when the disk is full: then the old note has to do."""
    path = found.directory / PROBLEM
    try:
        if problem:
            path.write_text(problem)
        else:
            path.unlink(missing_ok=True)
    except OSError:
        log.warning("the index's problem could not be noted: %s", problem)


def noted(found: Finder) -> str:
    """What the one who tends ran into last, and has not overcome."""
    try:
        return (found.directory / PROBLEM).read_text(errors="replace")
    except OSError:
        return ""


class Tending(threading.Thread):
    """Tends until told to stop. Dies with its process, at any moment, without harm."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="index", daemon=True)
        self.app, self.stopping = app, threading.Event()
        self._texts: threading.Thread | None = None

    def run(self) -> None:
        """Until `stopping` is set."""
        _tidy(self.app)
        while not self.stopping.is_set():
            self.stopping.wait(TICK_S if self._once() else AFTER_TROUBLE_S)

    def _once(self) -> bool:
        with self.app.app_context():
            try:
                well = tend(finder())
                self._write_texts(finder().engine())
                return well
            except Exception:
                log.exception("the index could not be tended; trying again")
                return False

    def _write_texts(self, engine: Engine) -> None:
        """The Whoosh index of a large generation takes minutes; meanwhile we go on."""
        if engine.lacks_texts and (self._texts is None or not self._texts.is_alive()):
            self._texts = threading.Thread(target=engine.add_texts, name="index texts", daemon=True)
            self._texts.start()


def _tidy(app: Flask) -> None:
    """Remove what other versions and databases left behind."""
    with app.app_context():
        kept = finder().directory
    for folder in kept.glob("*-*") if kept.is_dir() else ():
        if folder.is_dir() and time.time() - _touched(folder) > OLD_S:
            shutil.rmtree(folder, ignore_errors=True)


def _touched(folder: Path) -> float:
    try:
        return max(folder.stat().st_mtime, (folder / "lock").stat().st_mtime)
    except OSError:
        return time.time()


_standing_in = threading.Lock()


def init_tending(app: Flask) -> None:
    """After every request in a web process: build in a thread when nobody else did for `GRACE_S`."""

    @app.after_request
    def _stand_in(response: Response) -> Response:
        since = finder().lacking_since
        if since is not None and time.monotonic() - since > GRACE_S and not finder().forking:
            stand_in(app)
        return response


def stand_in(app: Flask) -> threading.Thread | None:
    """Build in a thread, while this process goes on answering; None when one of ours is at it."""
    if not _standing_in.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_build, args=(app,), name="index", daemon=True)
    thread.start()
    return thread


def _build(app: Flask) -> None:
    try:
        with app.app_context():
            finder().build_aside()
    except Exception:
        log.exception("the index could not be built; trying again")
    finally:
        time.sleep(TICK_S)
        _standing_in.release()


@check("index")
def _index() -> tuple[bool, str]:
    found = finder()
    engine = found.looked_at()
    if engine is None:
        return False, f"no index can be used; answers come from SQL until one is built. {noted(found)}".strip()
    state = engine.status()
    sentence = (
        f"{state.supplies} offers, {state.needs} requests, {current_no() - state.no} changes behind, "
        f"{state.overlay} over generation {state.generation}"
    )
    problem = noted(found) or state.problem
    return not problem, f"{sentence}; {problem}" if problem else sentence
