"""\"Past niet\": what one side no longer wants to see with a request."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.permissions import Actor, require
from techfinder.discovery.corpus import dismissed
from techfinder.discovery.models import Dismissal
from techfinder.offers.models import Offer
from techfinder.offers.policy import can_edit as can_edit_offer
from techfinder.offers.policy import company_ids
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
            support_request_id=seen.request.id, offer_id=offer_id, side=side, user_id=actor.user_id,
            weights="".join(c for c in weights if c.isprintable())[:20],
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


def take_back_for_company(actor: Actor, seen: Seen) -> None:
    """Show this request again to the companies whose offers the actor looks after."""
    own = select(Offer.id).where(Offer.organisation_id.in_(company_ids(actor) or [-1]))
    db.session.execute(
        delete(Dismissal)
        .where(Dismissal.support_request_id == seen.request.id, Dismissal.side == "company", Dismissal.offer_id.in_(own))
        .execution_options(synchronize_session=False)
    )


def export(user_id: int) -> list[dict[str, Any]]:
    """What this person put away."""
    rows = db.session.scalars(select(Dismissal).where(Dismissal.user_id == user_id).order_by(Dismissal.id))
    return [{"request": d.support_request_id, "offer": d.offer_id, "side": d.side, "at": d.at.isoformat()} for d in rows]


def erase(user_id: int, _at: datetime) -> None:
    """What was put away stays put away for the colleagues, without a name."""
    db.session.execute(
        update(Dismissal).where(Dismissal.user_id == user_id).values(user_id=None).execution_options(synchronize_session=False)
    )
