"""Mails about conversations: to those who take part, with what they decide on, without contact details or attachments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.about import about
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.db import db, plain
from techfinder.core.mail import send_mail
from techfinder.notifications.service import refusing, unsubscribe_url
from techfinder.organisations.models import Membership, Organisation
from techfinder.reference.levels import describe

_READERS = (
    select(User.id, User.email, User.locale, User.name).join(Participant, Participant.user_id == User.id).join(
        Membership, and_(Membership.user_id == User.id, Membership.organisation_id == Participant.organisation_id)
    ).where(
        Membership.refused_at.is_(None), Participant.conversation_id == bindparam("conversation"), Participant.muted.is_(False),
        User.email.is_not(None), User.id.not_in(refusing("messages")),
        User.blocked_at.is_(None), Participant.organisation_id != bindparam("writers"),
    ).order_by(User.id)
)  # fmt: skip
_SIDE = select(Organisation.id, Organisation.name, Organisation.mail_text)
_SIDES = _SIDE.where(Organisation.id.in_((bindparam("school"), bindparam("company")))).add_columns(
    select(User.name).where(User.id == bindparam("author")).scalar_subquery().label("author")
)


def _readers(conversation: Conversation, except_organisation: int | None) -> Sequence[Any]:
    """id, email, locale and name of the participants of the other side who still belong to it and want this mail."""
    return plain(_READERS, conversation=conversation.id, writers=except_organisation or 0).all()


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


def _people(conversation: Conversation, message: Message) -> tuple[Any, Any, str]:
    """The organisation that writes and the one that reads (id, name, mail_text; None for nobody), and the author's name."""
    sides = plain(
        _SIDES, school=conversation.school_id, company=conversation.company_id, author=message.author_id
    ).all()
    by_id = {side.id: side for side in sides}
    other_id = conversation.company_id if message.organisation_id == conversation.school_id else conversation.school_id
    return by_id.get(message.organisation_id or 0), by_id.get(other_id), (sides[0].author if sides else None) or ""


def _words(message: Message, readers: Any) -> str | None:
    """The text for this side; None where it switched off the text in its mails."""
    return message.body if readers is None or readers.mail_text else None


def new_message(conversation: Conversation, message: Message) -> None:
    """One mail to each participant of the other side; the text itself unless that side switched it off."""
    readers = _readers(conversation, message.organisation_id)
    if not readers:
        return
    sender, reader_side, author = _people(conversation, message)
    first = conversation.message_count == 1
    for reader in readers:
        send_mail(
            reader.email or "", "conversations/new_message", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=sender.name if sender else "Techfinder", author=author, first=first,
            asked=first and conversation.started_by == rules.SCHOOL, facts=_facts(conversation) if first else {},
            text=_words(message, reader_side),
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
    company, school, _author = _people(conversation, message)
    for reader in _readers(conversation, conversation.company_id):
        send_mail(
            reader.email or "", "conversations/unreachable", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            company=company.name if company else "", text=_words(message, school), request_id=conversation.support_request_id,
        )  # fmt: skip


def declined(conversation: Conversation, message: Message, reason: str) -> None:
    """ "Even niet": the other side hears it at once, with what it can do next."""
    sender, reader_side, _author = _people(conversation, message)
    for reader in _readers(conversation, message.organisation_id):
        send_mail(
            reader.email or "", "conversations/declined", locale=reader.locale, name=reader.name,
            unsubscribe_url=unsubscribe_url(reader.id, "messages"), conversation_id=conversation.id, subject=conversation.subject,
            sender=sender.name if sender else "", reason=reason, text=_words(message, reader_side),
            request_id=conversation.support_request_id if conversation.started_by == rules.SCHOOL else None,
        )  # fmt: skip
