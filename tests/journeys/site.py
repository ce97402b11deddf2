"""A whole Techfinder for the journeys: its own folder, database with demo data, web process and worker."""

import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from urllib.request import urlopen

import pyotp

from techfinder.exchange.demo_load.hint import DEMO_TOTP_SECRET

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60  # how long something may take on a busy machine


@dataclass
class Site:
    """Where it answers, and where its mails become files."""

    base: str
    mails: Path
    codes_taken: int = 0

    def mailed_link(self, address: str, path: str) -> str:
        """The newest mail to this address with a link to `path`; waits until the worker has sent it."""
        pattern = re.compile(re.escape(self.base + path) + r"[\w.~%/-]+")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for file in sorted(self.mails.glob("*.eml"), key=lambda f: f.stat().st_mtime, reverse=True):
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                body = mail.get_body(("plain",))
                found = pattern.search(body.get_content()) if body and address in str(mail["To"]) else None
                if found:
                    return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address} with a link to {path}")

    def code(self) -> str:
        """A code of the second step that was not used before: a code is taken once."""
        self.codes_taken += 1
        return pyotp.TOTP(DEMO_TOTP_SECRET).at(int(time.time()) + 30 * (self.codes_taken - 1))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(folder: Path) -> tuple[Site, list[subprocess.Popen[bytes]]]:
    """Migrate, load the demo, and start the web process and the worker; they are the caller's to stop."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = {
        **os.environ, "APP_ENV": "development", "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'journeys.sqlite3'}",
        "BASE_URL": base, "PORT": str(port), "SMTP_URL": f"file:{folder / 'mail'}", "DEMO": "1", "LOG_LEVEL": "WARNING",
        "TILE_URL": f"{base}/static/img/favicon.svg?{{z}}-{{x}}-{{y}}",
    }  # fmt: skip
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    for words in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([*flask, *words], cwd=ROOT, env=env, check=True, capture_output=True)
    log = (folder / "server.log").open("wb")
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
        "--log-level",
        "warning",
    ]
    running = [
        subprocess.Popen(words, cwd=ROOT, env=env, stdout=log, stderr=log)
        for words in ([*web, "--worker-class", "gthread", "wsgi:app"], [*flask, "work"])
    ]
    end = time.monotonic() + 2 * SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(base + "/healthz", timeout=2):
                return Site(base, folder / "mail"), running
        except OSError:
            time.sleep(0.2)
    for process in running:  # nobody else knows of them
        process.terminate()
    raise AssertionError("the site does not answer: " + (folder / "server.log").read_text(errors="replace")[-2000:])
