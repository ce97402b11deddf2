"""Coming back on an approval, at once or later."""

from datetime import datetime

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import Actor
from techfinder.moderation import rules
from techfinder.moderation.models import Case
from techfinder.moderation.policy import can_decide
from techfinder.offers import service as offers
from techfinder.organisations import service as organisations


def undo(actor: Actor, case_id: int, *, at: datetime | None = None) -> Case:
    """Take back an approval of a moment ago, before anybody is told: the thing waits in the queue as it did.

    Raises `RuleBroken` ("case.undo_late") once the mail may have left, or when the thing stands in the queue again.
    """
    case, moment = locked(Case, case_id), at or now()
    if not can_decide(actor, case):
        raise NotVisible()
    key = f"{case.kind}:{case.ref}"
    taken = db.session.scalar(select(Case.id).where(Case.open_key == key))
    if taken or not rules.takes_back(case.reason, case.decision, case.decided_at, moment):
        raise RuleBroken("case.undo_late")
    if case.kind == "offer":
        offers.reconsider(actor, case.ref, _sent_back_because(case), at=moment)
    else:
        organisations.reconsider(actor, case.ref, at=moment)
    case.open_key, case.decided_at, case.decided_by_id, case.decision, case.note = key, None, None, "", ""
    audit(actor, "case.undone", "case", case.id, scope_id=case.region_id, at=moment, about=key)
    return case


def _sent_back_because(case: Case) -> str:
    """An offer that was sent back once keeps going past the coordinator, also after an approval that did not count."""
    before = select(Case.note).where(
        Case.kind == "offer", Case.ref == case.ref, Case.id < case.id, Case.decision.in_(("returned", "rejected"))
    )
    return db.session.scalar(before.order_by(Case.id.desc()).limit(1)) or ""


def take_down(actor: Actor, case_id: int, note: str, *, at: datetime | None = None) -> Case:
    """Come back on an approval: the offer leaves the site and returns to the company with the note.

    Raises `RuleBroken` ("case.reason" for the field "note", "offer.state" when it is no longer public).
    """
    case = locked(Case, case_id)
    if not can_decide(actor, case) or case.kind != "offer" or case.open_key is not None:
        raise NotVisible()
    if not note.strip():
        raise RuleBroken("case.reason", "note")
    offers.decide_offer(actor, case.ref, "return", note.strip(), at=at)
    audit(actor, "case.taken_down", "case", case.id, scope_id=case.region_id, at=at, about=f"offer:{case.ref}")
    return case
