"""What one process has read, its relatives share; nobody can harm it, and harm to the file is found all the same."""

import mmap
import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest

from techfinder.matching import shared

needs_sealing = pytest.mark.skipif(not shared.POSSIBLE, reason="no sealed memory on this system")
CHILD = """
import sys
from techfinder.matching.shared import content
with open(sys.argv[1], "rb") as file:
    held = content(file)
print(*{line.split()[4] for line in open("/proc/self/maps") if "/memfd:techfinder-" in line}, len(held))
"""


def write(path: Path, size: int) -> bytes:
    data = os.urandom(size)
    data += blake2b(data, digest_size=16).digest()
    path.write_bytes(data)
    return data


def content(path: Path) -> bytes | mmap.mmap | None:
    with open(path, "rb") as file:
        return shared.content(file)


def inodes() -> set[str]:
    return {line.split()[4] for line in open("/proc/self/maps") if "/memfd:techfinder-" in line}


@pytest.mark.parametrize("size", [0, 1, 5_000, 1 << 20, (3 << 20) + 7])
def test_the_content_is_that_of_the_file(tmp_path: Path, size: int) -> None:
    data = write(tmp_path / "x", size)
    found = content(tmp_path / "x")
    assert (found is None) if size == 0 else (found is not None and found[:] == data)


@needs_sealing
def test_what_was_read_stays_when_the_file_is_truncated_or_zeroed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = write(path, 2 << 20)
    held = content(path)
    assert isinstance(held, mmap.mmap)
    with open(path, "r+b") as file:
        file.write(bytes(1 << 20))
        file.truncate(1 << 20)
    assert held[:] == data


@needs_sealing
def test_nobody_can_shorten_or_alter_what_is_held(tmp_path: Path) -> None:
    write(tmp_path / "x", 2 << 20)
    before = {e.name for e in os.scandir("/proc/self/fd")}
    held = content(tmp_path / "x")
    own = [e.path for e in os.scandir("/proc/self/fd") if e.name not in before and "memfd" in os.readlink(e.path)]
    assert held is not None
    assert own
    handle = os.open(own[0], os.O_RDWR)
    try:
        with pytest.raises(OSError):
            os.ftruncate(handle, 10)
        with pytest.raises(OSError):
            os.pwrite(handle, b"x", 0)
    finally:
        os.close(handle)


@needs_sealing
def test_a_relative_takes_the_memory_that_is_there(tmp_path: Path) -> None:
    data = write(tmp_path / "x", 2 << 20)
    before = inodes()
    held = content(tmp_path / "x")
    (own,) = inodes() - before
    told = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path / "x")], capture_output=True, text=True, check=True).stdout.split()
    assert told == [own, str(len(data))]
    assert held is not None


@pytest.mark.parametrize("at", [0, 1_500_000, (2 << 20) + 3])
def test_harm_to_the_file_is_found_though_a_relative_holds_it_whole(tmp_path: Path, at: int) -> None:
    path = tmp_path / "x"
    data = write(path, 2 << 20)
    held = content(path)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert content(path) is None
    path.write_bytes(data[:-1])
    assert content(path) is None
    path.write_bytes(data)
    assert content(path)[:] == data  # type: ignore[index]
    assert held is not None


def test_without_sealed_memory_the_content_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write(tmp_path / "x", 2 << 20)

    def refuse(*_: object) -> int:
        raise OSError("no memory files")

    monkeypatch.setattr(os, "memfd_create", refuse, raising=False)
    assert content(tmp_path / "x") == data
