"""How many unanswered requests a company has: the promise to the willing that they are never flooded."""

from datetime import datetime

from sqlalchemy import select

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation
from techfinder.core.db import db, locked
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
    company = locked(Organisation, company_id)
    db.session.flush()
    due = unanswered(company_id, at)
    until = rules.full_until(due, company.max_open_requests)
    if (company.open_requests, company.full_until) != (len(due), until):
        organisations.set_load(company_id, len(due), until)
    return company


def reopen_due(at: datetime) -> int:
    """Companies whose oldest unanswered requests no longer count are open again; run by the worker. Returns how many."""
    ids = db.session.scalars(select(Organisation.id).where(Organisation.full_until <= at).limit(500)).all()
    for company_id in ids:
        update_load(company_id, at)
    return len(ids)
