"""Who may see and take part in conversations: the members of the two sides, and nobody else.

Somebody who says to belong to an organisation, but for whom nobody vouched, sees only what he or she takes part in:
otherwise anyone could read along with a school by choosing it from the list.
"""

from typing import Any

from sqlalchemy import and_, bindparam, or_, select

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


_OWN: Any = bindparam("own_ids", expanding=True)
_WHOLE: Any = bindparam("vouched_ids", expanding=True)
_ME: Any = bindparam("reader_id")
_TAKES_PART = Conversation.id.in_(
    select(Participant.conversation_id).where(Participant.user_id == _ME, Participant.organisation_id.in_(_OWN))
)
_OUT = Conversation.asked_at.is_not(None)
VISIBLE = select(Conversation).where(
    or_(
        and_(
            Conversation.school_id.in_(_OWN), or_(_OUT, Conversation.started_by == rules.SCHOOL),
            or_(Conversation.school_id.in_(_WHOLE), _TAKES_PART),
        ),
        and_(
            Conversation.company_id.in_(_OWN), or_(_OUT, Conversation.started_by == rules.COMPANY),
            or_(Conversation.company_id.in_(_WHOLE), _TAKES_PART),
        ),
    )
)  # fmt: skip
READABLE = or_(Message.state == rules.SENT, Message.author_id == _ME, Message.organisation_id.in_(_WHOLE))


def reader(actor: Actor) -> dict[str, Any]:
    """The values that `VISIBLE` and `READABLE` ask of an actor."""
    return {"own_ids": own_ids(actor), "vouched_ids": vouched_ids(actor), "reader_id": actor.user_id or -1}


def visible_conversations(actor: Actor) -> Any:
    """A conversation whose first message is held does not exist for the other side yet."""
    return VISIBLE.params(reader(actor))


def visible_messages(actor: Actor, conversation_id: int) -> Any:
    """What was sent, in a conversation that is visible; what is held or withheld is for its author, and for colleagues that
    somebody vouched for."""
    return select(Message).where(Message.conversation_id == conversation_id, READABLE).params(reader(actor))


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
