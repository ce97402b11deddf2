"""What of a person this package holds: places in organisations, and invitations to or by the person."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from techfinder.accounts.models import User
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.events import emit
from techfinder.organisations.events import OrganisationLeft
from techfinder.organisations.models import Invitation, Membership, Organisation


def export(user_id: int) -> dict[str, Any]:
    """Everything, ready to be written as JSON."""
    places = db.session.execute(
        select(Membership, Organisation.name).join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user_id).order_by(Membership.id)
    ).all()
    return {
        "memberships": [
            {
                "organisation": name, "role": m.role, "job_title": m.job_title, "since": m.created_at.isoformat(),
                "verified_at": m.verified_at.isoformat() if m.verified_at else None, "verified_by": m.verified_by,
                "refused_at": m.refused_at.isoformat() if m.refused_at else None,
            }
            for m, name in places
        ]
    }  # fmt: skip


def erase(user_id: int, _at: datetime) -> None:
    """Forget the person's places; where the last owner goes, the longest verified colleague becomes owner."""
    places = db.session.scalars(select(Membership).where(Membership.user_id == user_id)).all()
    for place in places:
        if place.role == "owner":
            _hand_over(place)
        db.session.delete(place)
    db.session.flush()
    for organisation_id in {p.organisation_id for p in places}:
        left = select(func.count()).where(Membership.organisation_id == organisation_id, Membership.refused_at.is_(None))
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is not None and not db.session.scalar(left):
            organisation.claimed = False
            log_change("organisation", organisation.id)
            emit(OrganisationLeft(organisation.id))
    email = db.session.scalar(select(User.email).where(User.id == user_id))
    db.session.execute(
        delete(Invitation).where(or_(Invitation.email == (email or ""), Invitation.invited_by_id == user_id))
        .execution_options(synchronize_session=False)
    )


def _hand_over(place: Membership) -> None:
    others = db.session.scalars(
        select(Membership).where(
            Membership.organisation_id == place.organisation_id, Membership.id != place.id, Membership.verified_at.is_not(None)
        ).order_by(Membership.id)
    ).all()
    if others and not any(o.role == "owner" for o in others):
        others[0].role = "owner"
