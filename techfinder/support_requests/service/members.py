"""What members of a school do with its requests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now, today
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.periodic import periodic
from techfinder.core.permissions import SYSTEM, Actor, require
from techfinder.geo import locate
from techfinder.organisations.models import Organisation
from techfinder.reference.themes import derive
from techfinder.support_requests import rules
from techfinder.support_requests.events import RequestClosed, RequestCompleted, RequestPublished
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import can_create, can_edit, holds

CONTENT = (
    "title", "description", "kinds", "themes", "levels", "pupils", "parallel_groups", "where", "period_from", "period_until",
    "weekdays", "dayparts", "travel_mode", "max_travel_km", "budget_cents", "language", "postcode",
)  # fmt: skip


def fill(request: SupportRequest, school: Organisation, content: Mapping[str, Any], *, draft: bool = False) -> None:
    """Take over what was typed, derive title, themes, place and travel distance where nothing was said, and judge it.

    What was derived from an older text is derived again. `postcode` may be a postcode or place other than the school's.
    A draft needs no groups yet. Raises `RuleBroken` with the field it is about.
    """
    unknown = set(content) - set(CONTENT)
    if unknown:
        raise TypeError(f"not content of a request: {unknown}")
    text = content.get("description", request.description)
    if text != request.description:
        if request.title == rules.title_from(request.description):
            request.title = ""
        if list(request.themes) == list(derive(request.description)):
            request.themes = list(derive(text))
    for name, value in content.items():
        if name != "postcode":
            setattr(request, name, value)
    if not request.description.strip():
        raise RuleBroken("support_request.what", "description")
    if not request.levels and not draft:
        raise RuleBroken("support_request.levels", "levels")
    if request.period_from and request.period_until and request.period_from > request.period_until:
        raise RuleBroken("support_request.period", "period_until")
    request.title = request.title.strip() or rules.title_from(request.description)
    if request.travel_mode and not request.max_travel_km:
        request.max_travel_km = rules.TRAVEL_KM.get(request.travel_mode)
    _place(request, school, content.get("postcode", request.postcode))


def _place(request: SupportRequest, school: Organisation, typed: str | None) -> None:
    request.region_id = school.region_id
    if not typed or typed == school.postcode:
        request.postcode, request.place, request.lat, request.lon = school.postcode, school.place, school.lat, school.lon
        return
    found = locate(typed)
    if found is None:
        raise RuleBroken("support_request.place", "postcode")
    request.postcode, request.place, request.lat, request.lon = found.postcode, found.place, found.lat, found.lon


def ahead(request: SupportRequest, at: datetime) -> None:
    """Refuse a period that is over: with last year's date typed by mistake, nothing would ever fit."""
    if rules.is_over(request.period_until, today(at)):
        raise RuleBroken("support_request.past", "period_until")


def _open(school: Organisation) -> Organisation:
    """The school, while it stands in the register: what began before goes on, nothing new begins."""
    if school.closed_at is not None:
        raise RuleBroken("support_request.school_closed", "organisation_id")
    return school


def create(
    actor: Actor, organisation_id: int, content: Mapping[str, Any], *, offer_id: int | None = None, at: datetime | None = None
) -> SupportRequest:
    """A new draft of a school. `offer_id`: it is addressed to this offer ("Vraag aan")."""
    require(can_create(actor, organisation_id))
    moment = at or now()
    school = _open(locked(Organisation, organisation_id))
    request = SupportRequest(
        organisation_id=school.id, author_id=actor.user_id, state=rules.DRAFT, state_at=moment, created_at=moment,
        offer_id=offer_id, title="", description="", kinds=[], themes=[], levels=0, parallel_groups=1, where="either",
    )
    fill(request, school, content, draft=True)
    db.session.add(request)
    db.session.flush()
    audit(actor, "support_request.created", "support_request", request.id, scope_id=request.region_id, at=moment)
    return request


def save(
    actor: Actor, request_id: int, content: Mapping[str, Any], *, version: int | None = None, guest_key: str | None = None
) -> SupportRequest:
    """Change a request; companies see the change at once. Raises `Stale` when somebody saved in between.

    `guest_key`: the browser that wrote an unconfirmed request may change it too.
    """
    request = locked(SupportRequest, request_id)
    require(can_edit(actor, request) or holds(guest_key, request))
    expect_version(request, version)
    if request.state == rules.FULFILLED:
        raise RuleBroken("support_request.state")
    vague = not rules.is_complete(request)
    fill(request, locked(Organisation, request.organisation_id), content, draft=request.state == rules.DRAFT)
    if "period_until" in content and request.state in (rules.OPEN, rules.UNCONFIRMED):
        ahead(request, now())
    audit(actor, "support_request.changed", "support_request", request.id, scope_id=request.region_id)
    log_change("support_request", request.id)
    db.session.flush()
    if vague and request.state == rules.OPEN and rules.is_complete(request):
        emit(RequestCompleted(request.id))
    return request


def move(actor: Actor, request: SupportRequest, action: str, at: datetime) -> None:
    """One step of the state table, with its trace."""
    state = rules.next_state(request.state, action)
    if state is None:
        raise RuleBroken("support_request.state")
    request.state, request.state_at = state, at
    audit(actor, f"support_request.{action}", "support_request", request.id, scope_id=request.region_id, at=at)
    log_change("support_request", request.id)


def publish(actor: Actor, request_id: int, *, at: datetime | None = None) -> SupportRequest:
    """Put it out. Companies see it as soon as it is complete; suggestions stand under it either way."""
    moment = at or now()
    request = locked(SupportRequest, request_id)
    require(can_edit(actor, request))
    if not request.levels:
        raise RuleBroken("support_request.levels", "levels")
    ahead(request, moment)
    _open(locked(Organisation, request.organisation_id))
    move(actor, request, "publish", moment)
    request.published_at = request.published_at or moment
    db.session.flush()
    emit(RequestPublished(request.id))
    return request


def _close(actor: Actor, request_id: int, action: str, at: datetime | None) -> None:
    request = locked(SupportRequest, request_id)
    require(can_edit(actor, request))
    move(actor, request, action, at or now())
    db.session.flush()
    emit(RequestClosed(request.id))


def withdraw(actor: Actor, request_id: int, *, at: datetime | None = None) -> None:
    """No longer needed."""
    _close(actor, request_id, "withdraw", at)


def fulfil(actor: Actor, request_id: int, *, at: datetime | None = None) -> None:
    """Somebody helps: it no longer looks for others."""
    _close(actor, request_id, "fulfil", at)


@periodic("support_requests.expire", timedelta(days=1))
def expire_due(at: datetime) -> None:
    """Close the open requests whose period has passed; run daily by the worker."""
    due = db.session.scalars(
        select(SupportRequest)
        .where(SupportRequest.state == rules.OPEN, SupportRequest.period_until < today(at)).limit(500).with_for_update()
    ).all()
    for request in due:
        move(SYSTEM, request, "expire", at)
        db.session.flush()
        emit(RequestClosed(request.id))
