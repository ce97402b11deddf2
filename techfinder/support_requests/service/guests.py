"""A request written before an account exists: suggestions show at once, and it goes out with the mailed link."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from techfinder.accounts import tokens
from techfinder.accounts.models import Token, User
from techfinder.accounts.service import ensure_user
from techfinder.core.clock import now
from techfinder.core.db import db, locked, new_key
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import SYSTEM
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Organisation
from techfinder.support_requests import emails, rules
from techfinder.support_requests.events import RequestPublished
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service.members import fill, move

PURPOSE = "confirm_request"
KEEP = timedelta(days=14)  # an unconfirmed request, with the name and address in it, is thrown away after this


def create_guest(
    organisation_id: int, name: str, email: str, content: Mapping[str, Any], *, locale: str = "nl",
    offer_id: int | None = None, at: datetime | None = None,
) -> SupportRequest:
    """Store the request and mail the link. `guest_key` of the result lets the browser that wrote it look at it meanwhile."""
    moment = at or now()
    school = locked(Organisation, organisation_id)
    if school.kind != "school" or school.state != "approved":
        raise RuleBroken("support_request.school", "school")
    request = SupportRequest(
        organisation_id=school.id, guest_name=name, guest_email=email, guest_key=new_key(), state=rules.UNCONFIRMED,
        state_at=moment, created_at=moment, offer_id=offer_id, title="", description="", kinds=[], themes=[], levels=0,
        parallel_groups=1, where="either",
    )  # fmt: skip
    fill(request, school, content)
    db.session.add(request)
    db.session.flush()
    payload = {"request_id": request.id, "locale": locale}
    raw = tokens.issue(PURPOSE, email, user_id=None, payload=payload, lifetime=KEEP, at=moment)
    emails.confirm(request, school, raw, locale)
    return request


def confirm_guest(token: Token, *, at: datetime | None = None) -> tuple[SupportRequest, User]:
    """The link was clicked: the account and the membership come to be, and the request goes out."""
    moment = at or now()
    request = locked(SupportRequest, token.payload["request_id"])
    user = ensure_user(token.email, request.guest_name, token.payload.get("locale", "nl"), moment)
    organisations.join(user, request.organisation_id, at=moment)
    request.author_id = user.id
    request.guest_name = request.guest_email = ""
    request.guest_key = None
    move(SYSTEM, request, "confirm", moment)
    request.published_at = moment
    db.session.flush()
    emit(RequestPublished(request.id))
    return request, user


def drop_unconfirmed(at: datetime) -> None:
    """Throw away what was never confirmed; run daily by the worker."""
    db.session.execute(
        delete(SupportRequest).where(SupportRequest.state == rules.UNCONFIRMED, SupportRequest.created_at < at - KEEP)
    )
