"""What coordinators decide about an organisation, and what later packages count for it."""

from datetime import datetime

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor, require, require_visible
from techfinder.organisations import emails
from techfinder.organisations.events import OrganisationDecided, OrganisationSubmitted
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.policy import can_decide_organisation, can_edit_organisation, can_see_organisation
from techfinder.organisations.queries import owners
from techfinder.organisations.rules import NEEDS_NOTE, RECONSIDER, SECOND_THOUGHTS, STEP_TO, SUBMIT, Decision, next_state
from techfinder.organisations.service.vouching import vouch


def decide_organisation(
    actor: Actor, organisation_id: int, decision: Decision, note: str = "", *, version: int | None = None,
    at: datetime | None = None,
) -> Organisation:
    """Approve, return, reject or block, by a coordinator of its region or above; the owners are mailed.

    With a school that was added, its founders are verified too: they were judged together. All but an approval need a note.
    The mail about an approval waits for `SECOND_THOUGHTS`: until then `reconsider` takes it back as if nothing was said.
    """
    at = at or now()
    row = _visible(actor, organisation_id)
    require(can_decide_organisation(actor, row))
    expect_version(row, version)
    if decision in NEEDS_NOTE and not note.strip():
        raise RuleBroken("organisation.note_needed", "note")
    row.state = next_state(row.state, STEP_TO[decision])
    row.state_reason, row.state_at = note.strip(), at
    if decision == "approved":
        waiting = select(Membership).where(
            Membership.organisation_id == row.id, Membership.role == "owner", Membership.verified_at.is_(None),
            Membership.refused_at.is_(None),
        )  # fmt: skip
        for member in db.session.scalars(waiting).all():
            vouch(row, member, "coordinator", at)
    audit(actor, f"organisation.{decision}", "organisation", row.id, scope_id=row.region_id, at=at, note=note.strip())
    log_change("organisation", row.id)
    emails.decided(owners(row.id), row, decision, note.strip(), SECOND_THOUGHTS if decision == "approved" else None)
    emit(OrganisationDecided(row.id, decision))
    return row


def reconsider(actor: Actor, organisation_id: int, *, at: datetime | None = None) -> Organisation:
    """Take an approval back: the organisation waits again, nobody finds it, and who was vouched for with it waits too.

    What they were waiting to send has left by then.
    """
    at = at or now()
    row = _visible(actor, organisation_id)
    require(can_decide_organisation(actor, row))
    with_it = select(Membership).where(Membership.organisation_id == row.id, Membership.verified_at == row.state_at)
    for member in db.session.scalars(with_it).all():
        member.verified_at, member.verified_by = None, ""
    row.state, row.state_at = next_state(row.state, RECONSIDER), at
    audit(actor, "organisation.reconsidered", "organisation", row.id, scope_id=row.region_id, at=at)
    log_change("organisation", row.id)
    emails.not_decided(row.id)
    return row


def resubmit(actor: Actor, organisation_id: int, *, at: datetime | None = None) -> Organisation:
    """After a return: the owner changed what was asked and offers it for another look."""
    at = at or now()
    row = _visible(actor, organisation_id)
    require(can_edit_organisation(actor, row))
    row.state, row.state_at = next_state(row.state, SUBMIT), at
    audit(actor, "organisation.resubmitted", "organisation", row.id, scope_id=row.region_id, at=at)
    log_change("organisation", row.id)
    emit(OrganisationSubmitted(row.id))
    return row


def set_load(company_id: int, open_requests: int, full_until: datetime | None) -> None:
    """Written by conversations: how many requests wait for an answer, and until when that makes the company full."""
    row = locked(Organisation, company_id)
    if (row.open_requests, row.full_until) != (open_requests, full_until):
        row.open_requests, row.full_until = open_requests, full_until
        log_change("organisation", row.id)


def set_offers_approved(company_id: int, count: int) -> None:
    """Written by offers: how many offers a coordinator has approved; 0 means that the next one is the first."""
    locked(Organisation, company_id).offers_approved = count


def set_reply(company_id: int, trust: float | None, reply_days: int | None) -> None:
    """Written by conversations: how well it answers (0…1, None neutral) and within how many school days, usually."""
    row = locked(Organisation, company_id)
    if (row.trust, row.reply_days) != (trust, reply_days):
        row.trust, row.reply_days = trust, reply_days
        log_change("organisation", row.id)


def _visible(actor: Actor, organisation_id: int) -> Organisation:
    row: Organisation = locked(Organisation, organisation_id)
    require_visible(row if can_see_organisation(actor, row) else None)
    return row
