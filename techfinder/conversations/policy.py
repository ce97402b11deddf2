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


def vouched_ids(actor: Actor) -> list[int]:
    """The organisations that the actor may speak and look around for; never empty."""
    return [s.scope_id for s in actor.seats if s.scope == "organisation" and vouched(s)] or [-1]


def visible_conversations(actor: Actor) -> Any:
    """A conversation whose first message is held does not exist for the other side yet."""
    own = own_ids(actor)
    whole = vouched_ids(actor)
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
    """What was sent; what is held or withheld is for its author, and for colleagues that somebody vouched for."""
    return select(Message).where(Message.conversation_id == conversation_id, readable(actor))


def readable(actor: Actor) -> Any:
    """The condition of `visible_messages`, for messages of conversations that are visible."""
    return or_(
        Message.state == rules.SENT, Message.author_id == (actor.user_id or -1), Message.organisation_id.in_(vouched_ids(actor))
    )


def side_of(actor: Actor, conversation: Conversation) -> str | None:
    """Which side the actor is on; somebody on both sides (a test of both by one person) speaks for the school.

    A side where somebody vouched for the actor comes first: choosing a school from the list makes nobody its voice.
    """
    for own in (set(vouched_ids(actor)), set(own_ids(actor))):
        if conversation.school_id in own:
            return rules.SCHOOL
        if conversation.company_id in own:
            return rules.COMPANY
    return None


def can_write(actor: Actor, conversation: Conversation) -> bool:
    """Members of both sides write (what an unverified teacher writes is held); a company that was blocked does not."""
    side = side_of(actor, conversation)
    if side == rules.COMPANY:
        seat = actor.seat("organisation", conversation.company_id)
        return seat is not None and seat.group_verified and vouched(seat)
    return side == rules.SCHOOL
