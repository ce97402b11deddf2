"""The command groups of `flask --app wsgi`."""

import signal
import time
from types import FrameType
from typing import TextIO

import click
from flask import Flask

from techfinder.accounts.cli import user
from techfinder.core import health, jobs
from techfinder.core.clock import now
from techfinder.core.db import end_read
from techfinder.geo.lines import located

IDLE_S = 0.5
BEAT_S = 20.0


def register(app: Flask) -> None:
    """Add our commands."""
    app.cli.add_command(work)
    app.cli.add_command(doctor)
    app.cli.add_command(geo)
    app.cli.add_command(user)


@click.command()
@click.option("--once", is_flag=True, help="Run what is due and stop.")
def work(once: bool) -> None:
    """Send mail and run other jobs, until told to stop."""
    if once:
        jobs.run_periodic(now())
        click.echo(f"{jobs.run_all()} jobs")
        return
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    last_beat = 0.0
    while not stopping:
        if time.monotonic() - last_beat > BEAT_S:
            last_beat = time.monotonic()
            jobs.beat("worker", now())
            jobs.run_periodic(now())
        if not jobs.run_one():
            end_read()
            time.sleep(IDLE_S)


@click.command()
def doctor() -> None:
    """Say what is well and what is not; exits 1 when something is not."""
    results = health.run_checks()
    for name, (well, sentence) in results.items():
        click.echo(f"{'ok  ' if well else 'BAD '} {name}: {sentence}")
    if not all(well for well, _ in results.values()):
        raise SystemExit(1)


@click.group()
def geo() -> None:
    """Where places are."""


@geo.command("locate")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
def geo_locate(file: TextIO) -> None:
    """Locate postcodes or places, one on each line of FILE (- is standard input)."""
    for line in located(file):
        click.echo(line)
