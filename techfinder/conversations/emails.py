"""Mails about conversations: to those who take part, with what they decide on, without contact details or attachments."""

from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.db import db
from techfinder.core.mail import send_mail
from techfinder.geo import km
from techfinder.notifications.service import unsubscribe_url, wants
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.reference.levels import describe
from techfinder.support_requests.models import SupportRequest


def _readers(conversation: Conversation, except_organisation: int | None) -> list[User]:
    """The participants of the other side who want this mail."""
    rows = db.session.execute(
        select(User, Participant).join(Participant, Participant.user_id == User.id).where(
            Participant.conversation_id == conversation.id, Participant.muted.is_(False), User.email.is_not(None),
            User.blocked_at.is_(None), Participant.organisation_id != (except_organisation or 0),
        ).order_by(User.id)
    ).all()  # fmt: skip
    return [user for user, _ in rows if wants(user.id, "messages")]


def _facts(conversation: Conversation) -> dict[str, object]:
    """Group, numbers, place, period and kilometres of what the conversation is about; what is unknown is left out."""
    request = db.session.get(SupportRequest, conversation.support_request_id) if conversation.support_request_id else None
    school = db.session.get(Organisation, conversation.school_id)
    facts: dict[str, object] = {"school": school.name if school else "", "place": school.place if school else ""}
    if request is not None:
        facts |= {
            "levels": describe(request.levels, "nl"), "levels_en": describe(request.levels, "en"), "pupils": request.pupils,
            "groups": request.parallel_groups, "period_from": request.period_from, "period_until": request.period_until,
            "place": request.place or facts["place"],
        }  # fmt: skip
    placed = request if request is not None and request.lat is not None else school
    if placed is not None and placed.lat is not None and placed.lon is not None and conversation.offer_id:
        points = db.session.scalars(select(StartingPoint).where(StartingPoint.offer_id == conversation.offer_id)).all()
        if points:
            facts["km"] = min(km((p.lat, p.lon), (placed.lat, placed.lon)) for p in points)
    offer = db.session.get(Offer, conversation.offer_id) if conversation.offer_id else None
    facts["offer"] = offer.title if offer else ""
    return facts


def new_message(conversation: Conversation, message: Message) -> None:
    """One mail to each participant of the other side; the text itself unless that side switched it off."""
    sender = db.session.get(Organisation, message.organisation_id) if message.organisation_id else None
    other_id = conversation.company_id if message.organisation_id == conversation.school_id else conversation.school_id
    reader_side = db.session.get(Organisation, other_id)
    author = db.session.get(User, message.author_id) if message.author_id else None
    first = conversation.message_count == 1
    for reader in _readers(conversation, message.organisation_id):
        send_mail(
            reader.email or "", "conversations/new_message", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=sender.name if sender else "Techfinder", author=author.name if author else "", first=first,
            asked=first and conversation.started_by == rules.SCHOOL, facts=_facts(conversation) if first else {},
            text=message.body if reader_side is None or reader_side.mail_text else None,
        )  # fmt: skip


def declined(conversation: Conversation, message: Message, reason: str) -> None:
    """ "Even niet": the other side hears it at once, with what it can do next."""
    sender = db.session.get(Organisation, message.organisation_id) if message.organisation_id else None
    for reader in _readers(conversation, message.organisation_id):
        send_mail(
            reader.email or "", "conversations/declined", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=sender.name if sender else "", reason=reason, text=message.body,
            request_id=conversation.support_request_id if conversation.started_by == rules.SCHOOL else None,
        )  # fmt: skip
