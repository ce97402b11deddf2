"""What of a person this package holds: the contact details in offers, and who wrote them."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from techfinder.accounts.models import User
from techfinder.core.db import db
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation


def export(user_id: int) -> dict[str, Any]:
    """Offers this person wrote or is the contact of, ready to be written as JSON."""
    email = _email(user_id)
    rows = db.session.execute(
        select(Offer, Organisation.name).join(Organisation, Organisation.id == Offer.organisation_id)
        .where(or_(Offer.author_id == user_id, _is_contact(email))).order_by(Offer.id)
    ).all()  # fmt: skip
    return {
        "offers": [
            {
                "id": o.id, "organisation": company, "title": o.title, "written_by_me": o.author_id == user_id,
                "created_at": o.created_at.isoformat(),
                "contact": {"name": o.contact_name, "email": o.contact_email, "phone": o.contact_phone}
                if email and o.contact_email.lower() == email else None,
            }
            for o, company in rows
        ]
    }  # fmt: skip


def erase(user_id: int, _at: datetime) -> None:
    """The offers belong to the company and stay; the person's name and details go out of them."""
    email = _email(user_id)
    blank = update(Offer).where(_is_contact(email)).values(contact_name="", contact_email="", contact_phone="")
    nameless = update(Offer).where(Offer.author_id == user_id).values(author_id=None)
    for statement in (blank, nameless):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _email(user_id: int) -> str:
    return (db.session.scalar(select(User.email).where(User.id == user_id)) or "").lower()


def _is_contact(email: str) -> Any:
    """Offers that name this address; none for somebody without one."""
    return (Offer.contact_email != "") & (func.lower(Offer.contact_email) == email)
