"""What offers do when they hear news from above; `wiring.py` joins each to its event."""

from sqlalchemy import select

from techfinder.core.clock import now
from techfinder.core.db import db
from techfinder.core.permissions import SYSTEM
from techfinder.offers import rules
from techfinder.offers.models import Offer
from techfinder.offers.service import withdraw_for_nobody
from techfinder.organisations.events import OrganisationLeft


def organisation_left(event: OrganisationLeft) -> None:
    """The last person left: what is public is paused, what waits goes back to a draft; who comes back resumes it."""
    ids = db.session.scalars(
        select(Offer.id).where(
            Offer.organisation_id == event.organisation_id, Offer.state.in_((rules.PUBLISHED, rules.SUBMITTED))
        ).order_by(Offer.id)
    ).all()  # fmt: skip
    for offer_id in ids:
        withdraw_for_nobody(SYSTEM, offer_id, now())
