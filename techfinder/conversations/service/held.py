"""Messages of a school member that nobody had vouched for: they go out, or not, with the coordinator's decision."""

from datetime import datetime

from sqlalchemy import select

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.service.exchange import answered
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.send import out
from techfinder.conversations.service.start import mark_asked
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.organisations.models import Membership, Organisation


def _held(membership_id: int) -> list[Message]:
    member = locked(Membership, membership_id)
    return list(
        db.session.scalars(
            select(Message).where(
                Message.author_id == member.user_id, Message.organisation_id == member.organisation_id, Message.state == rules.HELD
            ).order_by(Message.id).with_for_update()
        )
    )  # fmt: skip


def release_held(membership_id: int, *, at: datetime | None = None) -> int:
    """The member was verified: everything that waited goes out now, in order, and the clocks start. Returns how many."""
    moment = at or now()
    messages = _held(membership_id)
    for message in messages:
        conversation = locked(Conversation, message.conversation_id)
        message.state, message.sent_at = rules.SENT, moment
        if conversation.asked_at is None:
            mark_asked(conversation, locked(Organisation, conversation.school_id), moment)
        else:
            answered(conversation, rules.SCHOOL, moment)
        out(conversation, message, moment)
        update_load(conversation.company_id, moment)
    return len(messages)


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
