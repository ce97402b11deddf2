"""Colleagues: vouching for them, their roles, leaving."""

from datetime import datetime

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor, require, require_visible
from techfinder.organisations import emails
from techfinder.organisations.events import MemberRefused, OrganisationLeft
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.policy import can_manage_members, can_see_members, can_verify_member, seat_in
from techfinder.organisations.queries import membership_of
from techfinder.organisations.rules import check_last_owner
from techfinder.organisations.service.vouching import vouch


def verify_member(actor: Actor, membership_id: int, *, at: datetime | None = None) -> Membership:
    """Vouch for a member: a verified owner, or a coordinator. What the person had already sent goes out now."""
    at = at or now()
    organisation, member = _seen(actor, membership_id)
    require(can_verify_member(actor, organisation))
    if member.verified_at is not None:
        return member
    owner = can_manage_members(actor, organisation) and seat_in(actor, organisation.id) is not None
    vouch(organisation, member, "owner" if owner else "coordinator", at)
    _note(actor, "member.verified", organisation, member, at)
    emails.member_verified(_user(member), organisation)
    return member


def refuse_member(actor: Actor, membership_id: int, note: str = "", *, at: datetime | None = None) -> Membership:
    """This person does not belong here: the place ends, the messages that waited are never sent, the person is told."""
    at = at or now()
    organisation, member = _seen(actor, membership_id)
    require(can_verify_member(actor, organisation))
    if member.refused_at is not None:
        return member
    if member.verified_at is not None:
        raise RuleBroken("organisation.step")
    member.refused_at, member.role = at, "member"
    _note(actor, "member.refused", organisation, member, at, note=note.strip())
    emails.member_refused(_user(member), organisation, note.strip())
    emit(MemberRefused(member.id))
    return member


def change_role(actor: Actor, membership_id: int, role: str, *, at: datetime | None = None) -> Membership:
    """Make a colleague owner or member. The last owner stays owner as long as others stay."""
    organisation, member = _seen(actor, membership_id)
    require(can_manage_members(actor, organisation))
    if role not in ("owner", "member") or member.verified_at is None:
        raise RuleBroken("organisation.step")
    if role == "member":
        _keep_an_owner(organisation, member)
    member.role = role
    _note(actor, "member.role", organisation, member, at or now(), role=role)
    return member


def remove_member(actor: Actor, membership_id: int, *, at: datetime | None = None) -> int:
    """Take a colleague off; returns the organisation's id. What the person did for it stays."""
    organisation, member = _seen(actor, membership_id)
    require(can_manage_members(actor, organisation))
    _end(actor, organisation, member, "member.removed", at or now())
    return organisation.id


def leave(actor: Actor, organisation_id: int, *, at: datetime | None = None) -> None:
    """Give up one's own place. The last owner hands over first, unless nobody else is left."""
    organisation: Organisation = locked(Organisation, organisation_id)
    member = membership_of(actor.user_id, organisation_id) if actor.user_id is not None else None
    if member is None or member.refused_at is not None:
        raise NotVisible()
    _end(actor, organisation, member, "member.left", at or now())


def _end(actor: Actor, organisation: Organisation, member: Membership, action: str, at: datetime) -> None:
    _keep_an_owner(organisation, member)
    _note(actor, action, organisation, member, at)
    waited = member.verified_at is None and member.refused_at is None
    if waited:
        emit(MemberRefused(member.id))
    db.session.delete(member)
    db.session.flush()
    if not _others(organisation.id, 0):
        organisation.claimed = False
        log_change("organisation", organisation.id)
        emit(OrganisationLeft(organisation.id))


def _keep_an_owner(organisation: Organisation, member: Membership) -> None:
    check_last_owner(
        member.role, _others(organisation.id, member.id, Membership.role == "owner"), _others(organisation.id, member.id)
    )


def _others(organisation_id: int, besides: int, *more: object) -> int:
    statement = select(func.count()).where(
        Membership.organisation_id == organisation_id, Membership.id != besides, Membership.refused_at.is_(None), *more  # type: ignore[arg-type]
    )
    return db.session.scalar(statement) or 0


def _seen(actor: Actor, membership_id: int) -> tuple[Organisation, Membership]:
    """The member with the organisation locked first, always in this order; `NotVisible` for outsiders."""
    organisation_id = db.session.scalar(select(Membership.organisation_id).where(Membership.id == membership_id))
    if organisation_id is None:
        raise NotVisible()
    organisation: Organisation = locked(Organisation, organisation_id)
    require_visible(organisation if can_see_members(actor, organisation) else None)
    return organisation, locked(Membership, membership_id)


def _user(member: Membership) -> User:
    user: User = require_visible(db.session.get(User, member.user_id))
    return user


def _note(actor: Actor, action: str, organisation: Organisation, member: Membership, at: datetime, **details: str) -> None:
    audit(
        actor, action, "organisation", organisation.id, scope_id=organisation.region_id, at=at, membership=member.id, **details
    )
