"""What a conversation is about: the offer, the request, and how far apart they are."""

from dataclasses import dataclass

from sqlalchemy import select

from techfinder.conversations.models import Conversation
from techfinder.core.db import db
from techfinder.geo import km
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.reference import kinds
from techfinder.support_requests.models import SupportRequest


@dataclass(frozen=True)
class About:
    """`km`: as the crow flies between where the class is and the nearest starting point; None where nobody travels."""

    school: str
    place: str
    request: SupportRequest | None
    offer: Offer | None
    offer_title: str
    km: float | None


def about(conversation: Conversation) -> About:
    """Both sides of this conversation may know all of it. Four queries at most."""
    request = db.session.get(SupportRequest, conversation.support_request_id) if conversation.support_request_id else None
    offer = db.session.get(Offer, conversation.offer_id) if conversation.offer_id else None
    school = db.session.get(Organisation, conversation.school_id)
    place = request.place if request is not None and request.place else school.place if school else ""
    return About(school.name if school else "", place, request, offer, offer.title if offer else "", distance(offer, request, school))


def distance(offer: Offer | None, request: SupportRequest | None, school: Organisation | None) -> float | None:
    """Kilometres from the request's own place, else the school's, to the offer's nearest starting point."""
    if offer is None or (offer.kind and kinds.kind(offer.kind).travels == "nobody"):
        return None
    placed = request if request is not None and request.lat is not None else school
    if placed is None or placed.lat is None or placed.lon is None:
        return None
    points = db.session.execute(select(StartingPoint.lat, StartingPoint.lon).where(StartingPoint.offer_id == offer.id)).all()
    return min((km((p.lat, p.lon), (placed.lat, placed.lon)) for p in points), default=None)
