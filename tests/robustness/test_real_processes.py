"""Real processes, killed and robbed of their files: what is found stays what is published, without a manual step.

`KILLS=300` for the long run; `pytest -s` shows what it took.
"""

import os
import random
import shutil
import socket
import threading
import time
from contextlib import ExitStack

import pytest

from tests.conftest import _own_database
from tests.robustness.running import Running

KILLS = int(os.environ.get("KILLS", "8"))
TROUBLE = ("Traceback", "LockError", "FileNotFoundError")


@pytest.fixture(scope="module")
def running(worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Running(folder, _own_database(f"{worker}_site", folder))
    try:
        site.start()
        site.agrees_within(20)
        yield site
    finally:
        site.stop()


def test_connections_that_say_nothing_keep_nobody_waiting(running):
    """A browser opens some ahead of its next click; gunicorn would wait 15 s for each of them."""
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        began = time.monotonic()
        assert running.see() is not None
        assert time.monotonic() - began < 10


def _read_until(running, stopping, wrong, pages):
    while not stopping.is_set() and not wrong:
        try:
            pages.append(running.see() is not None)
        except AssertionError as error:
            wrong.append(error)


def test_killing_indexer_and_web_processes_shows_and_loses_nothing(running):
    chance, stopping, wrong, pages = random.Random(3), threading.Event(), [], []
    threads = [
        threading.Thread(target=running.change_until, args=(stopping, random.Random(4))),
        threading.Thread(target=_read_until, args=(running, stopping, wrong, pages)),
    ]
    for thread in threads:
        thread.start()
    for n in range(KILLS):
        time.sleep(chance.random() * 0.3)
        running.kill_web() if n % 4 == 3 else running.kill_indexer()
        if wrong:
            break
    stopping.set()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]
    took = running.agrees_within(2)
    print(f"{KILLS} kills, {len(running.log)} changes, {sum(pages)} pages, {pages.count(False)} broken connections, {took:.1f} s")  # noqa: T201
    assert sum(pages) > 3
    running.well_within(60)


def _harm(running, how):
    for path in list(running.index.rglob("*")):
        if path.is_file():
            size = path.stat().st_size
            if how == "deleted":
                path.unlink(missing_ok=True)
            elif how == "truncated":
                os.truncate(path, size // 2)
            else:  # in place, as a disk does it
                with open(path, "r+b") as file:
                    file.write(bytes(size))
    if how == "deleted":
        shutil.rmtree(running.index, ignore_errors=True)


@pytest.mark.parametrize("how", ["deleted", "truncated", "zeroed"])
def test_harmed_files_give_no_error_and_no_wrong_answer_and_are_made_good(running, how):
    _harm(running, how)
    running.agrees_within(2)
    running.toggle(min(running.published))
    running.kill_web()
    running.agrees_within(4)
    running.well_within(60)
    running.agrees_within(2)


def test_nothing_went_wrong_in_the_logs(running):
    said = "".join(path.read_text(errors="replace") for path in running.folder.glob("*.log"))
    assert not [word for word in TROUBLE if word in said], said[-3000:]
