"""Is what stands on disk still what was written? And what to do about documents that are not.

Every file of a generation ends in the BLAKE2b of all before it (the Whoosh index has a list of its own), so harm that
keeps a file's size and date is found too, when the file is read again.
"""

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from techfinder.matching.pack import Damaged
from techfinder.matching.readings import Reading, reading_of
from techfinder.matching.textstore import check_text

FILES = ("supplies.pack", "needs.pack", "supplies.docs", "needs.docs", "words.pack")
READ_AGAIN_S = 300.0  # files that look untouched are read again after so long
DIGEST = 16  # bytes
BLOCK = 1 << 20
PASSING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EINTR}


def check_file(path: Path) -> None:
    """Raises Damaged when the last 16 bytes are not the digest of what stands before them."""
    digest, left = blake2b(digest_size=DIGEST), path.stat().st_size - DIGEST
    with open(path, "rb") as file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
        if left or file.read() != digest.digest():
            raise Damaged(f"{path.name}: checksum")


def check_generation(folder: Path, text: str) -> None:
    """Raises Damaged when a file of the generation in `folder` is missing or altered; the Whoosh index may be absent."""
    try:
        for name in FILES:
            check_file(folder / name)
    except OSError as error:
        raise Damaged(f"{folder.name}: {error}") from error
    if (folder / text).is_dir():
        for part in ("supplies", "needs"):
            check_text(folder / text / part)


class Watch:
    """Looks after one generation: at every call whether files were touched, and now and then at every byte."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen: tuple[Any, ...] = ()
        self._read = float("-inf")

    def look(self, folder: Path) -> None:
        """Raises Damaged."""
        seen = (folder, *_outsides(folder))
        if seen == self._seen and time.monotonic() - self._read < READ_AGAIN_S:
            return
        check_generation(folder, self._text)
        self._seen, self._read = seen, time.monotonic()


def _outsides(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """Name, size, date and inode of every file, sorted."""
    found: list[tuple[str, int, int, int]] = []
    with suppress(OSError):
        for path in folder.rglob("*"):
            if path.is_file():
                stat = path.stat()
                found.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return iter(sorted(found))


class Spared(Sequence[Any]):
    """A shelf of documents; those that turn out harmed are asked for again, one by one, of whoever knows the truth.

    `ids` int64 [N] are the documents' own.
    """

    def __init__(self, shelf: Sequence[Any], ids: np.ndarray, again: Callable[[int], Any]) -> None:
        self._shelf, self._ids, self._again = shelf, ids, again
        self.harmed = False

    def __len__(self) -> int:
        return len(self._shelf)

    def __getitem__(self, row: Any) -> Any:
        i = int(self._ids[row])
        if not self.harmed:
            with suppress(Damaged):
                thing = self._shelf[row]
                if thing.id == i:
                    return thing
            self.harmed = True  # nothing in this file is trusted any more
        return self._again(i)

    def reading(self, row: int) -> Reading | None:
        """The document's words by number; None when they are not to be trusted, and its text must be read."""
        if not self.harmed:
            with suppress(Damaged):
                return reading_of(self._shelf, row)
            self.harmed = True
        return None


def is_passing(error: BaseException) -> bool:
    """Whether a file could not be read for want of something else than the file itself: handles, memory, permission."""
    cause = error.__cause__
    return isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno in PASSING)
