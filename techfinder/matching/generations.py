"""The index on disk, in whole generations: a disposable, checksummed cache.

    directory/
      lock lock.text       one writer at a time (a lock of the system's, freed when its process dies)
      current              {"generation": "g000007"}, replaced by a rename after everything before it is on disk
      g000007/             supplies.pack needs.pack supplies.docs needs.docs words.pack: written once, never changed
        text/              the same texts as a Whoosh index a side; added a little later, complete or not at all
      g000006.damaged/     quarantine: what a reader found damaged

A reader takes `current`, else the newest whole folder; three generations are kept, so that a reader that just read the
pointer still finds its files.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh.util.filelock import FileLock

from techfinder.matching.pack import Damaged

KEEP = 3
QUARANTINE = 2  # damaged folders that are kept to look at
POINTER = "current"
SEALED = "words.pack"  # written last
LOCK_TRIES = 100
PROBE = 1 << 18  # bytes
LEAST, ROOM = 1 << 20, 2  # bytes that must be free to write a generation, and how many times its size
LOCKS = {"generation": "lock", "text": "lock.text"}


class Busy(Exception):
    """Another process is writing."""


def fsync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Generations:
    def __init__(self, directory: Path):
        self.directory = directory

    def names(self) -> list[str]:
        """Whole generations, newest first."""
        with suppress(OSError):
            found = [p.name for p in self.directory.iterdir() if p.name.startswith("g") and p.name[1:].isdigit()]
            return sorted(found, reverse=True)
        return []

    def current(self) -> str | None:
        """What the pointer names, else the newest there is."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            name = json.loads((self.directory / POINTER).read_text())["generation"]
            if isinstance(name, str) and (self.directory / name).is_dir():
                return name
        return next(iter(self.names()), None)

    def has(self, name: str, part: str) -> bool:
        return (self.directory / name / part).is_dir()

    def quarantined(self) -> tuple[str, ...]:
        with suppress(OSError):
            return tuple(sorted(p.name for p in self.directory.iterdir() if p.name.endswith(".damaged")))
        return ()

    @contextmanager
    def writing(self, wait: bool = False, what: str = "generation") -> Iterator[None]:
        """Hold the lock of who writes `what`; raises Busy when another has it and `wait` is False."""
        lock = self._locked(wait, LOCKS[what])
        try:
            yield
        finally:
            lock.release()

    def _locked(self, wait: bool, name: str) -> Any:
        """The lock, on the file that has this name now: who locked one that was deleted meanwhile holds nothing."""
        path = self.directory / name
        for _ in range(LOCK_TRIES):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(path))
            if not lock.acquire(blocking=wait):
                raise Busy
            with suppress(OSError):
                if os.path.samestat(os.fstat(lock.fd), path.stat()):
                    return lock
            lock.release()
        raise Busy

    @contextmanager
    def new(self) -> Iterator[tuple[str, Path]]:
        """A folder to write a generation in; it becomes the current one when the block ends well. Needs the lock."""
        newest = self.names() + [n.split(".")[0] for n in self.quarantined()]
        number = max((int(n[1:]) for n in newest), default=0) + 1
        name = f"g{number:06d}"
        made = self.directory / f".{name}.new"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        try:
            yield name, made
            fsync_folder(made)
            made.rename(self.directory / name)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        self.point(name)
        self._tidy(name)

    @contextmanager
    def adding(self, name: str, part: str) -> Iterator[Path]:
        """A folder that becomes `part` of an existing generation when the block ends well. Needs the lock."""
        made = self.directory / name / f".{part}.new"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        try:
            yield made
            made.rename(self.directory / name / part)
            fsync_folder(self.directory / name)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise

    def point(self, name: str) -> None:
        """Make `name` the current generation. Needs the lock."""
        temporary = self.directory / f".{POINTER}.new"
        with open(temporary, "w") as file:
            json.dump({"generation": name}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.directory / POINTER)
        fsync_folder(self.directory)

    def _tidy(self, current: str) -> None:
        keep = {current, *self.names()[:KEEP]}
        for path in list(self.directory.iterdir()):
            whole = path.name.startswith("g") and path.is_dir() and not path.name.endswith(".damaged")
            if (whole and path.name not in keep) or (path.name.endswith(".new") and path.is_dir()):
                shutil.rmtree(path, ignore_errors=True)
        for name in self.quarantined()[:-QUARANTINE]:
            shutil.rmtree(self.directory / name, ignore_errors=True)

    def quarantine(self, name: str) -> None:
        """Put a damaged generation aside; nobody reads it again."""
        with suppress(OSError):
            (self.directory / name).rename(self.directory / f"{name}.damaged")

    def age_s(self, name: str) -> float:
        """Seconds since the generation was written; 0 when it is not there."""
        with suppress(OSError):
            return max(0.0, time.time() - (self.directory / name / SEALED).stat().st_mtime)
        return 0.0

    def probe(self) -> None:
        """Write a little and take it away; raises OSError when the disk refuses. Needs the lock."""
        path = self.directory / ".probe"
        try:
            with open(path, "wb") as file:
                file.write(bytes(PROBE))
                file.flush()
                os.fsync(file.fileno())
        finally:
            path.unlink(missing_ok=True)

    def room(self, generation: str | None) -> str | None:
        """What is wrong when the disk has no room for another generation of this size beside it; None when it has."""
        needed = max(LEAST, ROOM * self.bytes(generation)) if generation else LEAST
        with suppress(OSError):
            free = shutil.disk_usage(self.directory).free
            if free < needed:
                return f"no room on the disk for another generation: {free / 1e6:.1f} MB free, {needed / 1e6:.1f} MB needed"
        return None

    def bytes(self, name: str | None) -> int:
        with suppress(OSError):
            return sum(p.stat().st_size for p in (self.directory / (name or "")).rglob("*") if p.is_file())
        return 0


__all__ = ["Busy", "Damaged", "Generations", "fsync_folder"]
