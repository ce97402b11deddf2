"""What offers do when they hear news from above; `wiring.py` joins each to its event."""

from techfinder.core.clock import now
from techfinder.core.permissions import SYSTEM
from techfinder.offers.service import withdraw_for_nobody
from techfinder.organisations.events import OrganisationLeft


def organisation_left(event: OrganisationLeft) -> None:
    """The last person left."""
    withdraw_for_nobody(SYSTEM, event.organisation_id, now())
