"""`make run`: migrate, load demo data into an empty database, and keep web and worker running until Ctrl-C.

Both stop cleanly together; when one dies, so does the other, with its exit code. Every process that loads the application
takes seconds: what need not run does not, and in demo mode the web process itself says how to sign in (`prefork`).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import config
from techfinder.core.newest import is_prepared

STOP_S = 15


def _flask(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def web_command(settings: config.Settings) -> list[str]:
    """What starts the web processes.

    Two threads in each: while one waits for the disk the other works; more would only take the interpreter from each other
    (with four, a page took a fifth more of the processor). Each takes few connections at a time: who must wait, waits for
    whichever process is free first.
    """
    if os.name == "nt":
        return [sys.executable, "-m", "waitress", f"--listen=*:{settings.port}", "wsgi:app"]
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"0.0.0.0:{settings.port}", "--workers", str(settings.web_concurrency),
        "--threads", "2", "--worker-connections", "32", "--worker-class", "gthread", "--timeout", "60", "--graceful-timeout", "10",
        "--max-requests", "20000", "--max-requests-jitter", "2000", "--keep-alive", "5", "--limit-request-line", "8190",
        "--log-level", "warning",
        "--preload", "--config", "python:techfinder.prefork", "wsgi:app",
    ]  # fmt: skip


def _wait_until_it_answers(port: int, web: subprocess.Popen[bytes], limit_s: float = 60) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end and web.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    end = time.monotonic() + STOP_S
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    """Run until told to stop; returns the exit code."""
    try:
        settings = config.load()
    except config.SettingError as error:
        print(f"Techfinder cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if "DEMO" not in os.environ and not settings.production:
        os.environ["DEMO"] = "1"
    code = 0 if is_prepared(settings.database_url) else subprocess.run(_flask("prepare")).returncode
    if code:
        return code
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    own_group = os.name != "nt"  # so that Ctrl-C reaches us first and both are stopped in order
    web = subprocess.Popen(web_command(settings), start_new_session=own_group)
    worker = subprocess.Popen(_flask("work"), start_new_session=own_group)
    demo = os.environ.get("DEMO") == "1"
    if _wait_until_it_answers(settings.port, web):
        if not demo:
            print(f"Techfinder answers on port {settings.port}, address {settings.base_url}", flush=True)  # noqa: T201
        elif not own_group:  # waitress calls nobody when it is ready
            subprocess.run(_flask("demo", "hint"))
    while not stopping and web.poll() is None and worker.poll() is None:
        time.sleep(0.2)
    _stop([web, worker])
    return 0 if stopping else (web.returncode or worker.returncode or 1)


if __name__ == "__main__":
    sys.exit(main())
