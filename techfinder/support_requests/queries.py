"""Reads about support requests; always from `visible_requests`, or for the browser that wrote one without an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from techfinder.accounts.models import User
from techfinder.core.db import db
from techfinder.core.permissions import Actor, require_visible
from techfinder.organisations.models import Organisation
from techfinder.support_requests import policy, rules
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import can_edit, holds, school_ids, visible_requests

GuestKeys = Mapping[str, str]  # request id → key, kept in the browser that wrote it
STAFF_SHOWN = 100


@dataclass(frozen=True)
class Seen:
    """A request with its school, and what this reader may do with it. `guest_key`: read without an account."""

    request: SupportRequest
    school: Organisation
    may_edit: bool
    guest_key: str | None = None


_WITHOUT_ACCOUNT = (
    select(SupportRequest, Organisation)
    .join(Organisation, Organisation.id == SupportRequest.organisation_id)
    .where(SupportRequest.id == bindparam("request_id"), SupportRequest.guest_key == bindparam("guest_key"))
)


@cache
def _seen(staff: str, company: bool) -> Select[Any]:
    return policy.visible(staff, company).add_columns(Organisation).where(SupportRequest.id == bindparam("request_id"))


def visible(actor: Actor, request_id: int, guest_keys: GuestKeys | None = None) -> Seen:
    """The request for this reader. Raises `NotVisible`. One query."""
    key = (guest_keys or {}).get(str(request_id))
    if key is not None:
        found = db.session.execute(_WITHOUT_ACCOUNT, {"request_id": request_id, "guest_key": key}).one_or_none()
        if found is not None and holds(key, found[0]):
            return Seen(found[0], found[1], True, key)
    kind, values = policy.reader(actor)
    found = require_visible(db.session.execute(_seen(*kind), {**values, "request_id": request_id}).one_or_none())
    return Seen(found[0], found[1], can_edit(actor, found[0]))


@dataclass(frozen=True)
class Line:
    """A request in the list of its own school; `author` is for colleagues only."""

    request: SupportRequest
    school: str
    author: str
    may_edit: bool


def mine(actor: Actor) -> list[Line]:
    """The requests of the actor's schools that the actor may see, newest change first. One query."""
    ids = school_ids(actor)
    if not ids:
        return []
    rows = db.session.execute(
        visible_requests(actor)
        .where(SupportRequest.organisation_id.in_(ids))
        .outerjoin(User, User.id == SupportRequest.author_id)
        .add_columns(Organisation.name, User.name, User.id)
        .order_by(SupportRequest.state_at.desc(), SupportRequest.id.desc())
    ).all()
    return [
        Line(r, school, "" if author_id == actor.user_id else name or "", can_edit(actor, r)) for r, school, name, author_id in rows
    ]


def of_region(actor: Actor) -> Sequence[tuple[SupportRequest, Organisation]]:
    """Open requests that staff may see, the oldest first. One query."""
    rows = db.session.execute(
        visible_requests(actor)
        .add_columns(Organisation)
        .where(SupportRequest.state == rules.OPEN)
        .order_by(SupportRequest.published_at, SupportRequest.id)
        .limit(STAFF_SHOWN)
    ).all()
    return [(r, school) for r, school in rows]


_SCHOOLS = select(Organisation).where(Organisation.id.in_(bindparam("ids", expanding=True)), Organisation.closed_at.is_(None))
_OPEN_SCHOOL = select(Organisation).where(
    Organisation.id == bindparam("school_id"), Organisation.kind == "school", Organisation.state == "approved",
    Organisation.closed_at.is_(None),
)  # fmt: skip


def schools_of(actor: Actor) -> list[Organisation]:
    """The schools for which the actor writes requests, oldest seat first; not those that closed. One query."""
    ids = school_ids(actor)
    found = {o.id: o for o in db.session.scalars(_SCHOOLS, {"ids": ids})} if ids else {}
    return [found[i] for i in ids if i in found]


def open_school(school_id: int) -> Organisation | None:
    """A school of the list, for somebody without an account."""
    return db.session.scalars(_OPEN_SCHOOL, {"school_id": school_id}).one_or_none()
