"""A file in memory once for all processes of a family, and out of reach of whoever harms the file.

Mapping the file itself would share it too, but a mapped file that somebody truncates kills its readers (SIGBUS), and one
that is zeroed changes their answers. So its content is copied into a memory file of the system (`memfd_create`), which is
sealed: nobody can shorten or alter it any more. Its name is the file's checksum, and parent, siblings and children find it
among each other's open files in /proc; a lock on the file makes them come one by one, so that the second finds the first's.
The system frees it when the last process lets go.

The file on disk is checked from end to end every time, and what a relative holds is compared with it byte by byte. Where
sealing is not to be had (no Linux, no /proc, no permission, no memory), the content is read into the process's own memory.
"""

import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl

    SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    POSSIBLE = hasattr(os, "memfd_create")
except (ImportError, AttributeError):  # no Linux
    POSSIBLE = False

CHECKSUM = 16  # bytes of BLAKE2b at the end of a file
SHARED_FROM = 1 << 20  # bytes; what is smaller is read
BLOCK = 1 << 20
PATIENCE_S = 3.0  # for a relative that is reading the same file


def content(file: BinaryIO) -> bytes | mmap.mmap | None:
    """The whole of an open file, which ends in its checksum; None when that is wrong. Raises OSError."""
    size = os.fstat(file.fileno()).st_size
    if POSSIBLE and size >= SHARED_FROM:
        try:
            with _turn(file):
                return _sealed(file, size)
        except (OSError, ValueError):  # ValueError: the system gave a mapping of another size
            file.seek(0)
    data = file.read()
    whole = len(data) > CHECKSUM and blake2b(memoryview(data)[:-CHECKSUM], digest_size=CHECKSUM).digest() == data[-CHECKSUM:]
    return data if whole else None


def _sealed(file: BinaryIO, size: int) -> mmap.mmap | None:
    name = f"techfinder-{os.pread(file.fileno(), CHECKSUM, size - CHECKSUM).hex()}"
    for held in _held(name, size):
        if _checked(file, size, held, None):
            return held
        held.close()
        file.seek(0)
    made = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        if not _checked(file, size, None, made):
            return None
        fcntl.fcntl(made, fcntl.F_ADD_SEALS, SEALS)
        return _mapped(f"/proc/self/fd/{made}", size)
    finally:
        os.close(made)


def _checked(file: BinaryIO, size: int, like: mmap.mmap | None, into: int | None) -> bool:
    """Whether the file is whole and, byte by byte, `like`; it is copied `into` a descriptor on the way."""
    digest, at = blake2b(digest_size=CHECKSUM), 0
    while at < size - CHECKSUM:
        block = file.read(min(size - CHECKSUM - at, BLOCK))
        if not block or (like is not None and like[at : at + len(block)] != block):
            return False
        digest.update(block)
        at += len(block)
        if into is not None:
            _write(into, block)
    last = file.read()
    if into is not None:
        _write(into, last)
    return digest.digest() == last


def _write(into: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(into, view) :]


def _mapped(path: str, size: int) -> mmap.mmap:
    """Opened for reading only: older systems refuse to map what is sealed against writing otherwise."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return mmap.mmap(handle, size, access=mmap.ACCESS_READ)  # holds a descriptor of its own, by which relatives find it
    finally:
        os.close(handle)


def _held(name: str, size: int) -> Iterator[mmap.mmap]:
    """What relatives hold under this name, sealed."""
    for pid in _family():
        with suppress(OSError):
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with suppress(OSError, ValueError):
                    if os.readlink(entry.path).startswith(f"/memfd:{name} ") and _is_sealed(entry.path):
                        yield _mapped(entry.path, size)


def _is_sealed(path: str) -> bool:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return fcntl.fcntl(handle, fcntl.F_GET_SEALS) & SEALS == SEALS
    finally:
        os.close(handle)


def _family() -> list[int]:
    """This process, its parent, and their children."""
    near = [os.getpid(), os.getppid()]
    found = dict.fromkeys(near)
    for pid in near:
        with suppress(OSError):
            found |= dict.fromkeys(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return list(found)


@contextmanager
def _turn(file: BinaryIO) -> Iterator[None]:
    """One process at a time; whoever waits too long goes on, and has a copy of its own perhaps."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        if time.monotonic() > end:
            break
        time.sleep(0.005)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
