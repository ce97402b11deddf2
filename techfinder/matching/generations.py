"""The index on disk, in whole generations: a disposable, checksummed cache.

    directory/
      lock                 one writer at a time (a lock of the system's, freed when its process dies)
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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.util.filelock import FileLock

from techfinder.matching.pack import Damaged

KEEP = 3
QUARANTINE = 2  # damaged folders that are kept to look at
POINTER = "current"


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
    def writing(self, wait: bool = False) -> Iterator[None]:
        """Hold the writer's lock; raises Busy when another has it and `wait` is False."""
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.directory / "lock"))
        if not lock.acquire(blocking=wait):
            raise Busy
        try:
            yield
        finally:
            lock.release()

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
        self._point(name)
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

    def _point(self, name: str) -> None:
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

    def bytes(self, name: str | None) -> int:
        with suppress(OSError):
            return sum(p.stat().st_size for p in (self.directory / (name or "")).rglob("*") if p.is_file())
        return 0


__all__ = ["Busy", "Damaged", "Generations", "fsync_folder"]
