"""What conversations do when they hear news from above; `wiring.py` joins each to its event."""

from typing import Any

from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.conversations import rules
from techfinder.conversations.models import Conversation
from techfinder.conversations.service import Asked, release_held, start, update_load, welcome, withhold_held
from techfinder.conversations.service.send import add_system
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken
from techfinder.core.permissions import SYSTEM, Actor
from techfinder.organisations.events import MemberRefused, MemberVerified, PlacesChanged
from techfinder.organisations.queries import seats_for
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.events import RequestClosed, RequestCompleted, RequestPublished
from techfinder.support_requests.models import SupportRequest


def request_published(event: RequestPublished) -> None:
    """A request that was made from an offer ("Vraag aan") goes to that company at once, with its own words as the message.

    Where that cannot be (still incomplete, no author, the company is full) the request is out all the same, and its page
    leads on.
    """
    request = db.session.get_one(SupportRequest, event.request_id)
    if not _talks(request, Conversation.first_reply_at.is_not(None)):  # who said something before is not asked again by itself
        _ask_addressed(request)


def request_completed(event: RequestCompleted) -> None:
    """The same for a request that was out already but vague: now its company can be asked. Once."""
    request = db.session.get_one(SupportRequest, event.request_id)
    if not _talks(request):
        _ask_addressed(request)


def _ask_addressed(request: SupportRequest) -> None:
    author = db.session.get(User, request.author_id) if request.author_id else None
    if author is None or request.offer_id is None or not request_rules.is_complete(request):
        return
    actor = Actor(author.id, author.name, author.email or "", author.locale, seats=seats_for(author.id))
    asked = Asked(request.organisation_id, request.offer_id, request.id)
    try:
        with db.session.begin_nested():
            start(actor, asked, request.description, f"request-{request.id}-{request.version}")
    except (RuleBroken, NotVisible, NotAllowed):
        return


def _talks(request: SupportRequest, *conditions: Any) -> bool:
    """Whether there is such a conversation about this request and the offer it is addressed to."""
    found = select(Conversation.id).where(
        Conversation.support_request_id == request.id, Conversation.offer_id == request.offer_id, *conditions
    )
    return db.session.scalar(found.limit(1)) is not None


def request_closed(event: RequestClosed) -> None:
    """Nobody has to answer any more: waiting conversations close, and their places are free at once."""
    at = now()
    ids = db.session.scalars(
        select(Conversation.id)
        .where(Conversation.support_request_id == event.request_id, Conversation.state == rules.WAITING).order_by(Conversation.id)
    ).all()
    for ident in ids:
        conversation = locked(Conversation, ident)
        if conversation.state != rules.WAITING:
            continue
        conversation.state, conversation.due_at = rules.CLOSED, None
        add_system(conversation, SYSTEM, None, "request_closed", f"closed-{conversation.version}", at)
        update_load(conversation.company_id, at)


def places_changed(event: PlacesChanged) -> None:
    """A company that takes more or fewer at once is open or full from now on, not from the worker's next round."""
    update_load(event.organisation_id, now())


def member_verified(event: MemberVerified) -> None:
    """What this teacher wrote goes out now; what a company was asked while nobody worked there has a reader now."""
    release_held(event.membership_id)
    welcome(event.membership_id)


def member_refused(event: MemberRefused) -> None:
    """What this person wrote is never sent."""
    withhold_held(event.membership_id)
