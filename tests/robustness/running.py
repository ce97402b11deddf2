"""The site as it runs for real, a stream of changes, and readers who look whether what they see can be true."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from click.testing import Result
from flask import Flask

from techfinder.app import create_app
from techfinder.core.changes import log_change
from techfinder.core.db import db, transaction
from techfinder.discovery.engine import finder
from techfinder.offers.models import Offer
from tests import factories as f
from tests.benchmarks.processes import ROOT, Site
from tests.conftest import make_settings
from tests.discovery.pages import Seen

BEHIND_S = 0.5  # a count may be this old: the log is read each 250 ms, and a page takes its time
OFFERS = 15  # one page


class Running:
    """gunicorn with two web processes, and a process that tends the index and is started again when it dies."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.app: Flask = create_app(make_settings(database_url, folder))
        self.port = _free_port()
        self.site = Site(folder, database_url, port=self.port, workers=2)
        self.nursery: subprocess.Popen[bytes] | None = None
        with self.app.app_context():
            db.create_all()
            company = f.company()
            self.published = {f.offer(company, title=f"Robot nummer {n}").id: True for n in range(OFFERS)}
            db.session.remove()
        self.log = [(0.0, i, True) for i in self.published]  # (moment, offer, published from then on)

    @property
    def index(self) -> Path:
        return self.folder / "index"

    def start(self) -> None:
        """Web processes and the one that tends."""
        self.site.start_worker = lambda: None  # type: ignore[method-assign]
        self.site.start()
        self.start_nursery()

    def start_nursery(self) -> None:
        """The process that tends, and starts again when it dies."""
        command = [sys.executable, "-m", "tests.robustness.nursery", str(self.folder / "indexer")]
        with open(self.folder / "indexer.log", "ab") as out:
            self.nursery = subprocess.Popen(command, cwd=ROOT, env=self.site.env, stdout=out, stderr=out)
        while not (self.folder / "indexer").exists() and self.nursery.poll() is None:
            time.sleep(0.05)

    def stop_nursery(self) -> None:
        """Nobody tends from here on."""
        if self.nursery is not None:
            self.nursery.kill()
            self.nursery.wait()
            self.kill_indexer()
            self.nursery = None

    def stop(self) -> None:
        self.stop_nursery()
        self.site.stop()

    # -- changes -----------------------------------------------------------------------------------------------

    def toggle(self, ident: int) -> None:
        """Publish what is paused, pause what is published."""
        now_published = not self.published[ident]
        began = time.monotonic()
        with self.app.app_context():
            with transaction():
                offer = db.session.get_one(Offer, ident)
                offer.state = "published" if now_published else "paused"
                log_change("offer", ident)
            db.session.remove()
        # it may be seen from `began`, and must not be seen after the commit
        self.log.append((began if now_published else time.monotonic(), ident, now_published))
        self.published[ident] = now_published

    def change_until(self, stopping: threading.Event, chance: random.Random) -> None:
        """A stream of changes."""
        while not stopping.wait(chance.random() * 0.06):
            self.toggle(chance.choice(list(self.published)))

    def possible(self, since: float, until: float) -> set[int]:
        """The offers that were public at some moment in between."""
        state, found = dict.fromkeys(self.published, False), set()
        for at, ident, public in sorted(self.log):
            if at <= since:
                state[ident] = public
            elif at <= until and public:
                found.add(ident)
        return found | {ident for ident, public in state.items() if public}

    # -- killing -----------------------------------------------------------------------------------------------

    def kill_indexer(self) -> None:
        """kill -9, wherever it is in its work."""
        with suppress(OSError, ValueError):
            os.kill(int((self.folder / "indexer").read_text()), signal.SIGKILL)

    def kill_web(self) -> None:
        """kill -9 of one of the processes that answer; gunicorn forks another."""
        with suppress(OSError, IndexError):
            self.site.kill_one_web_process()

    # -- reading -----------------------------------------------------------------------------------------------

    def get(self, path: str = "/aanbod?q=robot") -> tuple[int, str]:
        """Status and text; 0 when the connection broke, as it does when its process is killed."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()

    def see(self) -> Seen | None:
        """The search page, after looking whether it can be true; None when the connection broke. Raises AssertionError."""
        began = time.monotonic()
        status, text = self.get()
        if status == 0:
            return None
        assert status == 200, text[:500]
        seen = Seen(text)
        hidden = set(seen.ids) - self.possible(began, time.monotonic())
        assert not hidden, f"hidden and shown: {hidden}"
        assert seen.total <= len(self.possible(began - BEHIND_S, time.monotonic())), "hidden and counted"
        return seen

    def agrees(self) -> bool:
        """Whether a page shows and counts exactly what is published."""
        seen = self.see()
        public = {ident for ident, shown in self.published.items() if shown}
        return seen is not None and set(seen.ids) == public and seen.total == len(public)

    def agrees_within(self, seconds: float) -> float:
        """Seconds until eight pages in a row, of whichever process, show what is published. Raises AssertionError."""
        began, row = time.monotonic(), 0
        while row < 8:
            row = row + 1 if self.agrees() else 0
            assert time.monotonic() - began < seconds or row, "found is not what is published"
        return time.monotonic() - began

    def well_within(self, seconds: float) -> float:
        """Seconds until `index status`, opening the index anew, has nothing to complain of. Raises AssertionError."""
        began = time.monotonic()
        while (said := self.status()).exit_code:
            assert time.monotonic() - began < seconds, said.output
            time.sleep(0.1)
        return time.monotonic() - began

    def status(self) -> Result:
        """What `index status` says."""
        with self.app.app_context():
            finder().forget()
            return self.app.test_cli_runner().invoke(args=["index", "status"])


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
