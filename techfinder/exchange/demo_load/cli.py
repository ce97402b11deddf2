"""`flask --app wsgi demo …`: invented data to look around in."""

import click
from flask import current_app
from flask.cli import AppGroup

from techfinder.core.clock import now
from techfinder.exchange.demo_load.hint import hint_lines
from techfinder.exchange.demo_load.load import DemoRefused, load

demo = AppGroup("demo", help="Invented schools and companies, to look around in.")


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing, without a word, when there is any data.")
def load_command(if_empty: bool) -> None:
    """Fill an empty database. A second time nothing changes; over other data it refuses."""
    settings = current_app.config["SETTINGS"]
    try:
        loaded = load(if_empty=if_empty, allowed=settings.demo or not settings.production)
    except DemoRefused as error:
        raise click.ClickException(str(error)) from error
    if loaded.people:
        click.echo(
            f"{loaded.organisations} organisations, {loaded.people} people, {loaded.offers} offers, {loaded.requests} requests, "
            f"{loaded.conversations} conversations"
        )
    elif not if_empty:
        click.echo("The demo data is there already; nothing changed.")


@demo.command("hint")
def hint_command() -> None:
    """Say where the site is and how to sign in."""
    say_how_to_sign_in()


def say_how_to_sign_in() -> None:
    """The last lines of `make run`."""
    settings = current_app.config["SETTINGS"]
    mails = settings.smtp_url.removeprefix("file:") if settings.smtp_url.startswith("file:") else ""
    for line in hint_lines(settings.base_url, now(), demo=settings.demo, mails=mails):
        click.echo(line)
