"""Beginning a conversation: a school asks a company for an offer, or a company puts itself forward for a request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.models import Conversation
from techfinder.conversations.policy import visible_conversations, vouched
from techfinder.conversations.service.exchange import is_held, say
from techfinder.conversations.service.load import has_place, update_load
from techfinder.conversations.service.send import add_message, checked, mark_asked, participant
from techfinder.core.audit import audit
from techfinder.core.clock import now, today
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor, Seat, require, require_visible
from techfinder.offers.models import Offer
from techfinder.organisations.models import ContactLimit, Membership, Organisation
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import can_edit


@dataclass(frozen=True)
class Asked:
    """What a conversation is about. `speaks_for`: the organisation in whose name the actor writes."""

    speaks_for: int
    offer_id: int | None = None
    support_request_id: int | None = None


def start(actor: Actor, asked: Asked, body: str, key: str, *, at: datetime | None = None) -> Conversation:
    """Begin a conversation, or write into the one that these two already have about this.

    Raises `RuleBroken`: "conversation.full" while the company takes no more, "conversation.limit" after too many first
    messages on a day, "conversation.incomplete" for a request that is still vague.
    Rows are locked in one order everywhere: offer, request, conversation, school, company.
    """
    moment = at or now()
    checked(body)
    seat = actor.seat("organisation", asked.speaks_for)
    if seat is None:
        raise NotVisible()
    offer = locked(Offer, asked.offer_id) if asked.offer_id else None
    request = locked(SupportRequest, asked.support_request_id) if asked.support_request_id else None
    if seat.kind == rules.SCHOOL and request is not None and not can_edit(actor, request):
        raise NotVisible()  # a colleague's request is not for somebody who only says to work there
    school_id, company_id = _sides(seat, offer, request)
    subject_key = rules.subject_key(school_id, company_id, asked.offer_id, asked.support_request_id)
    existing = db.session.scalar(select(Conversation.id).where(Conversation.subject_key == subject_key))
    if existing is not None:
        return _again(actor, seat, locked(Conversation, existing), body, key, moment)
    school = locked(Organisation, school_id)
    _judge(seat, offer, request, school, company_id, moment)
    _count_first_message(locked(Organisation, seat.scope_id), seat.verified, moment)
    conversation = Conversation(
        school_id=school_id, company_id=company_id, offer_id=asked.offer_id, support_request_id=asked.support_request_id,
        subject_key=subject_key, subject=(request.title if request else offer.title if offer else school.name)[:140],
        started_by=seat.kind, state=rules.WAITING, started_at=moment, last_message_at=moment, message_count=0,
        region_id=school.region_id, is_demo=school.is_demo,
    )  # fmt: skip
    db.session.add(conversation)
    try:
        db.session.flush()
    except IntegrityError as error:  # the other tab was faster: its conversation is the one
        raise RuleBroken("conversation.state") from error
    _invite(conversation, offer, request)
    held = is_held(seat.kind, seat.verified)
    if not held:
        mark_asked(conversation, school, moment)
    add_message(conversation, actor, seat.scope_id, body, key, moment, held=held)
    audit(actor, "conversation.started", "conversation", conversation.id, scope_id=school.region_id, at=moment, side=seat.kind)
    update_load(company_id, moment)
    return conversation


def _again(actor: Actor, seat: Seat, conversation: Conversation, body: str, key: str, at: datetime) -> Conversation:
    """A message more in the conversation that they have; writing makes nobody a reader of what colleagues said."""
    visible = visible_conversations(actor).where(Conversation.id == conversation.id).with_only_columns(Conversation.id)
    if not vouched(seat):
        require_visible(db.session.scalar(visible))
    require(seat.kind == rules.SCHOOL or (vouched(seat) and seat.group_verified))
    say(actor, conversation, seat.kind, seat.scope_id, body, key, at)
    return conversation


def _sides(own: Seat, offer: Offer | None, request: SupportRequest | None) -> tuple[int, int]:
    if own.kind == rules.SCHOOL:
        if offer is None or (request is not None and request.organisation_id != own.scope_id):
            raise NotVisible()
        return own.scope_id, offer.organisation_id
    if request is None or (offer is not None and offer.organisation_id != own.scope_id):
        raise NotVisible()
    return request.organisation_id, own.scope_id


def _judge(
    own: Seat, offer: Offer | None, request: SupportRequest | None, school: Organisation, company_id: int, at: datetime
) -> None:
    """Whether these two may begin to talk about this now; locks the company."""
    require(school.state not in ("blocked", "rejected"))
    company = has_place(company_id, at) if own.kind == rules.SCHOOL else locked(Organisation, company_id)
    if offer is not None and (offer.state != "published" or offer.replaces_id is not None or company.state != "approved"):
        raise RuleBroken("conversation.offer_gone")
    if request is not None and request.state != request_rules.OPEN:
        raise RuleBroken("conversation.request_closed")
    if request is not None and not request_rules.is_complete(request):
        raise RuleBroken("conversation.incomplete")
    if own.kind == rules.COMPANY:
        require(own.verified and company.state == "approved")
    elif offer is not None and offer.places_left == 0:
        raise RuleBroken("conversation.offer_full")


def _count_first_message(own: Organisation, verified: bool, at: datetime) -> None:
    """One more conversation begun today by this (locked) organisation."""
    row = db.session.scalars(
        select(ContactLimit).where(ContactLimit.organisation_id == own.id, ContactLimit.day == today(at).isoformat())
    ).one_or_none()
    if row is None:
        row = ContactLimit(organisation_id=own.id, day=today(at).isoformat(), count=0)
        db.session.add(row)
    row.count += 1
    if row.count > rules.first_messages_allowed(own.created_at, verified and own.state == "approved", at):
        raise RuleBroken("conversation.limit")


def _invite(conversation: Conversation, offer: Offer | None, request: SupportRequest | None) -> None:
    """Who is told on either side: who wrote the offer or request; if nobody of them is left, the owners.

    Nobody who was refused, and nobody for whom nobody vouched, except who wrote the request.
    """
    for organisation_id, author_id in (
        (conversation.company_id, offer.author_id if offer else None),
        (conversation.school_id, request.author_id if request else None),
    ):
        members = db.session.execute(
            select(Membership.user_id, Membership.role, Membership.verified_at).join(User, User.id == Membership.user_id).where(
                Membership.organisation_id == organisation_id, Membership.refused_at.is_(None),
                User.erased_at.is_(None), User.blocked_at.is_(None),
            )
        ).all()  # fmt: skip
        known = {m.user_id for m in members if m.verified_at is not None or m.role == "owner"}
        chosen = {author_id} & {m.user_id for m in members} or {m.user_id for m in members if m.role == "owner"} or known
        for user_id in sorted(chosen):
            participant(conversation, user_id, organisation_id)
