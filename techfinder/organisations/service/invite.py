"""Inviting colleagues by mail."""

from datetime import datetime, timedelta

from sqlalchemy import select

from techfinder.accounts import tokens
from techfinder.accounts.models import User
from techfinder.accounts.queries import find_user
from techfinder.accounts.rules import normal_email
from techfinder.accounts.service import ensure_user
from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor, require, require_visible
from techfinder.organisations import emails
from techfinder.organisations.models import Invitation, Membership, Organisation
from techfinder.organisations.policy import can_invite, can_manage_members, can_see_members, takes_members
from techfinder.organisations.queries import membership_of
from techfinder.organisations.service.vouching import vouch

PURPOSE, LIFETIME = "invitation", timedelta(days=14)


def invite(
    actor: Actor, organisation_id: int, email: str, role: str = "member", *, locale: str = "nl", at: datetime | None = None
) -> Invitation:
    """Mail a colleague a link that works for 14 days. Only owners invite owners. Inviting again sends a new link."""
    at, address = at or now(), normal_email(email)
    organisation: Organisation = locked(Organisation, organisation_id)
    require_visible(organisation if can_see_members(actor, organisation) else None)
    require(can_invite(actor, organisation) and (role == "member" or can_manage_members(actor, organisation)))
    user = find_user(address)
    if user is not None and _has_place(user, organisation_id):
        raise RuleBroken("membership.colleague_already", "email")
    row, raw = _issue(organisation_id, address, role, actor.user_id, at)
    emails.invitation(address, user.locale if user else locale, organisation, actor.name, raw)
    audit(actor, "member.invited", "organisation", organisation_id, scope_id=organisation.region_id, at=at, role=role)
    return row


def _issue(
    organisation_id: int, address: str, role: str, inviter_id: int | None, at: datetime, onward: str = ""
) -> tuple[Invitation, str]:
    """(the invitation, made or made anew, the secret of its link)."""
    row = db.session.scalars(
        select(Invitation).where(Invitation.organisation_id == organisation_id, Invitation.email == address)
    ).one_or_none()
    if row is None:
        row = Invitation(organisation_id=organisation_id, email=address)
        db.session.add(row)
    row.role, row.invited_by_id, row.created_at, row.expires_at = role, inviter_id, at, at + LIFETIME
    db.session.flush()
    payload = {"invitation": row.id, "onward": onward}
    return row, tokens.issue(PURPOSE, address, payload=payload, lifetime=LIFETIME, at=at)


def contact_link(organisation: Organisation, onward: str, at: datetime) -> str:
    """The address behind which whoever reads an unclaimed company's contact address takes its first place, and goes `onward`.

    That address came with an administrator's or coordinator's word, so it vouches as an invitation does.
    """
    _row, raw = _issue(organisation.id, organisation.contact_email, "owner", None, at, onward)
    return emails.invitation_url(raw)


def set_contact(organisation_id: int, email: str) -> Organisation:
    """Where a company that nobody has claimed can be reached; never shown. Raises `RuleBroken` for the field "email"."""
    row: Organisation = locked(Organisation, organisation_id)
    row.contact_email = normal_email(email)
    return row


def withdraw_invitation(actor: Actor, invitation_id: int, *, at: datetime | None = None) -> int:
    """Take an invitation back; its link stops working. Returns the organisation's id."""
    row: Invitation = locked(Invitation, invitation_id)
    organisation = locked(Organisation, row.organisation_id)
    require_visible(organisation if can_see_members(actor, organisation) else None)
    require(can_manage_members(actor, organisation) or row.invited_by_id == actor.user_id)
    db.session.delete(row)
    audit(actor, "member.uninvited", "organisation", organisation.id, scope_id=organisation.region_id, at=at or now())
    return int(organisation.id)


def pending_invitation(raw: str, at: datetime | None = None) -> tuple[Invitation, Organisation, str]:
    """What the link invites to, and the path to go on to if it names one; for the page with the button. Raises `TokenRefused`."""
    token = tokens.peek(raw, PURPOSE, at)
    return *_invitation(int(token.payload.get("invitation", 0))), str(token.payload.get("onward") or "")


def accept_invitation(raw: str, name: str = "", locale: str = "nl", at: datetime | None = None) -> tuple[User, int]:
    """Take the place: (the account, the organisation's id). The invitation vouches for the person, the link for the address."""
    at = at or now()
    token = tokens.redeem(raw, PURPOSE, at)
    invitation, organisation = _invitation(int(token.payload.get("invitation", 0)))
    organisation = locked(Organisation, organisation.id)
    user = ensure_user(token.email, name, locale, at)
    if user.blocked_at is not None:
        raise tokens.TokenRefused(PURPOSE)
    user.email_verified_at = user.email_verified_at or at
    member = membership_of(user.id, organisation.id)
    if member is None:
        member = Membership(user_id=user.id, organisation_id=organisation.id, created_at=at, role=invitation.role)
        db.session.add(member)
        db.session.flush()
    if member.verified_at is None:
        member.role = invitation.role
        vouch(organisation, member, "colleague", at)
    db.session.delete(invitation)
    actor = Actor(user.id, user.name, user.email or "", user.locale)
    audit(actor, "member.accepted", "organisation", organisation.id, scope_id=organisation.region_id, at=at, membership=member.id)
    return user, organisation.id


def _has_place(user: User, organisation_id: int) -> bool:
    member = membership_of(user.id, organisation_id)
    return member is not None and member.verified_at is not None


def _invitation(invitation_id: int) -> tuple[Invitation, Organisation]:
    row = db.session.get(Invitation, invitation_id)
    organisation = db.session.get(Organisation, row.organisation_id) if row else None
    if row is None or organisation is None or not takes_members(organisation):
        raise tokens.TokenRefused(PURPOSE)
    return row, organisation
