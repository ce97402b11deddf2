"""`flask --app wsgi user …`: the first administrator has nobody to ask."""

from datetime import date, datetime

import click
from flask_babel import force_locale
from sqlalchemy import func, or_, select

from techfinder.accounts.emails import invitation_link
from techfinder.accounts.models import POST_ROLES
from techfinder.accounts.service.posts import grant_post
from techfinder.accounts.service.sign_in import ensure_user
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, RuleBroken
from techfinder.core.permissions import SYSTEM
from techfinder.regions.models import Network, Region


@click.group()
def user() -> None:
    """People with an account."""


def _find(model: type[Region] | type[Network], text: str) -> int:
    """The id behind a slug or a name."""
    found = db.session.scalar(select(model.id).where(or_(model.slug == text.lower(), func.lower(model.name) == text.lower())))
    if found is None:
        known = ", ".join(db.session.scalars(select(model.slug).order_by(model.slug)))
        raise click.ClickException(f"{text!r} is not known. Choose from: {known}")
    return found


@user.command()
@click.option("--email", required=True)
@click.option("--name", default="")
@click.option("--role", type=click.Choice(POST_ROLES), help="Without a role it is an ordinary account.")
@click.option("--region", help="Slug or name; for coordinator and reader.")
@click.option("--network", help="Slug or name; for coordinator and reader.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the post.")
@click.option("--locale", type=click.Choice(["nl", "en"]), default="nl")
def create(
    email: str, name: str, role: str | None, region: str | None, network: str | None, until: datetime | None, locale: str
) -> None:
    """Make an account, perhaps with a post; mails an invitation and prints the link that signs in once."""
    region_id = _find(Region, region) if region and role != "administrator" else None
    network_id = _find(Network, network) if network and role != "administrator" else None
    last_day: date | None = until.date() if until else None
    try:
        with transaction():
            if role is None:
                link = invitation_link(ensure_user(email, name, locale, now()), None, now())
            else:
                _post, link = grant_post(
                    SYSTEM, email, role, region_id=region_id, network_id=network_id, until=last_day, name=name, locale=locale
                )
    except (RuleBroken, NotAllowed) as error:
        with force_locale("en"):  # as every command speaks
            raise click.ClickException(getattr(error, "sentence", str(error))) from error
    click.echo(f"{email} can sign in once, within 7 days, with:\n{link}")
