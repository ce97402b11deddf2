"""What requests do when they hear news from above; `wiring.py` joins each to its event."""

from sqlalchemy import select

from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.events import emit
from techfinder.core.permissions import SYSTEM
from techfinder.organisations.events import OrganisationLeft
from techfinder.support_requests import rules
from techfinder.support_requests.events import RequestClosed
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service.members import move


def organisation_left(event: OrganisationLeft) -> None:
    """The last person left: nobody would read an answer, so what is open is withdrawn; who comes back places it again."""
    ids = db.session.scalars(
        select(SupportRequest.id).where(
            SupportRequest.organisation_id == event.organisation_id, SupportRequest.state == rules.OPEN
        ).order_by(SupportRequest.id)
    ).all()  # fmt: skip
    for request_id in ids:
        move(SYSTEM, locked(SupportRequest, request_id), "withdraw", now())
        db.session.flush()
        emit(RequestClosed(request_id))
