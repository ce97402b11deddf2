"""Opening, deciding and closing cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from techfinder.conversations import service as conversations
from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.permissions import SYSTEM, Actor
from techfinder.moderation import emails, rules
from techfinder.moderation.models import Case, Flag
from techfinder.moderation.policy import can_decide
from techfinder.offers import service as offers
from techfinder.offers.models import Offer
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Organisation

JUDGED: dict[str, Any] = {"organisation": Organisation, "offer": Offer}
STATES: dict[str, Any] = {
    "approve": "approved", "return": "returned", "reject": "rejected", "handle": "handled", "dismiss": "dismissed",
    "invite": "invited", "unreachable": "unreachable",
}  # fmt: skip


def open_case(
    kind: str, ref: int, reason: str, *, region_id: int | None, organisation_id: int | None, at: datetime | None = None
) -> Case:
    """Put a thing in the queue of its region; a thing stands there once. The nearest active coordinator is told."""
    key = f"{kind}:{ref}"
    waiting = db.session.scalars(select(Case).where(Case.open_key == key).with_for_update()).one_or_none()
    if waiting is not None:
        return waiting
    case = Case(
        kind=kind, ref=ref, open_key=key, reason=reason, region_id=region_id, organisation_id=organisation_id, opened_at=at or now()
    )
    db.session.add(case)
    db.session.flush()
    emails.something_waits(case)
    return case


def close_case(
    kind: str, ref: int, decision: str, *, actor: Actor | None = None, note: str = "", at: datetime | None = None, reason: str = ""
) -> None:
    """The thing no longer needs a decision, because it was made or taken back; absent is fine. `reason`: only a case of that."""
    case = db.session.scalars(select(Case).where(Case.open_key == f"{kind}:{ref}").with_for_update()).one_or_none()
    if case is None or (reason and case.reason != reason):
        return
    case.open_key, case.decided_at, case.decision, case.note = None, at or now(), decision, note
    case.decided_by_id = actor.user_id if actor else None
    db.session.flush()


def _organisation(actor: Actor, case: Case, decision: str, note: str) -> None:
    organisations.decide_organisation(actor, case.ref, STATES[decision], note)


def _offer(actor: Actor, case: Case, decision: str, note: str) -> None:
    """An approved working copy is gone: from then on the case is about the offer whose text it became."""
    case.ref = offers.decide_offer(actor, case.ref, decision, note).id


def _membership(actor: Actor, case: Case, decision: str, note: str) -> None:
    if decision == "approve":
        organisations.verify_member(actor, case.ref)
    else:
        organisations.refuse_member(actor, case.ref, note)


def _flag(actor: Actor, case: Case, decision: str, note: str) -> None:
    """The report itself changes nothing; see `decide` for taking an offer down."""


def _nobody_there(company_id: int, decision: str, email: str, note: str, at: datetime) -> None:
    """Somebody was found: the questions go to that address. Nobody: the schools are told, and nobody asks in vain any more."""
    if decision == "invite":
        conversations.reach(company_id, email, at=at)
        return
    conversations.give_up(company_id, note, at=at)
    offers.withdraw_for_nobody(SYSTEM, company_id, at)


_DECIDE: dict[str, Callable[[Actor, Case, str, str], None]] = {
    "organisation": _organisation, "offer": _offer, "membership": _membership, "flag": _flag,
}  # fmt: skip


def decide(
    actor: Actor, case_id: int, decision: str, note: str = "", *, email: str = "", take_down: bool = False,
    seen: int | None = None, at: datetime | None = None,
) -> Case:
    """A coordinator decides. Outside the own region the case does not exist; decided twice is refused.

    `email`: with "invite", where somebody of the company can be reached. `take_down`: with a report about an offer that is
    handled, the offer goes back to the company with the note. `seen`: the version of the thing that was judged.

    Raises `RuleBroken`: "case.reason" (of a report "case.done") for the field "note" when it must be filled,
    "case.changed" when what stands there now is not what was judged.
    """
    case = locked(Case, case_id)
    if not can_decide(actor, case) or decision not in rules.decisions(case.kind, case.reason):
        raise NotVisible()
    if case.open_key is None:
        raise RuleBroken("case.decided")
    if (case.kind, decision) in rules.NEEDS_REASON and not note.strip():
        raise RuleBroken("case.done" if case.kind == "flag" else "case.reason", "note")
    if seen is not None and case.kind in JUDGED and locked(JUDGED[case.kind], case.ref).version != seen:
        raise RuleBroken("case.changed")
    moment = at or now()
    case.open_key, case.decided_at, case.decided_by_id = None, moment, actor.user_id
    case.decision, case.note = STATES[decision], note.strip()
    db.session.flush()  # first: what the decision sets off must find the case closed
    if case.reason == rules.NOBODY_THERE:
        _nobody_there(case.ref, decision, email, note.strip(), moment)
    else:
        _DECIDE[case.kind](actor, case, decision, note.strip())
    report = db.session.get(Flag, case.ref) if case.kind == "flag" and take_down and decision == "handle" else None
    if report is not None and report.kind == "offer":
        offers.decide_offer(actor, report.ref, "return", note.strip())
    audit(actor, f"case.{STATES[decision]}", "case", case.id, scope_id=case.region_id, at=moment, about=f"{case.kind}:{case.ref}")
    return case
