"""What of a person this package holds: messages, steps, and what he or she takes part in."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.db import db


def export(user_id: int) -> dict[str, Any]:
    """The person's own messages, with what they were about, ready to be written as JSON; not what others wrote."""
    messages = db.session.execute(
        select(Message, Conversation.subject).join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.author_id == user_id).order_by(Message.id)
    ).all()
    takes_part = db.session.execute(
        select(Participant, Conversation.subject).join(Conversation, Conversation.id == Participant.conversation_id)
        .where(Participant.user_id == user_id).order_by(Participant.id)
    ).all()
    return {
        "messages": [
            {
                "conversation": m.conversation_id, "about": subject, "written_at": m.created_at.isoformat(),
                "sent_at": m.sent_at.isoformat() if m.sent_at else None, "state": m.state, "step": m.code, "text": m.body,
            }
            for m, subject in messages
        ],
        "takes_part_in": [
            {"conversation": p.conversation_id, "about": subject, "muted": p.muted, "read_up_to": p.last_read_id}
            for p, subject in takes_part
        ],
    }  # fmt: skip


def erase(user_id: int, _at: datetime) -> None:
    """The person leaves every conversation. What was sent stays with the other side without the name; what never was
    sent goes."""
    for statement in (
        delete(Message).where(Message.author_id == user_id, Message.state != rules.SENT),
        update(Message).where(Message.author_id == user_id).values(author_id=None),
        delete(Participant).where(Participant.user_id == user_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
