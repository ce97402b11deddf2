"""What this package shows on an organisation's page; joined by `wiring.py`."""

from flask_babel import gettext as _

from techfinder.core.db import db
from techfinder.core.permissions import Actor
from techfinder.offers import rules
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.offers.queries import cards
from techfinder.organisations.models import Organisation
from techfinder.organisations.sections import Section

MOST = 24


def of_organisation(actor: Actor, organisation: Organisation) -> Section | None:
    """The published offers of a company, newest first; nothing for a school or a company without one."""
    if organisation.kind != "company":
        return None
    wanted = (
        visible_offers(actor).where(Offer.organisation_id == organisation.id, Offer.state == rules.PUBLISHED)
        .order_by(Offer.published_at.desc(), Offer.id.desc()).limit(MOST)
    )
    found = cards(actor, [offer.id for offer in db.session.scalars(wanted)])
    return Section(_("Aanbod"), "offers/_of_organisation.html", {"cards": found}) if found else None
