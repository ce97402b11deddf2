"""What follows for a company where nobody works: somebody can be reached, nobody can, or somebody takes its place."""

from datetime import datetime

from sqlalchemy import exists, select

from techfinder.conversations import emails, rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.send import add_system, participant
from techfinder.conversations.service.unclaimed import ask
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.permissions import SYSTEM
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Membership


def waiting_for(company_id: int) -> list[Conversation]:
    """The schools' questions that this company has not answered, the oldest first."""
    return list(
        db.session.scalars(
            select(Conversation).where(
                Conversation.company_id == company_id, Conversation.started_by == rules.SCHOOL,
                Conversation.state == rules.WAITING, Conversation.asked_at.is_not(None),
            ).order_by(Conversation.id)
        )
    )  # fmt: skip


def reach(company_id: int, email: str, *, at: datetime | None = None) -> None:
    """Somebody can be reached here: every waiting question is mailed to this address. Raises `RuleBroken` ("email")."""
    company = organisations.set_contact(company_id, email)
    for conversation in waiting_for(company_id):
        first = select(Message).where(
            Message.conversation_id == conversation.id, Message.kind == "text", Message.state == rules.SENT
        )
        message = db.session.scalars(first.order_by(Message.id).limit(1)).one_or_none()
        if message is not None:
            ask(conversation, message, company, at or now())


def give_up(company_id: int, note: str = "", *, at: datetime | None = None) -> int:
    """Nobody can be reached: the schools that wait are told, with the coordinator's note. Returns how many."""
    moment = at or now()
    waiting = [locked(Conversation, row.id) for row in waiting_for(company_id)]
    for conversation in waiting:
        conversation.state, conversation.due_at = rules.DECLINED, None
        key = f"unreachable-{conversation.version}"
        message = add_system(conversation, SYSTEM, company_id, "unreachable", key, moment, note[: rules.MESSAGE_MAX])
        emails.unreachable(conversation, message)
    update_load(company_id, moment)
    return len(waiting)


def welcome(membership_id: int) -> None:
    """Somebody works here now: the conversations that nobody of the company takes part in are theirs."""
    member = db.session.get_one(Membership, membership_id)
    somebody = exists().where(
        Participant.conversation_id == Conversation.id, Participant.organisation_id == member.organisation_id
    )
    alone = select(Conversation).where(
        Conversation.company_id == member.organisation_id, Conversation.state != rules.CLOSED, ~somebody
    )
    for conversation in db.session.scalars(alone.order_by(Conversation.id)).all():
        participant(conversation, member.user_id, member.organisation_id)
