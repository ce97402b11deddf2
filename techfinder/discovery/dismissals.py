"""\"Past niet\": what one side no longer wants to see with a request."""

from datetime import datetime

from sqlalchemy import delete

from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.permissions import Actor, require
from techfinder.discovery.corpus import dismissed
from techfinder.discovery.models import Dismissal
from techfinder.offers.policy import can_edit as can_edit_offer
from techfinder.offers.queries import row as offer_row
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.queries import Seen


def dismiss(actor: Actor, seen: Seen, offer_id: int, *, side: str, weights: str = "", at: datetime | None = None) -> None:
    """Note it once. `side` "school" may be said by who may edit the request, "company" by who may edit the offer."""
    offer, _company = offer_row(actor, offer_id)
    require(seen.may_edit if side == "school" else can_edit_offer(actor, offer))
    locked(SupportRequest, seen.request.id)
    if offer_id in dismissed(seen.request.id, side):
        return
    db.session.add(
        Dismissal(
            support_request_id=seen.request.id, offer_id=offer_id, side=side, user_id=actor.user_id, weights=weights[:20],
            at=at or now(),
        )
    )  # fmt: skip
    db.session.flush()


def take_back(actor: Actor, seen: Seen) -> None:
    """Show everything again that the school put away for this request."""
    require(seen.may_edit)
    db.session.execute(
        delete(Dismissal)
        .where(Dismissal.support_request_id == seen.request.id, Dismissal.side == "school")
        .execution_options(synchronize_session=False)
    )
