"""Mails about conversations: to those who take part, with what they decide on, without contact details or attachments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.about import about
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.db import db, plain
from techfinder.core.mail import send_mail
from techfinder.notifications.service import refuses, unsubscribe_url
from techfinder.organisations.models import Membership, Organisation
from techfinder.reference.levels import describe

_WRITERS, _AUTHOR = aliased(Organisation), aliased(User)
_READERS = (
    select(
        User.id, User.email, User.locale, User.name, Organisation.mail_text,
        select(_WRITERS.name).where(_WRITERS.id == bindparam("writers")).scalar_subquery().label("sender"),
        select(_AUTHOR.name).where(_AUTHOR.id == bindparam("author")).scalar_subquery().label("author"),
    ).join(Participant, Participant.user_id == User.id).join(Organisation, Organisation.id == Participant.organisation_id).join(
        Membership, and_(Membership.user_id == User.id, Membership.organisation_id == Participant.organisation_id)
    ).where(
        Membership.refused_at.is_(None), Participant.conversation_id == bindparam("conversation"), Participant.muted.is_(False),
        User.email.is_not(None), ~refuses(User.id, "messages"),
        User.blocked_at.is_(None), Participant.organisation_id != bindparam("writers"),
    ).order_by(User.id)
)  # fmt: skip


def _readers(conversation: Conversation, message: Message, writers: int | None) -> Sequence[Any]:
    """The participants of the other side who still belong to it and want this mail: id, email, locale, name; with each what
    their organisation says of texts in mails, and the names of the organisation that writes and of the message's author."""
    return plain(_READERS, conversation=conversation.id, writers=writers or 0, author=message.author_id).all()


def _facts(conversation: Conversation) -> dict[str, object]:
    """Group, numbers, place, period and kilometres of what the conversation is about; what is unknown is left out."""
    found = about(conversation)
    request = found.request
    facts: dict[str, object] = {"school": found.school, "place": found.place, "offer": found.offer_title}
    if request is not None:
        facts |= {
            "levels": describe(request.levels, "nl"), "levels_en": describe(request.levels, "en"), "pupils": request.pupils,
            "groups": request.parallel_groups, "period_from": request.period_from, "period_until": request.period_until,
        }  # fmt: skip
    if found.km is not None:
        facts["km"] = found.km
    return facts


def _words(message: Message, reader: Any) -> str | None:
    """The text for this reader; None where the organisation switched off the text in its mails."""
    return message.body if reader.mail_text else None


def new_message(conversation: Conversation, message: Message) -> None:
    """One mail to each participant of the other side; the text itself unless that side switched it off."""
    first = conversation.message_count == 1
    for reader in _readers(conversation, message, message.organisation_id):
        send_mail(
            reader.email, "conversations/new_message", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=reader.sender or "Techfinder", author=reader.author or "", first=first,
            asked=first and conversation.started_by == rules.SCHOOL, facts=_facts(conversation) if first else {},
            text=_words(message, reader),
        )  # fmt: skip


def asked_unclaimed(conversation: Conversation, message: Message, company: Organisation, link: str) -> None:
    """A school's question for a company where nobody works yet, to the address that is known of it."""
    school = db.session.get(Organisation, conversation.school_id)
    author = db.session.get(User, message.author_id) if message.author_id else None
    send_mail(
        company.contact_email, "conversations/asked_unclaimed", name=company.name, conversation_id=conversation.id,
        subject=conversation.subject, sender=school.name if school else "", author=author.name if author else "",
        facts=_facts(conversation), text=message.body, url=link, company_id=company.id,
    )  # fmt: skip


def unreachable(conversation: Conversation, message: Message) -> None:
    """The coordinator could reach nobody of the company: the school hears it, with what it can do next."""
    for reader in _readers(conversation, message, conversation.company_id):
        send_mail(
            reader.email, "conversations/unreachable", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            company=reader.sender or "", text=_words(message, reader), request_id=conversation.support_request_id,
        )  # fmt: skip


def declined(conversation: Conversation, message: Message, reason: str) -> None:
    """ "Even niet": the other side hears it at once, with what it can do next."""
    for reader in _readers(conversation, message, message.organisation_id):
        send_mail(
            reader.email, "conversations/declined", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=reader.sender or "", reason=reason, text=_words(message, reader),
            request_id=conversation.support_request_id if conversation.started_by == rules.SCHOOL else None,
        )  # fmt: skip
