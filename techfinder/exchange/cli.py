"""`flask --app wsgi import …`: files in. Later importers add their command to `import_group`."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.discovery.engine import finder
from techfinder.exchange.companies import read_companies, write_companies
from techfinder.exchange.duo import read_schools
from techfinder.exchange.offers import read_offers, write_offers
from techfinder.exchange.report import Line, summary, write_csv
from techfinder.exchange.requests import read_requests, write_requests
from techfinder.exchange.schools import write_schools
from techfinder.exchange.tables import Row, UnreadableTable
from techfinder.exchange.vanished import CLOSE_AT_MOST, TooMany


@click.group("import")
def import_group() -> None:
    """Read files: schools, companies, offers, requests."""


def show_progress(rows: Iterable[Row]) -> Iterable[Row]:
    """A progress bar, on a terminal only."""
    return tqdm(rows, unit=" rows", disable=not sys.stderr.isatty())


def finish(lines: list[Line], dry_run: bool, report: Path | None) -> None:
    """Say what happened, and write it down when asked."""
    lines.sort(key=lambda line: line.row)
    for text in summary(lines, dry_run):
        click.echo(text)
    if report is not None:
        write_csv(lines, report)
        click.echo(f"Every row with its result: {report}")


@import_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every row with its result as CSV.")
@click.option("--type", "kind", default="", help="DUO's school type for a file without a column for it, such as basisschool.")
@click.option("--close-missing", is_flag=True, help="Close schools that this file should hold and doesn't.")
@click.option(
    "--close-at-most", type=click.FloatRange(0, 100), default=CLOSE_AT_MOST, show_default=True, metavar="PERCENT",
    help="Write nothing when more than this of a part of education would close.",
)
def duo(file: Path, dry_run: bool, report: Path | None, kind: str, close_missing: bool, close_at_most: float) -> None:
    """Schools from DUO's file of locations. A second run of the same file changes nothing.

    A file holds one part of education (po, vo, …). Schools of that part that it no longer holds are reported as missing.
    """
    try:
        schools, lines, given = read_schools(file, kind, show_progress)
    except UnreadableTable as error:
        raise click.ClickException(str(error)) from error
    if "levels" not in given:
        click.echo("This file has no column for the type of school: give --type, or the levels stay as they are.", err=True)
    try:
        with transaction():
            lines += write_schools(
                schools, given, "duo", now(), dry_run=dry_run, refused=[line.key for line in lines if line.result == "refused"],
                close_missing=close_missing, close_at_most=close_at_most,
            )
    except TooMany as error:
        raise click.ClickException(str(error)) from error
    finish(lines, dry_run, report)


REBUILD_FROM = 5_000  # rows: reading everything again once is then cheaper than every process catching up


def _importer(name: str, help_text: str, read: Callable[..., Any], write: Callable[..., list[Line]]) -> None:
    """Add a command for a file of our own format."""

    @import_group.command(name, help=help_text)
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option("--publish", is_flag=True, help="They may be seen at once: you vouch for every row.")
    @click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
    @click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every row with its result as CSV.")
    def command(file: Path, publish: bool, dry_run: bool, report: Path | None) -> None:
        try:
            rows, lines = read(file, show_progress)
        except UnreadableTable as error:
            raise click.ClickException(str(error)) from error
        with transaction():
            lines += write(rows, now(), publish=publish, dry_run=dry_run)
        if not dry_run and sum(line.result in ("new", "changed") for line in lines) > REBUILD_FROM:
            finder().rebuild()
        finish(lines, dry_run, report)


_importer("companies", "Companies by name and place. A second run changes nothing.", read_companies, write_companies)
_importer("offers", "Offers; companies nobody knows yet are made. A second run updates.", read_offers, write_offers)
_importer("requests", "Support requests; schools nobody knows yet are made. A second run updates.", read_requests, write_requests)
