"""Editing what an organisation says of itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor, require, require_visible
from techfinder.organisations.domains import as_url
from techfinder.organisations.events import PlacesChanged
from techfinder.organisations.models import Organisation
from techfinder.organisations.policy import can_edit_organisation, can_see_organisation
from techfinder.organisations.refine import ask_to_refine
from techfinder.organisations.rules import check_open_requests, kvk_number, location
from techfinder.organisations.school_search import name_key
from techfinder.organisations.service.placing import put

KEPT_FROM_IMPORTS = ("about", "website", "levels", "postcode")


@dataclass(frozen=True)
class Changes:
    """What the form holds; None leaves a field as it is. `levels` is a mask."""

    name: str | None = None
    kvk: str | None = None
    about: str | None = None
    website: str | None = None
    postcode: str | None = None
    levels: int | None = None
    mail_text: bool | None = None
    max_open_requests: int | None = None


def may_rename(organisation: Organisation) -> bool:
    """Name and KvK number are what a coordinator judged: afterwards they stay."""
    return organisation.state in ("pending", "returned")


def edit_organisation(
    actor: Actor, organisation_id: int, changes: Changes, *, version: int | None = None, at: datetime | None = None
) -> Organisation:
    """Change what the form holds. Raises `Stale` when a colleague was first, `RuleBroken` beside a field."""
    row: Organisation = locked(Organisation, organisation_id)
    require_visible(row if can_see_organisation(actor, row) else None)
    require(can_edit_organisation(actor, row))
    expect_version(row, version)
    before = {name: getattr(row, name) for name in ("name", "kvk", *KEPT_FROM_IMPORTS, "mail_text", "max_open_requests")}
    for error in refusals(row, changes):
        raise error
    _apply(row, changes)
    changed = sorted(name for name, old in before.items() if getattr(row, name) != old)
    if not changed:
        return row
    kept = set(row.edited_fields) | {name for name in changed if name in KEPT_FROM_IMPORTS}
    row.edited_fields = sorted(kept)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RuleBroken("organisation.kvk_taken", "kvk") from error
    audit(actor, "organisation.edited", "organisation", row.id, scope_id=row.region_id, at=at or now(), fields=changed)
    log_change("organisation", row.id)
    if "max_open_requests" in changed:
        emit(PlacesChanged(row.id))
    return row


def refusals(row: Organisation, changes: Changes) -> list[RuleBroken]:
    """All that can be said against these changes, one sentence a field: a form shows them at once."""
    found = []
    for rule in _rules_for(row, changes):
        try:
            rule()
        except RuleBroken as error:
            found.append(error)
    return found


def _rules_for(row: Organisation, changes: Changes) -> Iterator[Callable[[], object]]:
    name, kvk, website, postcode, places = changes.name, changes.kvk, changes.website, changes.postcode, changes.max_open_requests
    if may_rename(row) and name is not None:
        yield lambda: _check_name(name)
    if may_rename(row) and kvk is not None:
        yield lambda: kvk_number(kvk)
    if website is not None:
        yield lambda: _website(website)
    if postcode is not None and postcode != row.postcode:
        yield lambda: location(postcode)
    if changes.levels is not None and row.kind == "school":
        yield lambda: _check_levels(changes.levels)
    if places is not None:
        yield lambda: check_open_requests(places)


def _check_name(name: str) -> None:
    if not name_key(name):
        raise RuleBroken("organisation.name_needed", "name")


def _website(typed: str) -> str:
    url = as_url(typed)
    if url is None:
        raise RuleBroken("organisation.website", "website")
    return url


def _check_levels(levels: int | None) -> None:
    if not levels:
        raise RuleBroken("organisation.levels", "levels")


def _apply(row: Organisation, changes: Changes) -> None:
    if may_rename(row):
        _rename(row, changes)
    if changes.about is not None:
        row.about = changes.about.strip()
    if changes.website is not None:
        row.website = _website(changes.website)
    if changes.postcode is not None and changes.postcode != row.postcode:
        put(row, location(changes.postcode))
        ask_to_refine(row)
    if changes.levels is not None and row.kind == "school":
        row.levels = changes.levels
    if changes.mail_text is not None:
        row.mail_text = changes.mail_text
    if changes.max_open_requests is not None:
        row.max_open_requests = changes.max_open_requests


def _rename(row: Organisation, changes: Changes) -> None:
    if changes.name is not None:
        row.name, row.name_key = changes.name.strip()[:200], name_key(changes.name)
    if changes.kvk is not None and row.kind == "company":
        row.kvk = kvk_number(changes.kvk)
