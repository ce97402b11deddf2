"""A request written before an account exists: suggestions show at once, and it goes out with the mailed link."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from techfinder.accounts import tokens
from techfinder.accounts.models import Token, User
from techfinder.accounts.rules import normal_email
from techfinder.accounts.service import ensure_user
from techfinder.core.clock import now
from techfinder.core.db import db, locked, new_key
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.periodic import periodic
from techfinder.core.permissions import SYSTEM, Actor, require
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Organisation
from techfinder.support_requests import emails, rules
from techfinder.support_requests.events import RequestPublished
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import holds
from techfinder.support_requests.service.members import ahead, fill, move

PURPOSE = "confirm_request"
KEEP = timedelta(days=14)  # an unconfirmed request, with the name and address in it, is thrown away after this


def create_guest(
    organisation_id: int, name: str, email: str, content: Mapping[str, Any], *, locale: str = "nl",
    offer_id: int | None = None, at: datetime | None = None,
) -> SupportRequest:
    """Store the request and mail the link. `guest_key` of the result lets the browser that wrote it look at it meanwhile."""
    moment = at or now()
    address = normal_email(email)
    school = db.session.get(Organisation, organisation_id)
    if school is None or school.kind != "school" or school.state != "approved" or school.closed_at is not None:
        raise RuleBroken("support_request.school", "q")
    request = SupportRequest(
        organisation_id=school.id, guest_name=name.strip()[:120], guest_email=address, guest_key=new_key(),
        state=rules.UNCONFIRMED, state_at=moment, created_at=moment, offer_id=offer_id, title="", description="", kinds=[],
        themes=[], levels=0, parallel_groups=1, where="either", travel_mode="", language="", weekdays=0, dayparts=0,
    )  # fmt: skip
    fill(request, school, content)
    ahead(request, moment)
    db.session.add(request)
    db.session.flush()
    _mail(request, school, locale, moment)
    return request


def mail_again(request_id: int, guest_key: str, email: str, *, locale: str = "nl", at: datetime | None = None) -> str:
    """Mail the link once more, to another address when the first was mistyped. Returns the address."""
    request = locked(SupportRequest, request_id)
    require(holds(guest_key, request))
    request.guest_email = normal_email(email)
    school = db.session.get_one(Organisation, request.organisation_id)
    db.session.flush()
    _mail(request, school, locale, at or now())
    return request.guest_email


def address_to(request_id: int, guest_key: str, offer_id: int) -> None:
    """Address it to this offer: after the link is clicked, the person goes on to the conversation with that company."""
    request = locked(SupportRequest, request_id)
    require(holds(guest_key, request))
    request.offer_id = offer_id
    db.session.flush()


def _mail(request: SupportRequest, school: Organisation, locale: str, at: datetime) -> None:
    payload = {"request_id": request.id, "locale": locale}
    raw = tokens.issue(PURPOSE, request.guest_email, payload=payload, lifetime=KEEP, at=at)
    emails.confirm(request, school, raw, locale)


def confirm_guest(raw: str, *, at: datetime | None = None) -> tuple[SupportRequest, User]:
    """The link was clicked: the account and the membership come to be, and the request goes out.

    Raises `TokenRefused` for a link that is unknown, used or too old, or was mailed to an address that was corrected since.
    """
    moment = at or now()
    token: Token = tokens.redeem(raw, PURPOSE, moment)
    request = locked(SupportRequest, token.payload["request_id"])
    if request.state != rules.UNCONFIRMED or request.guest_email != token.email:
        raise tokens.TokenRefused(PURPOSE)
    user = ensure_user(token.email, request.guest_name, str(token.payload.get("locale", "nl")), moment)
    if user.blocked_at is not None or user.erased_at is not None:
        raise tokens.TokenRefused(PURPOSE)
    user.email_verified_at = user.email_verified_at or moment
    user.last_seen_at = moment
    actor = Actor(user.id, user.name, user.email or "", user.locale)
    organisations.join(actor, request.organisation_id, at=moment)
    request.author_id = user.id
    request.guest_name = request.guest_email = ""
    request.guest_key = None
    move(SYSTEM, request, "confirm", moment)
    request.published_at = moment
    db.session.flush()
    emit(RequestPublished(request.id))
    return request, user


@periodic("support_requests.drop_unconfirmed", timedelta(days=1))
def drop_unconfirmed(at: datetime) -> None:
    """Throw away what was never confirmed; run daily by the worker."""
    db.session.execute(
        delete(SupportRequest).where(SupportRequest.state == rules.UNCONFIRMED, SupportRequest.created_at < at - KEEP)
    )
