"""Reads of conversations, always from what is visible."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.conversations.policy import READABLE, VISIBLE, own_ids, reader, side_of, visible_conversations
from techfinder.core.db import db, plain
from techfinder.core.paging import Page
from techfinder.core.permissions import Actor, require_visible
from techfinder.organisations.models import Membership, Organisation

INBOX = 30  # conversations on one page of the inbox


MANY = 100  # unread messages; beyond it nobody counts
_UNREAD = (
    select(Message.id).select_from(Participant)
    .join(Message, and_(Message.conversation_id == Participant.conversation_id, Message.id > Participant.last_read_id))
    .where(
        Participant.user_id == bindparam("user_id"), Participant.organisation_id.in_(bindparam("own", expanding=True)),
        Message.state == rules.SENT, or_(Message.author_id != bindparam("user_id"), Message.author_id.is_(None)),
    ).limit(MANY)
)  # fmt: skip
_UNREAD_COUNT = select(func.count()).select_from(_UNREAD.subquery())  # made once: it is asked with every page


def unread_count(actor: Actor) -> int:
    """Messages of others, in conversations the actor takes part in, that the actor has not seen; `MANY` for more. One query."""
    if actor.user_id is None:
        return 0
    return plain(_UNREAD_COUNT, user_id=actor.user_id, own=own_ids(actor)).scalar() or 0


@dataclass(frozen=True)
class InboxRow:
    """A conversation in the list: who the other side is, what was last said, and whether it is new."""

    id: int
    subject: str
    other_name: str
    other_kind: str
    state: str
    last_at: datetime
    last_text: str
    last_code: str
    last_by: str
    last_is_own: bool
    held: bool
    unread: int


_SCHOOL, _COMPANY = aliased(Organisation), aliased(Organisation)
_COUNT = select(func.count()).select_from(VISIBLE.subquery())
_INBOX = (
    VISIBLE.join(_SCHOOL, _SCHOOL.id == Conversation.school_id).join(_COMPANY, _COMPANY.id == Conversation.company_id)
    .add_columns(_SCHOOL.name, _COMPANY.name).order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    .limit(bindparam("most")).offset(bindparam("from_row"))
)  # fmt: skip


def list_for(actor: Actor, number: int = 1, size: int = INBOX) -> Page[InboxRow]:
    """The conversations of the actor's organisations, newest first. Four queries, however many there are."""
    total = plain(_COUNT, **reader(actor)).scalar() or 0
    number = max(1, min(number, -(-total // size) or 1))
    return Page(inbox(actor, size, (number - 1) * size), number, size, total)


def inbox(actor: Actor, limit: int = INBOX, offset: int = 0) -> list[InboxRow]:
    """Part of the list, newest first. Three queries."""
    rows = db.session.execute(_INBOX, {**reader(actor), "most": limit, "from_row": offset}).all()
    ids = [c.id for c, _, _ in rows]
    last, unread = _last_messages(actor, ids), _unread(actor, ids)
    shown = []
    for c, school_name, company_name in rows:
        from_school = side_of(actor, c) == rules.SCHOOL
        own_id = c.school_id if from_school else c.company_id
        m = last.get(c.id)
        shown.append(InboxRow(
            id=c.id, subject=c.subject, other_name=company_name if from_school else school_name,
            other_kind="company" if from_school else "school", state=c.state, last_at=c.last_message_at,
            last_text=" ".join(m.body.split())[:120] if m else "", last_code=m.code if m else "",
            last_by=(school_name if m.organisation_id == c.school_id else company_name) if m else "",
            last_is_own=m is not None and m.organisation_id == own_id, held=c.asked_at is None, unread=unread.get(c.id, 0),
        ))  # fmt: skip
    return shown


_THESE: Any = bindparam("conversations", expanding=True)
_LAST = select(Message).where(
    Message.id.in_(
        select(func.max(Message.id)).where(Message.conversation_id.in_(_THESE), READABLE).group_by(Message.conversation_id)
    )
)
_UNREAD_IN = (
    select(Message.conversation_id, func.count())
    .join(Participant, and_(Participant.conversation_id == Message.conversation_id, Participant.user_id == bindparam("user_id")))
    .where(
        Message.conversation_id.in_(_THESE), Message.id > Participant.last_read_id, Message.state == rules.SENT,
        or_(Message.author_id != bindparam("user_id"), Message.author_id.is_(None)),
    ).group_by(Message.conversation_id)
)  # fmt: skip


def _last_messages(actor: Actor, ids: list[int]) -> dict[int, Message]:
    found = db.session.scalars(_LAST, {**reader(actor), "conversations": ids}) if ids else ()
    return {m.conversation_id: m for m in found}


def _unread(actor: Actor, ids: list[int]) -> dict[int, int]:
    rows = plain(_UNREAD_IN, user_id=actor.user_id, conversations=ids).all() if ids else ()
    return dict(rows)  # type: ignore[arg-type]


_SHOWN = (Message.conversation_id == bindparam("conversation"), READABLE)
_BEHIND = select(Participant.id).where(
    Participant.conversation_id == bindparam("conversation"), Participant.user_id == bindparam("reader_id"),
    Participant.last_read_id < select(func.max(Message.id)).where(*_SHOWN, Message.id <= bindparam("up_to")).scalar_subquery(),
)  # fmt: skip
_LAST_SHOWN = select(func.max(Message.id)).where(*_SHOWN)
_ONE = VISIBLE.where(Conversation.id == bindparam("conversation"))


def is_behind(actor: Actor, conversation_id: int, message_id: int) -> bool:
    """Whether this participant has not seen everything up to that message yet: only then there is something to write."""
    return plain(_BEHIND, **reader(actor), conversation=conversation_id, up_to=message_id).scalar() is not None


def one(actor: Actor, conversation_id: int) -> Conversation:
    """The conversation, or `NotVisible`."""
    found = db.session.scalars(_ONE, {**reader(actor), "conversation": conversation_id}).one_or_none()
    return require_visible(found)  # type: ignore[no-any-return]


_MESSAGES = (
    select(Message, User.name, Organisation.name).outerjoin(User, User.id == Message.author_id)
    .outerjoin(Organisation, Organisation.id == Message.organisation_id)
    .where(*_SHOWN, Message.id > bindparam("after")).order_by(Message.id)
)  # fmt: skip


def messages(actor: Actor, conversation_id: int, after: int = 0) -> list[tuple[Message, str, str]]:
    """(message, author's name, organisation's name), oldest first; names of erased authors are empty."""
    rows = db.session.execute(_MESSAGES, {**reader(actor), "conversation": conversation_id, "after": after}).all()
    return [(m, person or "", organisation or "") for m, person, organisation in rows]


@dataclass(frozen=True)
class Who:
    """Somebody who takes part."""

    user_id: int
    name: str
    organisation_id: int
    muted: bool
    last_read_id: int


_WHO = (
    select(Participant.user_id, User.name, Participant.organisation_id, Participant.muted, Participant.last_read_id)
    .join(User, User.id == Participant.user_id)
    .join(Membership, and_(Membership.user_id == User.id, Membership.organisation_id == Participant.organisation_id))
    .where(Participant.conversation_id == bindparam("conversation"), Membership.refused_at.is_(None)).order_by(Participant.id)
)  # fmt: skip


def participants(conversation_id: int) -> list[Who]:
    """Everybody who takes part and still belongs to one of the two sides, in the order in which they joined."""
    return [Who(**row._mapping) for row in plain(_WHO, conversation=conversation_id)]


def last_visible_id(actor: Actor, conversation_id: int) -> int:
    """The number of the newest message that the actor may see."""
    return plain(_LAST_SHOWN, **reader(actor), conversation=conversation_id).scalar() or 0


def asked_for(actor: Actor, support_request_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """What was asked for these requests already: (request id, offer id) → conversation id. One query."""
    rows = db.session.execute(
        visible_conversations(actor).where(Conversation.support_request_id.in_(support_request_ids or [-1]))
        .with_only_columns(Conversation.support_request_id, Conversation.offer_id, Conversation.id)
    ).all()
    return {(request_id, offer_id): ident for request_id, offer_id, ident in rows if offer_id is not None}
