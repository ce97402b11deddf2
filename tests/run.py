"""Every test: architecture and packages on SQLite, what asks for a database on PostgreSQL too, then the journeys in a browser.

What cannot be had (PostgreSQL, Chromium) is left out with one line that says so; under CI that is a failure.
"""

import os
import shutil
import subprocess
import sys
from glob import glob

from tests.postgres import temporary_server

STRICT = os.environ.get("CI", "").lower() == "true"
WORKERS = str(max(2, os.cpu_count() or 2))


def pytest(*words: str, **env: str) -> int:
    """One run; returns the exit code, 5 (nothing collected) included."""
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", *words]
    return subprocess.run(command, env={**os.environ, **env}).returncode


def main() -> int:
    """Run all; 0 when everything passed and, under CI, nothing was left out."""
    missing = []
    print("== SQLite", flush=True)
    everything = ["--ignore=tests/journeys", "-m", "not bench"]
    codes = [pytest(*everything)]
    with temporary_server() as url:
        if url is None:
            missing.append("PostgreSQL")
        else:
            print("== PostgreSQL", flush=True)
            codes.append(pytest(*everything, TEST_DATABASE_URL=url))
    if shutil.which("chromium") or glob("/usr/bin/chromium*"):
        print("== Journeys", flush=True)
        codes.append(pytest("tests/journeys"))
    else:
        missing.append("Chromium")
    for name in missing:
        print(f"{name} is not on this machine: its tests were left out.", flush=True)
    failed = any(codes) or (STRICT and bool(missing))
    print("== " + ("FAILED" if failed else "all passed"), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
