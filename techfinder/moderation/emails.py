"""Mails to coordinators."""

from techfinder.accounts.queries import active_coordinators
from techfinder.core.clock import now, today
from techfinder.core.db import db
from techfinder.core.mail import send_mail
from techfinder.moderation.models import Case
from techfinder.moderation.queries import with_things
from techfinder.notifications.service import unsubscribe_url, wants
from techfinder.regions.models import Region


def something_waits(case: Case) -> None:
    """One mail per coordinator and day at most, as long as it has not left: the list itself says the rest."""
    what = with_things([case])[0].title
    region = db.session.get(Region, case.region_id) if case.region_id else None
    if region is None:
        return
    for reader in active_coordinators(region.id, now()):
        if reader.email and wants(reader.id, "queue"):
            send_mail(
                reader.email, "moderation/something_waits", locale=reader.locale, name=reader.name, region=region.name, what=what,
                path=f"/regio/{region.slug}/beoordelen", unsubscribe_url=unsubscribe_url(reader.id, "queue"),
                key=f"queue:{reader.id}:{today()}",
            )  # fmt: skip
