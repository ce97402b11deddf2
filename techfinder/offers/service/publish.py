"""From draft to public and back."""

from datetime import datetime

from sqlalchemy.orm import selectinload

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor, require
from techfinder.offers import emails, rules
from techfinder.offers.events import OfferPublished, OfferSubmitted, OfferWithdrawn
from techfinder.offers.models import Offer
from techfinder.offers.policy import can_decide, can_edit
from techfinder.offers.service.drafts import clone_content
from techfinder.organisations.models import Organisation


def _move(actor: Actor, offer: Offer, action: str, at: datetime, region_id: int | None = None, **details: object) -> None:
    state = rules.next_state(offer.state, action)
    if state is None:
        raise RuleBroken("offer.state")
    offer.state, offer.state_at = state, at
    audit(actor, f"offer.{action}", "offer", offer.id, scope_id=region_id, at=at, **details)
    log_change("offer", offer.id)


def submit(actor: Actor, offer_id: int, *, version: int | None = None, at: datetime | None = None) -> Offer:
    """Hand in: waits for the coordinator when it is the company's first, else goes public at once.

    Raises `RuleBroken` ("offer.not_ready") while fields are missing. Returns the row that people now find: for a working
    copy that went public this is the offer it replaced.
    """
    moment = at or now()
    offer = locked(Offer, offer_id, selectinload(Offer.points))
    company = locked(Organisation, offer.organisation_id)
    require(can_edit(actor, offer))
    expect_version(offer, version)
    missing = rules.gaps(offer)
    if missing:
        raise RuleBroken("offer.not_ready")
    if company.state == "approved" and company.offers_approved > 0 and offer.state != rules.REJECTED:
        return _publish(actor, offer, company, "publish", moment)
    _move(actor, offer, "submit", moment, company.region_id)
    emit(OfferSubmitted(offer.id))
    return offer


def _publish(actor: Actor, offer: Offer, company: Organisation, action: str, at: datetime) -> Offer:
    offer.state_reason = ""
    if offer.replaces_id is not None:
        public = locked(Offer, offer.replaces_id, selectinload(Offer.points))
        clone_content(offer, public)
        public.confirmed_at = at
        audit(actor, "offer.changed", "offer", public.id, scope_id=company.region_id, at=at)
        emit(OfferPublished(offer.id))
        db.session.delete(offer)
        log_change("offer", public.id)
        log_change("offer", offer.id)
        db.session.flush()
        return public
    _move(actor, offer, action, at, company.region_id)
    offer.published_at = offer.published_at or at
    offer.confirmed_at = at
    offer.places_left = offer.places_per_year
    if action == "approve":
        company.offers_approved += 1
    db.session.flush()
    emit(OfferPublished(offer.id))
    return offer


def withdraw(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Take back what waits for the coordinator, to change it."""
    offer = locked(Offer, offer_id)
    require(can_edit(actor, offer))
    _move(actor, offer, "withdraw", at or now())
    emit(OfferWithdrawn(offer.id))


def _by_member(actor: Actor, offer_id: int, action: str, at: datetime | None) -> None:
    offer = locked(Offer, offer_id)
    require(can_edit(actor, offer))
    if offer.replaces_id is not None:
        raise RuleBroken("offer.state")
    _move(actor, offer, action, at or now())


def pause(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Not now: nobody finds it, its conversations go on."""
    _by_member(actor, offer_id, "pause", at)


def resume(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Public again."""
    _by_member(actor, offer_id, "resume", at)


def archive(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Put away; it can be restored as a draft or copied."""
    _by_member(actor, offer_id, "archive", at)


def restore(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """From the archive back to a draft."""
    _by_member(actor, offer_id, "restore", at)


def decide_offer(actor: Actor, offer_id: int, decision: str, note: str = "", *, at: datetime | None = None) -> Offer:
    """A coordinator's decision: "approve", "return" or "reject"; the last two need a reason, which is mailed."""
    moment = at or now()
    offer = locked(Offer, offer_id, selectinload(Offer.points))
    company = locked(Organisation, offer.organisation_id)
    require(can_decide(actor, company))
    if decision == "approve":
        if company.state != "approved":
            raise RuleBroken("offer.company_pending")
        if rules.next_state(offer.state, "approve") is None:
            raise RuleBroken("offer.state")
        result = _publish(actor, offer, company, "approve", moment)
        emails.decided(result, company, decision, "")
        return result
    if decision not in ("return", "reject"):
        raise ValueError(decision)
    if not note.strip():
        raise RuleBroken("offer.reason", "note")
    _move(actor, offer, decision, moment, company.region_id, note=note.strip())
    offer.state_reason = note.strip()
    emails.decided(offer, company, decision, offer.state_reason)
    return offer
