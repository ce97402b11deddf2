"""Going on with a conversation: answering, "even niet", closing, reading, joining."""

from datetime import datetime

from sqlalchemy import func, select

from techfinder.conversations import emails, rules
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.policy import VISIBLE, can_write, reader, side_of, visible_messages
from techfinder.conversations.service.load import has_place, update_load
from techfinder.conversations.service.send import (
    add_message,
    add_system,
    already_sent,
    has_read,
    mark_asked,
    participant,
    read_up_to,
)
from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor, require
from techfinder.organisations.models import Organisation


def _open(actor: Actor, conversation_id: int) -> tuple[Conversation, str, int]:
    """The locked conversation, the actor's side and organisation. Raises `NotVisible` to whoever may not read it."""
    conversation = locked(Conversation, conversation_id, among=VISIBLE, **reader(actor))
    side = side_of(actor, conversation)
    if side is None:
        raise NotVisible()
    return conversation, side, conversation.school_id if side == rules.SCHOOL else conversation.company_id


def spoke(conversation: Conversation, side: str, at: datetime) -> None:
    """What a message that goes out does to the state and the clock.

    The first word of the side that was asked ends the waiting; a question that was closed unanswered waits again.
    """
    asks = _asks(conversation, side)
    action = rules.action_of(side, conversation.started_by, conversation.first_reply_at is not None)
    if action == "answer" and side != conversation.started_by:
        conversation.first_reply_at = conversation.first_reply_at or at
    state = rules.next_state(conversation.state, action)
    if state is not None:
        conversation.state = state
    if asks:
        mark_asked(conversation, locked(Organisation, conversation.school_id), at)
    if conversation.state == rules.OPEN:
        conversation.due_at = None
        conversation.asked_at = conversation.asked_at or at


def _asks(conversation: Conversation, side: str) -> bool:
    """Whether a message of this side now puts the question to the other side: for the first time, or once it had ended."""
    action = rules.action_of(side, conversation.started_by, conversation.first_reply_at is not None)
    return action == "ask" and (conversation.asked_at is None or conversation.state in (rules.CLOSED, rules.DECLINED))


def say(
    actor: Actor, conversation: Conversation, side: str, own_id: int, body: str, key: str, at: datetime
) -> Message:
    """A message in a conversation that is locked and that the actor may write in; once for one key.

    Raises `RuleBroken` "conversation.full" when a school asks and the company has no place.
    """
    before = already_sent(conversation.id, key)
    if before is not None:
        return before
    seat = actor.seat("organisation", own_id)
    held = is_held(side, seat is not None and seat.verified)
    if not held:
        if side == rules.SCHOOL and _asks(conversation, side):
            has_place(conversation.company_id, at)
        takes_place = _place(conversation)
        spoke(conversation, side, at)
        if _place(conversation) != takes_place:
            update_load(conversation.company_id, at)
    return add_message(conversation, actor, own_id, body, key, at, held=held)


def _place(conversation: Conversation) -> tuple[bool, datetime | None]:
    """All of a conversation that a company's load depends on."""
    return conversation.state == rules.WAITING, conversation.due_at


def is_held(side: str, verified: bool) -> bool:
    """What a school member writes waits until somebody has vouched for this person."""
    return side == rules.SCHOOL and not verified


def reply(actor: Actor, conversation_id: int, body: str, key: str, *, at: datetime | None = None) -> Message:
    """Send a message; the same `key` a second time changes nothing and returns the first."""
    conversation, side, own_id = _open(actor, conversation_id)
    require(can_write(actor, conversation))
    return say(actor, conversation, side, own_id, body, key, at or now())


def decline(
    actor: Actor, conversation_id: int, reason: str, key: str, *, text: str = "", at: datetime | None = None
) -> Conversation:
    """ "Even niet", in one click; a reason helps the school to look further. The place is free at once.

    `text`: a sentence to go with it; of somebody for whom nobody vouched it is left out.
    """
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
    seat = actor.seat("organisation", own_id)
    words = "" if is_held(side, seat is not None and seat.verified) else text.strip()[: rules.MESSAGE_MAX]
    message = _step(conversation, actor, own_id, f"declined.{reason}", key, moment, words)
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
    _step(conversation, actor, own_id, "closed", key, moment)
    update_load(conversation.company_id, moment)


def _step(conversation: Conversation, actor: Actor, own_id: int, code: str, key: str, at: datetime, body: str = "") -> Message:
    """A step by somebody, who takes part from now on and has seen it."""
    message = add_system(conversation, actor, own_id, code, key, at, body)
    if actor.user_id is not None:
        has_read(conversation, actor.user_id, own_id, message)
    return message


def mark_read(actor: Actor, conversation_id: int, message_id: int) -> None:
    """What a participant has seen; somebody who only looks on keeps no count. Not past what there is to see."""
    if actor.user_id is None:
        return
    _open(actor, conversation_id)
    shown = visible_messages(actor, conversation_id).subquery()
    last = db.session.scalar(select(func.max(shown.c.id)).where(shown.c.id <= message_id))
    read_up_to(conversation_id, actor.user_id, last or 0)


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
