"""How many unanswered requests a company has: the promise to the willing that they are never flooded."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation
from techfinder.core.db import db, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.periodic import periodic
from techfinder.core.text import day
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Organisation


def unanswered(company_id: int, at: datetime) -> list[datetime]:
    """For each school's request that still takes a place: the moment from which it no longer does."""
    return list(
        db.session.scalars(
            select(Conversation.due_at).where(
                Conversation.company_id == company_id, Conversation.state == rules.WAITING,
                Conversation.started_by == rules.SCHOOL, Conversation.due_at > at,
            )
        )
    )  # fmt: skip


def update_load(company_id: int, at: datetime) -> Organisation:
    """Count again and keep the result with the company. Locks the company first, so that two requests cannot both take
    the last place."""
    db.session.flush()  # reading the row afresh would lose what was not written yet
    company = locked(Organisation, company_id)
    due = unanswered(company_id, at)
    until = rules.full_until(due, company.max_open_requests)
    if (company.open_requests, company.full_until) != (len(due), until):
        organisations.set_load(company_id, len(due), until)
    return company


def has_place(company_id: int, at: datetime) -> Organisation:
    """The locked company, when it takes one more request now. Raises `RuleBroken` "conversation.full" with the date."""
    company = update_load(company_id, at)
    if company.full_until is not None and company.full_until > at:
        raise RuleBroken("conversation.full", until=day(company.full_until))
    return company


@periodic("conversations.reopen", timedelta(minutes=10))
def reopen_due(at: datetime) -> int:
    """Requests that waited too long take no place any more, and a company that changed its number is counted again.

    Returns for how many companies there was something to count.
    """
    ids = db.session.scalars(
        select(Organisation.id).where(or_(Organisation.open_requests > 0, Organisation.full_until.is_not(None)))
        .order_by(Organisation.id)
    ).all()  # fmt: skip
    for company_id in ids:
        update_load(company_id, at)
    return len(ids)
