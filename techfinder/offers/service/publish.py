"""From draft to public and back."""

from datetime import datetime

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now, today
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import NotAllowed, RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor, require_visible
from techfinder.offers import emails, rules
from techfinder.offers.events import OfferPublished, OfferSubmitted, OfferWithdrawn
from techfinder.offers.models import WITH_POINTS, Offer
from techfinder.offers.policy import can_decide, visible_offers
from techfinder.offers.service.drafts import CLOSED, clone_content, own
from techfinder.offers.service.judged import kept
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import SECOND_THOUGHTS


def _move(actor: Actor, offer: Offer, action: str, at: datetime, region_id: int | None = None, **details: object) -> None:
    state = rules.next_state(offer.state, action)
    if state is None:
        raise RuleBroken("offer.state")
    offer.state, offer.state_at = state, at
    audit(actor, f"offer.{action}", "offer", offer.id, scope_id=region_id, at=at, **details)
    log_change("offer", offer.id)


def submit(actor: Actor, offer_id: int, *, version: int | None = None, at: datetime | None = None) -> Offer:
    """Hand in: waits for the coordinator when it is the company's first or was sent back before, else public at once.

    Raises `RuleBroken` ("offer.not_ready") while fields are missing. Returns the row that people now find: for a working
    copy that went public this is the offer it replaced.
    """
    moment = at or now()
    offer = own(actor, offer_id)
    company = locked(Organisation, offer.organisation_id)
    if company.state in CLOSED:
        raise RuleBroken("offer.company_closed")
    expect_version(offer, version)
    if rules.next_state(offer.state, "submit") is None:
        raise RuleBroken("offer.state")
    if rules.gaps(offer, today(moment)):
        raise RuleBroken("offer.not_ready")
    if company.state == "approved" and company.offers_approved > 0 and not offer.state_reason:
        return _publish(actor, offer, company, "publish", moment)
    _move(actor, offer, "submit", moment, company.region_id)
    emit(OfferSubmitted(offer.id))
    return offer


def _publish(actor: Actor, offer: Offer, company: Organisation, action: str, at: datetime) -> Offer:
    offer.state_reason = ""
    if action == "approve":
        company.offers_approved += 1
    if offer.replaces_id is not None:
        public = locked(Offer, offer.replaces_id, WITH_POINTS)
        public.places_left = rules.places_left(public.places_per_year, public.places_left, offer.places_per_year)
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
    db.session.flush()
    emit(OfferPublished(offer.id))
    return offer


def withdraw(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Take back what waits for the coordinator, to change it."""
    offer = own(actor, offer_id)
    _move(actor, offer, "withdraw", at or now())
    emit(OfferWithdrawn(offer.id))


def _by_member(actor: Actor, offer_id: int, action: str, at: datetime | None) -> Offer:
    offer = own(actor, offer_id)
    if offer.replaces_id is not None:
        raise RuleBroken("offer.state")
    _move(actor, offer, action, at or now())
    return offer


def pause(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Not now: nobody finds it, its conversations go on."""
    _by_member(actor, offer_id, "pause", at)


def resume(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Public again."""
    _by_member(actor, offer_id, "resume", at)


def archive(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """Put away; it can be restored as a draft or copied. A working copy of it is thrown away."""
    offer = _by_member(actor, offer_id, "archive", at)
    copy = db.session.scalars(select(Offer).where(Offer.replaces_id == offer.id)).one_or_none()
    if copy is not None:
        emit(OfferWithdrawn(copy.id))
        db.session.delete(copy)
        db.session.flush()


def restore(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """From the archive back to a draft."""
    _by_member(actor, offer_id, "restore", at)


def confirm(actor: Actor, offer_id: int, *, at: datetime | None = None) -> None:
    """The company says that what stands there still holds."""
    offer = own(actor, offer_id)
    if offer.state not in (rules.PUBLISHED, rules.PAUSED) or offer.replaces_id is not None:
        raise RuleBroken("offer.state")
    offer.confirmed_at = at or now()
    audit(actor, "offer.confirm", "offer", offer.id, at=at or now())
    log_change("offer", offer.id)


def withdraw_for_nobody(actor: Actor, organisation_id: int, at: datetime) -> None:
    """Nobody of this company would answer: what is public is paused, what waits is a draft again; who comes back resumes it."""
    ids = db.session.scalars(
        select(Offer.id).where(Offer.organisation_id == organisation_id, Offer.state.in_((rules.PUBLISHED, rules.SUBMITTED)))
        .order_by(Offer.id)
    ).all()
    for offer in [locked(Offer, ident) for ident in ids]:
        if offer.state == rules.SUBMITTED:
            _move(actor, offer, "withdraw", at)
            emit(OfferWithdrawn(offer.id))
        else:
            _move(actor, offer, "pause", at)
        db.session.flush()


def _to_decide(actor: Actor, offer_id: int) -> tuple[Offer, Organisation]:
    offer = locked(Offer, offer_id, WITH_POINTS)
    company = locked(Organisation, offer.organisation_id)
    if not can_decide(actor, company):
        require_visible(db.session.scalar(visible_offers(actor).with_only_columns(Offer.id).where(Offer.id == offer_id)))
        raise NotAllowed()
    return offer, company


def decide_offer(actor: Actor, offer_id: int, decision: str, note: str = "", *, at: datetime | None = None) -> Offer:
    """A coordinator's decision: "approve", "return" or "reject"; the last two need a reason, which is mailed.

    The mail about an approval waits for `SECOND_THOUGHTS`: until then `reconsider` takes it back as if nothing was said.
    """
    moment = at or now()
    offer, company = _to_decide(actor, offer_id)
    if decision == "approve":
        if company.state != "approved":
            raise RuleBroken("offer.company_pending")
        if rules.next_state(offer.state, "approve") is None:
            raise RuleBroken("offer.state")
        result = _publish(actor, offer, company, "approve", moment)
        emails.decided(result, company, decision, "", after=SECOND_THOUGHTS)
        return result
    if decision not in ("return", "reject"):
        raise ValueError(decision)
    if not note.strip():
        raise RuleBroken("offer.reason", "note")
    _move(actor, offer, decision, moment, company.region_id, note=note.strip())
    offer.state_reason, offer.judged = note.strip(), kept(offer)
    emails.decided(offer, company, decision, offer.state_reason)
    return offer


def reconsider(actor: Actor, offer_id: int, reason: str = "", *, at: datetime | None = None) -> Offer:
    """Take an approval back: the offer waits again. `reason`: why it was sent back before that, if it was."""
    offer, company = _to_decide(actor, offer_id)
    _move(actor, offer, "reconsider", at or now(), company.region_id)
    offer.state_reason = reason
    company.offers_approved = max(0, company.offers_approved - 1)
    emails.not_decided(offer.id)
    return offer
