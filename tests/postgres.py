"""A PostgreSQL server of our own for as long as the tests run: no service, no password, no trace."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path


def _binaries() -> Path | None:
    for folder in sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True):
        if Path(folder, "initdb").exists():
            return Path(folder)
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _as_nobody_special() -> list[str]:
    """initdb refuses root: then the `postgres` account that the package made runs it."""
    if os.geteuid() != 0:
        return []
    pwd.getpwnam("postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def temporary_server(durable: bool = False) -> Iterator[str | None]:
    """Yield the address of an empty database on a server of our own, or None when PostgreSQL is not installed.

    `durable`: it waits for the disk, as a real one does; tests need not.
    """
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    prefix, port = _as_nobody_special(), _free_port()
    folder = tempfile.mkdtemp(prefix="techfinder-postgres-")
    if prefix:
        shutil.chown(folder, "postgres")
    data = f"{folder}/data"
    speed = "" if durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        subprocess.run(
            [*prefix, str(binaries / "initdb"), "-D", data, "-U", "techfinder", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )
        subprocess.run(
            [*prefix, str(binaries / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o",
             f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200 {speed}", "start"],
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        yield f"postgresql://techfinder@/postgres?host={folder}&port={port}"
    finally:
        subprocess.run([*prefix, str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], cwd="/",
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
