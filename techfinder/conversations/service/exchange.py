"""Going on with a conversation: answering, "even niet", closing, reading, joining."""

from datetime import datetime

from techfinder.conversations import emails, rules
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.policy import can_write, side_of
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.send import add_message, add_system, already_sent, participant, read_up_to
from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor, require


def _open(actor: Actor, conversation_id: int) -> tuple[Conversation, str, int]:
    """The locked conversation, the actor's side and organisation. Not being on a side is not seeing it."""
    conversation = locked(Conversation, conversation_id)
    side = side_of(actor, conversation)
    if side is None or (conversation.asked_at is None and conversation.started_by != side):
        raise NotVisible()
    return conversation, side, conversation.school_id if side == rules.SCHOOL else conversation.company_id


def answered(conversation: Conversation, side: str, at: datetime) -> None:
    """The first word of the side that was asked ends the waiting."""
    if side == conversation.started_by and conversation.state == rules.WAITING:
        return
    if conversation.first_reply_at is None and side != conversation.started_by:
        conversation.first_reply_at = at
    state = rules.next_state(conversation.state, "answer")
    if state is not None:
        conversation.state = state
    if conversation.state == rules.OPEN:
        conversation.due_at = None


def reply(actor: Actor, conversation_id: int, body: str, key: str, *, at: datetime | None = None) -> Message:
    """Send a message; the same `key` a second time changes nothing and returns the first."""
    moment = at or now()
    conversation, side, own_id = _open(actor, conversation_id)
    require(can_write(actor, conversation))
    before = already_sent(conversation.id, key)
    if before is not None:
        return before
    seat = actor.seat("organisation", own_id)
    held = side == rules.SCHOOL and seat is not None and not seat.verified
    if not held:
        answered(conversation, side, moment)
    message = add_message(conversation, actor, own_id, body, key, moment, held=held)
    update_load(conversation.company_id, moment)
    return message


def decline(
    actor: Actor, conversation_id: int, reason: str, key: str, *, text: str = "", at: datetime | None = None
) -> Conversation:
    """ "Even niet", in one click; a reason helps the school to look further. The place is free at once."""
    moment = at or now()
    conversation, side, own_id = _open(actor, conversation_id)
    require(can_write(actor, conversation))
    if already_sent(conversation.id, key) is not None:
        return conversation
    state = rules.next_state(conversation.state, "decline")
    if state is None or reason not in rules.DECLINE_REASONS:
        raise RuleBroken("conversation.state")
    if side != conversation.started_by and conversation.first_reply_at is None:
        conversation.first_reply_at = moment
    conversation.state, conversation.due_at = state, None
    message = add_system(conversation, actor, own_id, f"declined.{reason}", key, moment, text.strip()[: rules.MESSAGE_MAX])
    audit(actor, "conversation.declined", "conversation", conversation.id, scope_id=conversation.region_id, at=moment, reason=reason)
    update_load(conversation.company_id, moment)
    emails.declined(conversation, message, reason)
    return conversation


def close(actor: Actor, conversation_id: int, key: str, *, at: datetime | None = None) -> None:
    """Put it away; a new message opens it again."""
    moment = at or now()
    conversation, _, own_id = _open(actor, conversation_id)
    require(can_write(actor, conversation))
    if already_sent(conversation.id, key) is not None:
        return
    state = rules.next_state(conversation.state, "close")
    if state is None:
        raise RuleBroken("conversation.state")
    conversation.state, conversation.due_at = state, None
    add_system(conversation, actor, own_id, "closed", key, moment)
    update_load(conversation.company_id, moment)


def mark_read(actor: Actor, conversation_id: int, message_id: int) -> None:
    """What a participant has seen; somebody who only looks on keeps no count."""
    if actor.user_id is not None:
        read_up_to(conversation_id, actor.user_id, message_id)


def join(actor: Actor, conversation_id: int) -> None:
    """A colleague takes part from now on."""
    conversation, _, own_id = _open(actor, conversation_id)
    if actor.user_id is not None:
        participant(conversation, actor.user_id, own_id)


def mute(actor: Actor, conversation_id: int, muted: bool) -> None:
    """No more mail about this conversation for this person, or again."""
    conversation, _, own_id = _open(actor, conversation_id)
    if actor.user_id is not None:
        participant(conversation, actor.user_id, own_id).muted = muted
    db.session.flush()
