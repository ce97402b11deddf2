"""Messages of a school member that nobody had vouched for: they go out, or not, with the coordinator's decision."""

from datetime import datetime

from sqlalchemy import select

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.service.exchange import spoke
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.send import out
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.organisations.models import Membership


def _held(membership_id: int) -> list[Message]:
    member = locked(Membership, membership_id)
    return list(
        db.session.scalars(
            select(Message).where(
                Message.author_id == member.user_id, Message.organisation_id == member.organisation_id, Message.state == rules.HELD
            ).order_by(Message.id).with_for_update(key_share=True)
        )
    )  # fmt: skip


def release_held(membership_id: int, *, at: datetime | None = None) -> int:
    """The member was verified: what waited goes out now, in order, and the clocks start. Returns how many went out.

    A first message that was overtaken (the request was withdrawn, so the conversation is closed) stays behind.
    """
    moment = at or now()
    count = 0
    for message in _held(membership_id):
        conversation = locked(Conversation, message.conversation_id)
        if conversation.asked_at is None and conversation.state == rules.CLOSED:
            message.state = rules.WITHHELD
            continue
        sent = _renumber(message, moment)
        spoke(conversation, rules.SCHOOL, moment)
        out(conversation, sent, moment)
        update_load(conversation.company_id, moment)
        count += 1
    db.session.flush()
    return count


def _renumber(message: Message, at: datetime) -> Message:
    """Sent now, so numbered now: readers of the other side have read up to later numbers, and would miss an old one."""
    last = db.session.scalar(
        select(Message.id).where(Message.conversation_id == message.conversation_id).order_by(Message.id.desc()).limit(1)
    )
    message.state, message.sent_at = rules.SENT, at
    if last == message.id:
        db.session.flush()
        return message
    kept = Message(
        conversation_id=message.conversation_id, author_id=message.author_id, organisation_id=message.organisation_id,
        kind=message.kind, state=rules.SENT, body=message.body, code=message.code, key=message.key,
        created_at=message.created_at, sent_at=at,
    )  # fmt: skip
    db.session.delete(message)
    db.session.flush()  # the key is free again
    db.session.add(kept)
    db.session.flush()
    return kept


def withhold_held(membership_id: int) -> int:
    """The member was refused: what waited is never sent. Returns how many."""
    messages = _held(membership_id)
    for message in messages:
        message.state = rules.WITHHELD
        conversation = locked(Conversation, message.conversation_id)
        if conversation.asked_at is None:
            conversation.state = rules.CLOSED
    db.session.flush()
    return len(messages)
