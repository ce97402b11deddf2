"""Reads about organisations and their members; always from `visible_organisations`, or for somebody who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select

from techfinder.accounts.models import User
from techfinder.core.db import db, plain
from techfinder.core.permissions import Actor, Seat, require_visible
from techfinder.organisations.models import Invitation, Membership, Organisation
from techfinder.organisations.policy import SCOPE, visible_organisations
from techfinder.organisations.school_search import FoundSchool, find_schools

__all__ = [
    "Colleague", "FoundSchool", "find_schools", "invitations_of", "member", "members_of", "membership_of", "my_organisations",
    "owners", "seats_for", "verified_users", "visible_organisation", "waiting_for_an_owner",
]  # fmt: skip


def visible_organisation(actor: Actor, organisation_id: int) -> Organisation:
    """The organisation, or `NotVisible`."""
    found = db.session.scalars(visible_organisations(actor).where(Organisation.id == organisation_id)).one_or_none()
    row: Organisation = require_visible(found)
    return row


_SEATS = (
    select(Organisation.id, Organisation.name, Organisation.kind, Organisation.state, Membership.role, Membership.verified_at)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(Membership.user_id == bindparam("user_id"), Membership.refused_at.is_(None))
    .order_by(Membership.id)
)  # made once: it is asked with every page


def seats_for(user_id: int) -> tuple[Seat, ...]:
    """The places of this user, oldest first. A refused membership is no place."""
    rows = plain(_SEATS, user_id=user_id)
    return tuple(Seat(SCOPE, r.id, r.name, r.kind, r.role, r.verified_at is not None, r.state == "approved") for r in rows)


@dataclass(frozen=True)
class Colleague:
    """A member as colleagues and coordinators see one; `email` is for their eyes only."""

    membership_id: int
    user_id: int
    name: str
    email: str
    role: str
    job_title: str
    verified: bool
    refused: bool
    since: datetime


def _colleagues(statement: Select[Membership, User]) -> list[Colleague]:
    return [
        Colleague(
            m.id, u.id, u.name, u.email or "", m.role, m.job_title, m.verified_at is not None, m.refused_at is not None,
            m.created_at,
        )
        for m, u in db.session.execute(statement)
    ]


def members_of(organisation_id: int) -> list[Colleague]:
    """Everybody with a place in this organisation, refused ones too; owners first. One query."""
    return _colleagues(
        select(Membership, User).join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.role.desc(), Membership.id)
    )


def member(membership_id: int) -> tuple[Colleague, Organisation] | None:
    """One member with the organisation, for the coordinator's queue. None when the person has left."""
    found = _colleagues(
        select(Membership, User).join(User, User.id == Membership.user_id).where(Membership.id == membership_id)
    )
    organisation = db.session.scalars(
        select(Organisation).join(Membership, Membership.organisation_id == Organisation.id).where(Membership.id == membership_id)
    ).one_or_none()
    return (found[0], organisation) if found and organisation else None


def membership_of(user_id: int, organisation_id: int) -> Membership | None:
    """This user's place in this organisation, refused or not."""
    return db.session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.organisation_id == organisation_id)
    ).one_or_none()


def verified_users(organisation_id: int) -> list[User]:
    """The people to write to: verified members with an address who are not blocked."""
    return list(
        db.session.scalars(
            select(User).join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id, Membership.verified_at.is_not(None),
                User.email.is_not(None), User.blocked_at.is_(None),
            )
            .order_by(Membership.id)
        )
    )


def owners(organisation_id: int) -> list[User]:
    """The owners with an address; an added school's founder too, verified or not."""
    return list(
        db.session.scalars(
            select(User).join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id, Membership.role == "owner", Membership.refused_at.is_(None),
                User.email.is_not(None), User.blocked_at.is_(None),
            )
            .order_by(Membership.id)
        )
    )


def invitations_of(organisation_id: int, at: datetime) -> Sequence[Invitation]:
    """Invitations that nobody answered yet and that still work; newest first."""
    return db.session.scalars(
        select(Invitation).where(Invitation.organisation_id == organisation_id, Invitation.expires_at > at)
        .order_by(Invitation.id.desc())
    ).all()


def waiting_for_an_owner(actor: Actor) -> dict[int, int]:
    """How many people wait until the actor, a verified owner, says that they are colleagues; by organisation."""
    ids = [s.scope_id for s in actor.seats if s.scope == SCOPE and s.role == "owner" and s.verified]
    if not ids:
        return {}
    counted = select(Membership.organisation_id, func.count()).where(
        Membership.organisation_id.in_(ids), Membership.verified_at.is_(None), Membership.refused_at.is_(None)
    )
    return dict(db.session.execute(counted.group_by(Membership.organisation_id)).tuples().all())


def my_organisations(actor: Actor) -> Sequence[Organisation]:
    """The organisations in which the actor has a place, oldest place first."""
    ids = [s.scope_id for s in actor.seats if s.scope == SCOPE]
    if not ids:
        return []
    found = {o.id: o for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    return [found[i] for i in ids if i in found]
