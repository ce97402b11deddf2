"""`flask --app wsgi regions seed`: the regions and networks that Techfinder knows of."""

import click
from flask.cli import AppGroup

from techfinder.core.db import transaction
from techfinder.regions import service

regions = AppGroup("regions", help="Regions and networks.")


@regions.command("seed")
def seed() -> None:
    """Create the known regions and networks that are not there yet; edited ones stay as they are."""
    with transaction():
        made = service.seed()
    click.echo(f"{made} new regions and networks; an administrator edits them under Beheer")
