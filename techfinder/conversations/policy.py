"""Who may see and take part in conversations: the members of the two sides, and nobody else.

Somebody who says to belong to an organisation, but for whom nobody vouched, sees only what he or she takes part in:
otherwise anyone could read along with a school by choosing it from the list.
"""

from typing import Any

from sqlalchemy import and_, or_, select

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.permissions import Actor, Seat


def vouched(seat: Seat) -> bool:
    """Whether this member sees what colleagues talk about: somebody vouched, or it is who founded the organisation."""
    return seat.verified or seat.role == "owner"


def own_ids(actor: Actor) -> list[int]:
    """The organisations where the actor has a seat; never empty, so that it can stand in a condition."""
    return [s.scope_id for s in actor.seats if s.scope == "organisation"] or [-1]


def visible_conversations(actor: Actor) -> Any:
    """A conversation whose first message is held does not exist for the other side yet."""
    own = own_ids(actor)
    whole = [s.scope_id for s in actor.seats if s.scope == "organisation" and vouched(s)] or [-1]
    mine = Conversation.id.in_(
        select(Participant.conversation_id).where(
            Participant.user_id == (actor.user_id or -1), Participant.organisation_id.in_(own)
        )
    )
    out = Conversation.asked_at.is_not(None)
    return select(Conversation).where(
        or_(
            and_(
                Conversation.school_id.in_(own), or_(out, Conversation.started_by == rules.SCHOOL),
                or_(Conversation.school_id.in_(whole), mine),
            ),
            and_(
                Conversation.company_id.in_(own), or_(out, Conversation.started_by == rules.COMPANY),
                or_(Conversation.company_id.in_(whole), mine),
            ),
        )
    )  # fmt: skip


def visible_messages(actor: Actor, conversation_id: int) -> Any:
    """What was sent, and what is held or withheld of the own side."""
    return select(Message).where(
        Message.conversation_id == conversation_id,
        or_(Message.state == rules.SENT, Message.organisation_id.in_(own_ids(actor))),
    )


def side_of(actor: Actor, conversation: Conversation) -> str | None:
    """Which side the actor is on; somebody on both sides (a test of both by one person) speaks for the school."""
    own = set(own_ids(actor))
    if conversation.school_id in own:
        return rules.SCHOOL
    return rules.COMPANY if conversation.company_id in own else None


def can_write(actor: Actor, conversation: Conversation) -> bool:
    """Members of both sides write (what an unverified teacher writes is held); a company that was blocked does not."""
    side = side_of(actor, conversation)
    if side == rules.COMPANY:
        seat = actor.seat("organisation", conversation.company_id)
        return seat is not None and seat.group_verified and vouched(seat)
    return side == rules.SCHOOL
