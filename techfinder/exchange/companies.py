"""Import companies: `id,name,kvk,website,email,about,max_open_requests,postcode,place`.

`email` is where the company is told of a question while nobody works here with an account; it is never shown.
A row is known by its own id from an earlier import, by its KvK number, or by name and place. A company that works here
itself keeps what it says.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from techfinder.accounts.rules import normal_email
from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import SYSTEM
from techfinder.exchange.bulk import update_rows
from techfinder.exchange.cells import Cells, Refused
from techfinder.exchange.groups import Group, Groups, approve_imported, imported_before
from techfinder.exchange.reading import Key, Progress, read_rows
from techfinder.exchange.report import Line, Result, counts
from techfinder.geo import fold
from techfinder.organisations.domains import as_url
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import MOST_OPEN_REQUESTS, Location, kvk_number
from techfinder.organisations.school_search import name_key, place_key

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "kenmerk", "nummer", "volgnummer"),
    "name": ("name", "naam", "bedrijf", "bedrijfsnaam", "company", "organisatie"),
    "kvk": ("kvk", "kvk nummer", "kvk-nummer", "kvknummer", "kvk number"),
    "website": ("website", "internetadres", "url"),
    "email": ("email", "e-mail", "mailadres", "e-mailadres", "mail", "contact"),
    "about": ("about", "over", "omschrijving", "beschrijving", "description"),
    "max_open_requests": ("max open requests", "aanvragen tegelijk", "max aanvragen"),
    "postcode": ("postcode", "postal code", "zip"),
    "place": ("place", "plaats", "woonplaats", "plaatsnaam", "vestigingsplaats", "city"),
}
ABOUT_MAX = 4_000
NEW = {"about": "", "website": "", "contact_email": "", "kvk": None, "max_open_requests": 2}  # what a row may leave open
FIELDS = ("name", "kvk", "website", "contact_email", "about", "postcode", "place", "municipality", "province", "lat", "lon")


@dataclass
class CompanyRow:
    """A row that can be used."""

    row: int
    ref: str
    where: Location
    values: dict[str, Any]
    notes: list[str]


def read_companies(path: Path, progress: Progress = iter) -> tuple[list[CompanyRow], list[Line]]:
    """(the rows that can be used, the refused ones). Raises `UnreadableTable`."""
    return read_rows(path, COLUMNS, ("name",), "name", progress, _company, _keys)


def _keys(company: CompanyRow) -> list[Key]:
    kvk = company.values["kvk"]
    found: list[Key] = [(fold(company.values["name"]), company.where.postcode or company.where.place)]
    found += [("kvk", kvk)] if kvk else []
    return found + ([("id", company.ref)] if company.ref else [])


def _company(cells: Cells) -> CompanyRow:
    name = cells.text("name", 200, needed=True)
    if not name_key(name):
        raise Refused("no name")
    try:
        kvk = kvk_number(cells.row["kvk"])
    except RuleBroken:
        kvk = None
        cells.notes.append(f"kvk {cells.row['kvk'][:20]!r} is no KvK number")
    website = as_url(cells.row["website"])
    if website is None:
        cells.notes.append(f"website {cells.row['website'][:40]!r} is no address")
    where = cells.where()
    values: dict[str, Any] = {
        "name": name, "kvk": kvk, "website": (website or "")[:300], "about": cells.text("about", ABOUT_MAX),
        "contact_email": _email(cells),
        "postcode": where.postcode, "place": where.place, "municipality": where.municipality, "province": where.province,
        "lat": where.lat, "lon": where.lon,
    }  # fmt: skip
    most = cells.row["max_open_requests"]
    if most.isascii() and most.isdigit() and 1 <= int(most) <= MOST_OPEN_REQUESTS:
        values["max_open_requests"] = int(most)
    elif most:
        cells.notes.append(f"max_open_requests {most[:20]!r} is not between 1 and {MOST_OPEN_REQUESTS}")
    return CompanyRow(cells.row.number, cells.row["id"][:80], where, values, cells.notes)


def _email(cells: Cells) -> str:
    text = cells.row["email"]
    try:
        return normal_email(text) if text else ""
    except RuleBroken:
        cells.notes.append(f"email {text[:40]!r} is no address")
        return ""


def write_companies(companies: list[CompanyRow], at: datetime, *, publish: bool, dry_run: bool) -> list[Line]:
    """Bring the table in line with these rows, inside the caller's transaction; one line for each."""
    groups, before = Groups("company"), imported_before("company")
    with_kvk = db.session.execute(select(Organisation.kvk, Organisation.id).where(Organisation.kvk.is_not(None)))
    by_kvk = {str(row.kvk): row.id for row in with_kvk}
    lines: list[Line] = []
    known: list[tuple[CompanyRow, int]] = []
    for company in companies:
        ident = before.get(company.ref) or by_kvk.get(company.values["kvk"] or "")
        try:
            if ident is None:
                ident = _find_or_plan(groups, company)
        except Refused as why:
            lines.append(Line(company.row, company.ref, company.values["name"], "refused", str(why)))
            continue
        if ident is None:
            lines.append(Line(company.row, company.ref, company.values["name"], "new", "; ".join(company.notes)))
        else:
            known.append((company, ident))
    changes, more = _differences(known, publish)
    lines += more
    if not dry_run:
        groups.write(at, publish)
        if publish:
            approve_imported([g for _, g in changes.values()], at)
        for ident, (values, _) in changes.items():
            if values:
                update_rows(Organisation, {ident: values})
                log_change("organisation", ident)
        audit(SYSTEM, "companies.imported", "organisation", 0, at=at, publish=publish, **counts(lines))
    return lines


def _find_or_plan(groups: Groups, company: CompanyRow) -> int | None:
    """The id of the company of this name here; None for one that is now planned."""
    group = groups.find(company.values["name"], company.where)
    if group.id is None:
        group.source_id = company.ref or None
        group.more = NEW | {name: value for name, value in company.values.items() if name in NEW}
    return group.id


def _differences(
    known: list[tuple[CompanyRow, int]], publish: bool
) -> tuple[dict[int, tuple[dict[str, Any], Group]], list[Line]]:
    """What must change of companies that are there: by id, the columns; and a line for each."""
    changes: dict[int, tuple[dict[str, Any], Group]] = {}
    lines: list[Line] = []
    for company, ident in known:
        row = db.session.get_one(Organisation, ident)
        waits = publish and row.state == "pending" and row.source == "import" and not row.claimed
        different: list[str] = []
        group = Group(row.id, row.name, row.state, row.claimed, row.region_id, source=row.source)
        if not row.claimed:
            values = {name: value for name, value in company.values.items() if value not in (None, "") or name == "postcode"}
            different = [name for name, value in values.items() if getattr(row, name) != value]
            wanted = {name: values[name] for name in different}
            if "name" in wanted:
                wanted["name_key"] = name_key(wanted["name"])
            if "place" in wanted:
                wanted["place_key"] = place_key(wanted["place"])
            if wanted or waits:
                changes[ident] = (wanted, group)
        result: Result = "changed" if different or waits else "unchanged"
        said = "the company looks after it" if row.claimed else ", ".join([*different, *(["state"] if waits else [])])
        lines.append(Line(company.row, company.ref, company.values["name"], result, "; ".join([said, *company.notes]).strip("; ")))
    return changes, lines
