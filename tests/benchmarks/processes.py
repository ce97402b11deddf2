"""The site as it runs for real: gunicorn's workers and the worker process, on a database and a folder of their own."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import config
from techfinder.core.serve import web_command
from tests.benchmarks.client import answers

ROOT = Path(__file__).resolve().parents[2]
TROUBLE = re.compile(r"database is locked|Traceback|deadlock|Internal Server Error|unexpected error|ERROR|CRITICAL", re.I)


class Site:
    """Start, stop, kill and weigh it. `folder` keeps data, mails and logs; `database_url` "" means SQLite in it."""

    def __init__(self, folder: Path, database_url: str = "", *, port: int = 8120, workers: int = 4) -> None:
        self.folder, self.port = folder, port
        folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            **os.environ, "DATA_DIR": str(folder), "PORT": str(port), "WEB_CONCURRENCY": str(workers), "PROXY_COUNT": "1",
            "SECRET_KEY": "a-key-for-measuring-only-0123456789-abcdef", "BASE_URL": f"http://127.0.0.1:{port}",
            "SMTP_URL": f"file:{folder / 'mail'}", "LOG_LEVEL": "WARNING", "DEMO": "0", "APP_ENV": "development",
        }  # fmt: skip
        self.env.pop("DATABASE_URL", None)
        if database_url:
            self.env["DATABASE_URL"] = database_url
        self.settings = config.load(self.env)
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def command(self, *words: str, **env: str) -> None:
        """Run one of our commands to its end."""
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, env={**self.env, **env}, check=True)

    def start(self) -> None:
        """Web and worker; returns when the site answers. Raises `RuntimeError` when it does not."""
        if answers(self.port):
            raise RuntimeError(f"something else answers on port {self.port}")
        self.web = self._spawn(web_command(self.settings), "web.log")
        self.start_worker()
        end = time.monotonic() + 60
        while not answers(self.port):
            if time.monotonic() > end or self.web.poll() is not None:
                raise RuntimeError("the site does not answer:\n" + (self.folder / "web.log").read_text()[-2000:])
            time.sleep(0.1)

    def start_worker(self) -> None:
        """The process that sends mail."""
        self.worker = self._spawn([sys.executable, "-m", "flask", "--app", "wsgi", "work"], "worker.log")

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with open(self.folder / log, "ab") as out:
            return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=subprocess.STDOUT)

    def web_pids(self) -> list[int]:
        """The processes that answer."""
        if self.web is None:
            return []
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> None:
        """As the kernel does it when memory runs out."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def kill_one_web_process(self) -> None:
        """The same for one that answers; gunicorn starts another."""
        os.kill(self.web_pids()[0], signal.SIGKILL)

    def stop(self) -> None:
        """In order; whoever does not listen is killed."""
        left = self.web_pids() if self.web is not None and self.web.poll() is None else []
        for process in (self.worker, self.web):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def memory(self) -> dict[str, float]:
        """Proportional set size of each process, in MB."""
        named = {f"web {n}": pid for n, pid in enumerate(self.web_pids(), 1)}
        if self.worker is not None:
            named["worker"] = self.worker.pid
        return {name: _pss(pid) for name, pid in named.items()}

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time so far: the web processes, the worker, PostgreSQL, this one, and the whole machine."""
        tick = os.sysconf("SC_CLK_TCK")
        machine = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        return {
            "web": sum(_cpu(pid) for pid in self.web_pids()) / tick, "worker": _cpu(self.worker.pid) / tick if self.worker else 0.0,
            "PostgreSQL": sum(map(_cpu, _named("postgres"))) / tick, "generator": time.process_time(),
            "machine": (sum(machine[:8]) - machine[3] - machine[4]) / tick,
        }  # fmt: skip

    def trouble(self) -> list[str]:
        """Lines of the logs that should not be there."""
        lines = [line for log in self.folder.glob("*.log") for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if TROUBLE.search(line) and "was sent SIGKILL" not in line]  # that was us

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.stop()


def _pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024  # type: ignore[index]


def _named(name: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if path.read_text().strip() == name:
                found.append(int(path.parent.name))
    return found


def _cpu(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
