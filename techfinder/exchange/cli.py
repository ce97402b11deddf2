"""`flask --app wsgi import …`: files in. Later importers add their command to `import_group`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from tqdm import tqdm

from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.exchange.duo import read_schools
from techfinder.exchange.report import Line, summary, write_csv
from techfinder.exchange.schools import write_schools
from techfinder.exchange.tables import Row, UnreadableTable


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
def duo(file: Path, dry_run: bool, report: Path | None, kind: str) -> None:
    """Schools from DUO's file of locations. A second run of the same file changes nothing."""
    try:
        schools, lines, given = read_schools(file, kind, show_progress)
    except UnreadableTable as error:
        raise click.ClickException(str(error)) from error
    with transaction():
        lines += write_schools(schools, given, "duo", now(), dry_run=dry_run)
    finish(lines, dry_run, report)
