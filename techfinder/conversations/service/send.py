"""One message into a conversation: once, however often it is sent."""

from datetime import datetime, time

from sqlalchemy import bindparam, select, update

from techfinder.conversations import emails, rules
from techfinder.conversations.events import MessageHeld
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.conversations.service.unclaimed import tell
from techfinder.core.clock import AMSTERDAM, today
from techfinder.core.db import db, plain
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor
from techfinder.organisations.models import Organisation
from techfinder.reference.holidays import add_school_days


def checked(body: str) -> str:
    """The text without white space around it. Raises `RuleBroken` for the field "body" when empty or too long."""
    text = body.strip()
    if not text:
        raise RuleBroken("conversation.empty", "body")
    if len(text) > rules.MESSAGE_MAX:
        raise RuleBroken("conversation.long", "body")
    return text


_BEFORE = select(Message).where(Message.conversation_id == bindparam("conversation"), Message.key == bindparam("sent_key"))
_TAKES_PART = select(Participant).where(
    Participant.conversation_id == bindparam("conversation"), Participant.user_id == bindparam("user_id")
)
_READ = (
    update(Participant)
    .where(
        Participant.conversation_id == bindparam("conversation"), Participant.user_id == bindparam("reader_id"),
        Participant.last_read_id < bindparam("up_to"),
    ).values(last_read_id=bindparam("up_to"))
)  # fmt: skip


def already_sent(conversation_id: int, key: str) -> Message | None:
    """The message that this form sent before: a double click or a retry."""
    return db.session.scalars(_BEFORE, {"conversation": conversation_id, "sent_key": key}).one_or_none()


def participant(conversation: Conversation, user_id: int, organisation_id: int) -> Participant:
    """This member takes part from now on."""
    row = db.session.scalars(_TAKES_PART, {"conversation": conversation.id, "user_id": user_id}).one_or_none()
    if row is None:
        row = Participant(conversation_id=conversation.id, user_id=user_id, organisation_id=organisation_id, last_read_id=0)
        db.session.add(row)
        db.session.flush()
    return row


def mark_asked(conversation: Conversation, school: Organisation, at: datetime) -> None:
    """From now on the other side knows; an answer is due in `ANSWER_SCHOOL_DAYS` school days, before six in the evening."""
    due = add_school_days(today(at), rules.ANSWER_SCHOOL_DAYS, school.holiday_region or None)
    conversation.asked_at = at
    conversation.due_at = datetime.combine(due, time(18, 0), AMSTERDAM)


def add_message(
    conversation: Conversation, actor: Actor, organisation_id: int, body: str, key: str, at: datetime, *, held: bool = False
) -> Message:
    """Append a text of this side, read by its author, and mail the other side's participants unless it is held."""
    message = Message(
        conversation_id=conversation.id, author_id=actor.user_id, organisation_id=organisation_id, kind="text",
        state=rules.HELD if held else rules.SENT, body=checked(body), key=key, created_at=at, sent_at=None if held else at,
    )  # fmt: skip
    db.session.add(message)
    if not held:
        _counted(conversation, at)
    db.session.flush()
    if actor.user_id is not None:
        has_read(conversation, actor.user_id, organisation_id, message)
    if held:
        emit(MessageHeld(message.id))
    else:
        _told(conversation, message, at)
    return message


def add_system(conversation: Conversation, actor: Actor, organisation_id: int | None, code: str, key: str, at: datetime,
               body: str = "") -> Message:
    """A step in the conversation that everybody reads, such as "declined"."""
    message = Message(
        conversation_id=conversation.id, author_id=actor.user_id, organisation_id=organisation_id, kind="system", code=code,
        state=rules.SENT, body=body, key=key, created_at=at, sent_at=at,
    )  # fmt: skip
    db.session.add(message)
    conversation.last_message_at = at
    db.session.flush()
    return message


def out(conversation: Conversation, message: Message, at: datetime) -> None:
    """A message that was held reaches the other side: counted, dated, mailed."""
    _counted(conversation, at)
    db.session.flush()
    _told(conversation, message, at)


def _counted(conversation: Conversation, at: datetime) -> None:
    conversation.last_message_at = at
    conversation.message_count += 1


def _told(conversation: Conversation, message: Message, at: datetime) -> None:
    emails.new_message(conversation, message)
    tell(conversation, message, at)


def has_read(conversation: Conversation, user_id: int, organisation_id: int, message: Message) -> None:
    """Who writes takes part from then on, and has seen what he or she wrote."""
    if not read_up_to(conversation.id, user_id, message.id):
        participant(conversation, user_id, organisation_id)
        read_up_to(conversation.id, user_id, message.id)


def read_up_to(conversation_id: int, user_id: int, message_id: int) -> bool:
    """Never backwards: two tabs of one person may answer in any order. Returns whether there was somebody to move."""
    return bool(plain(_READ, conversation=conversation_id, reader_id=user_id, up_to=message_id).rowcount)
