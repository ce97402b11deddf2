"""Beginning a conversation: a school asks a company for an offer, or a company puts itself forward for a request."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.models import Conversation
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.send import add_message, already_sent, checked, participant
from techfinder.core.audit import audit
from techfinder.core.clock import now, today
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor, require
from techfinder.core.text import day
from techfinder.offers.models import Offer
from techfinder.organisations.models import ContactLimit, Membership, Organisation
from techfinder.reference.holidays import add_school_days
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest


@dataclass(frozen=True)
class Asked:
    """What a conversation is about. `speaks_for`: the organisation in whose name the actor writes."""

    speaks_for: int
    offer_id: int | None = None
    support_request_id: int | None = None


def start(actor: Actor, asked: Asked, body: str, key: str, *, at: datetime | None = None) -> Conversation:
    """Begin a conversation, or find the one that these two already have about this.

    Raises `RuleBroken`: "conversation.full" while the company takes no more, "conversation.limit" after too many first
    messages on a day, "conversation.incomplete" for a request that is still vague.
    """
    moment = at or now()
    checked(body)
    offer = locked(Offer, asked.offer_id) if asked.offer_id else None
    request = locked(SupportRequest, asked.support_request_id) if asked.support_request_id else None
    own = locked(Organisation, asked.speaks_for)
    seat = actor.seat("organisation", own.id)
    if seat is None:
        raise NotVisible()
    side = own.kind
    school_id, company_id = _sides(own, offer, request)
    existing = db.session.scalars(
        select(Conversation).where(
            Conversation.subject_key == rules.subject_key(school_id, company_id, asked.offer_id, asked.support_request_id)
        ).with_for_update()
    ).one_or_none()
    if existing is not None:
        if already_sent(existing.id, key) is None:
            add_message(existing, actor, own.id, body, key, moment, held=_is_held(side, seat.verified))
        return existing
    company = update_load(company_id, moment)
    school = locked(Organisation, school_id)
    _judge(side, actor, offer, request, company, moment)
    _count_first_message(own, seat.verified, moment)
    conversation = Conversation(
        school_id=school_id, company_id=company_id, offer_id=asked.offer_id, support_request_id=asked.support_request_id,
        subject_key=rules.subject_key(school_id, company_id, asked.offer_id, asked.support_request_id),
        subject=(request.title if request else offer.title if offer else own.name)[:140], started_by=side, state=rules.WAITING,
        started_at=moment, last_message_at=moment, message_count=0, region_id=school.region_id, is_demo=school.is_demo,
    )  # fmt: skip
    db.session.add(conversation)
    try:
        db.session.flush()
    except IntegrityError as error:  # the other tab was faster: its conversation is the one
        raise RuleBroken("conversation.state") from error
    _invite(conversation, offer, request)
    held = _is_held(side, seat.verified)
    if not held:
        mark_asked(conversation, school, moment)
    add_message(conversation, actor, own.id, body, key, moment, held=held)
    audit(actor, "conversation.started", "conversation", conversation.id, scope_id=school.region_id, at=moment, side=side)
    update_load(company_id, moment)
    return conversation


def mark_asked(conversation: Conversation, school: Organisation, at: datetime) -> None:
    """From now on the other side knows, and an answer is due within `ANSWER_SCHOOL_DAYS` school days (end of that day)."""
    due = add_school_days(today(at), rules.ANSWER_SCHOOL_DAYS, school.holiday_region or None)
    conversation.asked_at = at
    conversation.due_at = datetime.combine(due, time(17, 0), UTC)


def _is_held(side: str, verified: bool) -> bool:
    return side == rules.SCHOOL and not verified


def _sides(own: Organisation, offer: Offer | None, request: SupportRequest | None) -> tuple[int, int]:
    if own.kind == rules.SCHOOL:
        if offer is None or (request is not None and request.organisation_id != own.id):
            raise NotVisible()
        return own.id, offer.organisation_id
    if request is None or (offer is not None and offer.organisation_id != own.id):
        raise NotVisible()
    return request.organisation_id, own.id


def _judge(
    side: str, actor: Actor, offer: Offer | None, request: SupportRequest | None, company: Organisation, at: datetime
) -> None:
    if offer is not None and (offer.state != "published" or offer.replaces_id is not None or company.state != "approved"):
        raise RuleBroken("conversation.offer_gone")
    if request is not None and request.state != request_rules.OPEN:
        raise RuleBroken("conversation.request_closed")
    if request is not None and not request_rules.is_complete(request):
        raise RuleBroken("conversation.incomplete")
    if side == rules.SCHOOL:
        if company.full_until is not None and company.full_until > at:
            raise RuleBroken("conversation.full", until=day(company.full_until))
        return
    seat = actor.seat("organisation", company.id)
    require(seat is not None and seat.verified and company.state == "approved")


def _count_first_message(own: Organisation, verified: bool, at: datetime) -> None:
    row = db.session.scalars(
        select(ContactLimit).where(ContactLimit.organisation_id == own.id, ContactLimit.day == today(at).isoformat()).with_for_update()
    ).one_or_none()
    if row is None:
        row = ContactLimit(organisation_id=own.id, day=today(at).isoformat(), count=0)
        db.session.add(row)
    row.count += 1
    if row.count > rules.first_messages_allowed(own.created_at, verified and own.state == "approved", at):
        raise RuleBroken("conversation.limit")


def _invite(conversation: Conversation, offer: Offer | None, request: SupportRequest | None) -> None:
    """Who is told on either side: who wrote the offer or request; if nobody of them is left, the owners."""
    for organisation_id, author_id in (
        (conversation.company_id, offer.author_id if offer else None),
        (conversation.school_id, request.author_id if request else None),
    ):
        members = db.session.execute(
            select(Membership.user_id, Membership.role).join(User, User.id == Membership.user_id)
            .where(Membership.organisation_id == organisation_id, User.erased_at.is_(None), User.blocked_at.is_(None))
        ).all()
        ids = {m.user_id for m in members}
        chosen = {author_id} & ids or {m.user_id for m in members if m.role == "owner"} or ids
        for user_id in sorted(chosen):
            participant(conversation, user_id, organisation_id)
