"""The command groups of `flask --app wsgi`."""

import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import TextIO

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from techfinder.accounts.cli import user
from techfinder.core import health, jobs, periodic
from techfinder.core.backup import BackupError, backup, restore
from techfinder.core.clock import now
from techfinder.core.db import end_read
from techfinder.discovery import cli as discovery
from techfinder.discovery.engine import finder
from techfinder.discovery.tending import Tending, tend
from techfinder.exchange.cli import import_group
from techfinder.exchange.demo_load.cli import demo, load_command
from techfinder.geo.lines import located
from techfinder.regions.cli import regions

IDLE_S = 0.5
BEAT_S = 20.0
POLITE = 5  # steps of priority that the worker gives way: a mail can wait, somebody in front of a page cannot
AFTER_TROUBLE_S = 5.0


def register(app: Flask) -> None:
    """Add our commands."""
    own = (prepare, work, doctor, backup_command, restore_command, geo)
    for command in (*own, user, discovery.index, discovery.suggest, import_group, demo, regions):
        app.cli.add_command(command)


@click.command()
@click.pass_context
def prepare(context: click.Context) -> None:
    """What a start needs, in one process: the newest tables, and demo data in an empty database in demo mode."""
    try:
        upgrade()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"Techfinder cannot start, look at DATABASE_URL: {reason}") from error
    if current_app.config["SETTINGS"].demo:
        context.invoke(load_command, if_empty=True)


@click.command()
@click.option("--once", is_flag=True, help="Run what is due and stop.")
def work(once: bool) -> None:
    """Send mail, run other jobs and look after the index, until told to stop."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        periodic.run_periodic(now())
        tend(finder())
        click.echo(f"{jobs.run_all()} jobs")
        return
    stopping = False
    if hasattr(os, "nice"):
        os.nice(POLITE)

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tending, last_beat = Tending(app), 0.0
    tending.start()
    while not stopping:
        try:
            if time.monotonic() - last_beat > BEAT_S:
                last_beat = time.monotonic()
                periodic.beat("worker", now())
                periodic.run_periodic(now())
            if jobs.run_some():
                continue
            end_read()
        except SQLAlchemyError:
            jobs.log.exception("the database does not answer; the worker tries again")
            end_read()
            time.sleep(AFTER_TROUBLE_S)
        time.sleep(IDLE_S)
    tending.stopping.set()


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


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write database and files to one FILE; the site stays up."""
    try:
        click.echo(f"{backup(file)} rows in {file}")
    except BackupError as error:
        raise click.ClickException(str(error)) from error


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Fill an empty, migrated database from a backup FILE, and make the index again."""
    try:
        click.echo(f"{restore(file)} rows from {file}")
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    finder().rebuild()

