"""What moderation does when it hears news; joined to the events by `wiring.py`, in the same transaction."""

from techfinder.conversations.events import NobodyToAnswer
from techfinder.conversations.models import Conversation
from techfinder.core.db import db
from techfinder.moderation.rules import NOBODY_THERE
from techfinder.moderation.service.cases import close_case, open_case
from techfinder.offers.events import OfferPublished, OfferSubmitted, OfferWithdrawn
from techfinder.offers.models import Offer
from techfinder.organisations.events import (
    MemberRefused,
    MemberUnverified,
    MemberVerified,
    OrganisationDecided,
    OrganisationSubmitted,
)
from techfinder.organisations.models import Membership, Organisation


def organisation_submitted(event: OrganisationSubmitted) -> None:
    """A new organisation waits for its coordinator."""
    row = db.session.get_one(Organisation, event.organisation_id)
    open_case("organisation", row.id, "new_organisation", region_id=row.region_id, organisation_id=row.id)


def organisation_decided(event: OrganisationDecided) -> None:
    """Somebody decided on the organisation's own page."""
    close_case("organisation", event.organisation_id, event.decision)


def nobody_to_answer(event: NobodyToAnswer) -> None:
    """A school waits for a company where nobody works: its coordinator finds somebody, or says that it cannot be done."""
    talk = db.session.get_one(Conversation, event.conversation_id)
    company = db.session.get_one(Organisation, talk.company_id)
    open_case("organisation", company.id, NOBODY_THERE, region_id=company.region_id, organisation_id=company.id)


def offer_submitted(event: OfferSubmitted) -> None:
    """A first offer waits for the company's coordinator."""
    offer = db.session.get_one(Offer, event.offer_id)
    company = db.session.get_one(Organisation, offer.organisation_id)
    reason = "changed_offer" if offer.replaces_id else "first_offer"
    open_case("offer", offer.id, reason, region_id=company.region_id, organisation_id=company.id)


def offer_published(event: OfferPublished) -> None:
    """Nothing left to judge."""
    close_case("offer", event.offer_id, "approved")


def offer_withdrawn(event: OfferWithdrawn) -> None:
    """The company took it back."""
    close_case("offer", event.offer_id, "withdrawn")


def member_unverified(event: MemberUnverified) -> None:
    """Somebody works at a school as far as we know; the school's coordinator can say."""
    member = db.session.get_one(Membership, event.membership_id)
    school = db.session.get_one(Organisation, member.organisation_id)
    open_case("membership", member.id, "unverified_member", region_id=school.region_id, organisation_id=school.id)


def member_verified(event: MemberVerified) -> None:
    """A colleague, a domain or a coordinator vouched; where nobody worked, somebody does now."""
    close_case("membership", event.membership_id, "approved")
    member = db.session.get_one(Membership, event.membership_id)
    close_case("organisation", member.organisation_id, "claimed", reason=NOBODY_THERE)


def member_refused(event: MemberRefused) -> None:
    """Somebody said no."""
    close_case("membership", event.membership_id, "rejected")
