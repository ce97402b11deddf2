"""The audit log for administrators: who did what, when, to which thing, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.core.audit import AuditEntry
from techfinder.core.db import db
from techfinder.core.paging import Page, paginate
from techfinder.home.logbook_words import KINDS
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.regions.models import Region

A_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One entry; `who`, `where` and `title` are empty when nobody, no region or no name of the thing is known."""

    at: datetime
    action: str
    kind: str
    ref: int
    actor_id: int | None
    who: str
    where: str
    title: str
    details: Mapping[str, Any]


def logbook(kind: str, ref: int | None, who: str, number: int) -> Page[Line]:
    """A page of the log, newest first; `kind`, `ref` and `who` (part of a name or address) narrow it. Six queries."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    if kind in KINDS:
        statement = statement.where(AuditEntry.kind == kind)
    if ref is not None:
        statement = statement.where(AuditEntry.ref == ref)
    if who.strip():
        text = who.strip()
        people = select(User.id).where(User.name.icontains(text, autoescape=True) | User.email.icontains(text, autoescape=True))
        statement = statement.where(AuditEntry.actor_id.in_(people))
    found = paginate(statement, number, A_PAGE)
    names = _names(User.id, User.name, {e.actor_id for e in found.items if e.actor_id})
    places = _names(Region.id, Region.name, {e.scope_id for e in found.items if e.scope_id})
    titles = {
        "organisation": _names(Organisation.id, Organisation.name, {e.ref for e in found.items if e.kind == "organisation"}),
        "offer": _names(Offer.id, Offer.title, {e.ref for e in found.items if e.kind == "offer"}),
    }
    lines = [
        Line(
            e.at, e.action, e.kind, e.ref, e.actor_id, names.get(e.actor_id or 0, ""), places.get(e.scope_id or 0, ""),
            titles.get(e.kind, {}).get(e.ref, ""), e.details or {},
        )
        for e in found.items
    ]  # fmt: skip
    return Page(lines, found.number, found.size, found.total)


def _names(ident: Any, name: Any, ids: set[int]) -> dict[int, str]:
    return dict(db.session.execute(select(ident, name).where(ident.in_(ids or {-1}))).tuples().all())
