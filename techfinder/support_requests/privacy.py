"""What of a person this package holds: the requests that the person wrote."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from techfinder.accounts.models import User
from techfinder.core.db import db
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest


def export(user_id: int) -> list[dict[str, Any]]:
    """The requests this person wrote, and those that still wait for a click on a link mailed to the person's address."""
    email = db.session.scalar(select(User.email).where(User.id == user_id))
    rows = db.session.execute(
        select(SupportRequest, Organisation.name)
        .join(Organisation, Organisation.id == SupportRequest.organisation_id)
        .where((SupportRequest.author_id == user_id) | (SupportRequest.guest_email == (email or "-")))
        .order_by(SupportRequest.id)
    ).all()
    return [
        {
            "school": school,
            "state": r.state,
            "title": r.title,
            "description": r.description,
            "pupils": r.pupils,
            "groups": r.parallel_groups,
            "period_from": r.period_from.isoformat() if r.period_from else None,
            "period_until": r.period_until.isoformat() if r.period_until else None,
            "place": r.place,
            "created_at": r.created_at.isoformat(),
            "name_given": r.guest_name,
            "email_given": r.guest_email,
        }
        for r, school in rows
    ]


def erase(user_id: int, _at: datetime) -> None:
    """A request is the school's: it stays, without its writer. Drafts nobody else wrote in, and unconfirmed ones, go."""
    email = db.session.scalar(select(User.email).where(User.id == user_id))
    options = {"synchronize_session": False}
    db.session.execute(
        delete(SupportRequest).where(
            ((SupportRequest.author_id == user_id) & (SupportRequest.state == rules.DRAFT))
            | ((SupportRequest.guest_email == (email or "-")) & (SupportRequest.state == rules.UNCONFIRMED))
        ),
        execution_options=options,
    )
    db.session.execute(
        update(SupportRequest).where(SupportRequest.author_id == user_id).values(author_id=None), execution_options=options
    )
