"""Writers of SQLite wait in line.

SQLite lets one write at a time, and those who find it busy sleep and look again, up to 100 ms later: under load some never
get their turn while others get several. Here they wait on a lock of the operating system, which wakes them in order and
lets go by itself when a process is killed. Only a courtesy: correctness still rests on BEGIN IMMEDIATE.
"""

import os
import threading
from collections import defaultdict

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

_within: dict[str, threading.Lock] = defaultdict(threading.Lock)  # the threads of this process, by database


class Turn:
    """One writer's place in the line; taken with the first statement of a transaction and given back after its end."""

    def __init__(self) -> None:
        self._lock: threading.Lock | None = None
        self._file: int | None = None

    def take(self, database: str | None) -> None:
        """Wait until it is our turn to write in this file; nothing to wait for in memory. A second call changes nothing."""
        if self._lock is not None or fcntl is None or not database or database == ":memory:":
            return
        lock = _within[database]
        lock.acquire()
        self._lock = lock
        self._file = os.open(f"{database}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def give_back(self) -> None:
        """Let the next one write."""
        if self._file is not None:
            os.close(self._file)
        if self._lock is not None:
            self._lock.release()
        self._file = self._lock = None
