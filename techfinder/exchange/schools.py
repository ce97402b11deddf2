"""Write the register's locations: what is new, what changed, and what the schools themselves have the last word on."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.permissions import SYSTEM
from techfinder.exchange import vanished
from techfinder.exchange.duo import School
from techfinder.exchange.report import Line, counts
from techfinder.organisations.models import Organisation
from techfinder.organisations.school_search import name_key, place_key
from techfinder.regions.queries import region_finder

FIELDS = (
    "brin", "name", "name_key", "street", "postcode", "place", "place_key", "municipality", "province", "lat", "lon", "website",
    "school_type", "levels", "sector", "pupils", "holiday_region", "region_id",
)  # fmt: skip
WITH_POSTCODE = ("street", "postcode", "place", "place_key", "municipality", "province", "lat", "lon", "region_id", "holiday_region")
DERIVED = frozenset({"name_key", "place_key", "region_id", "brin"})
FindRegion = Callable[[str | None, str, str, str | None], int | None]


def write_schools(
    schools: list[School], given: frozenset[str], source: str, at: datetime, *, dry_run: bool = False,
    refused: Collection[str] = (), close_missing: bool = False, close_at_most: float = vanished.CLOSE_AT_MOST,
) -> list[Line]:
    """Bring the table in line with these locations, inside the caller's transaction; one line for each.

    `given`: the fields that the file says something about. `refused`: codes that are in the file all the same.
    Locations that the file should hold and doesn't are reported, and with `close_missing` closed; one that comes back
    opens again. Raises `vanished.TooMany` for a file that would close more than `close_at_most` percent.
    """
    gone, covered = vanished.vanished({school.brin for school in schools} | set(refused))
    if close_missing:
        vanished.check_share(gone, covered, close_at_most)
    find_region = region_finder()
    known, by_name = _known()
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    lines = vanished.lines(gone, close_missing)
    for school in schools:
        values = _values(school, find_region)
        row = known.get(school.brin) or by_name.pop((values["name_key"], school.postcode), None)
        if row is None:
            new.append(values | _fresh(source, at))
            lines.append(Line(school.row, school.brin, school.name, "new"))
            continue
        final = _final(values, row, given)
        different = [name for name in FIELDS if final[name] != row[name]]
        opens = row["closed_at"] is not None
        if different or opens:
            changed.append({f"new_{name}": value for name, value in final.items()} | {"ident": row["id"]})
        shown = [name for name in different if name not in DERIVED] or different
        shown += ["open again"] if opens else []
        lines.append(Line(school.row, school.brin, school.name, "changed" if shown else "unchanged", ", ".join(shown)))
    if not dry_run:
        _write(new, changed)
        if close_missing:
            vanished.close(gone, at)
        audit(SYSTEM, "schools.imported", "organisation", 0, at=at, **counts(lines))
    return lines


def _known() -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str | None], dict[str, Any]]]:
    """(schools by code, schools without a code by name and postcode: added by a teacher before the register had them)."""
    columns = [Organisation.id, Organisation.edited_fields, Organisation.closed_at, *(getattr(Organisation, name) for name in FIELDS)]
    rows = [
        dict(row)
        for row in db.session.execute(select(*columns).where(Organisation.kind == "school", or_(
            Organisation.brin.is_not(None), Organisation.source == "registered"
        ))).mappings()
    ]  # fmt: skip
    return (
        {row["brin"]: row for row in rows if row["brin"]},
        {(row["name_key"], row["postcode"]): row for row in rows if not row["brin"]},
    )


def _values(school: School, find_region: FindRegion) -> dict[str, Any]:
    values = {name: getattr(school, name) for name in FIELDS if hasattr(school, name)}
    return values | {
        "name_key": name_key(school.name), "place_key": place_key(school.place),
        "region_id": find_region(school.postcode, school.municipality, school.province, school.brin),
    }  # fmt: skip


def _final(values: dict[str, Any], row: dict[str, Any], given: frozenset[str]) -> dict[str, Any]:
    """The new values, except where the file says nothing or the school's people edited the field."""
    edited = set(row["edited_fields"] or ())
    keep = {name for name in FIELDS if name not in given and name not in DERIVED}
    if "lat" in keep and values["postcode"] != row["postcode"]:
        keep -= {"lat", "lon"}  # it moved: the middle of the new postcode is better than the old address
    keep |= edited & {"website", "levels"}
    if "postcode" in edited:
        keep |= set(WITH_POSTCODE)
    return {name: row[name] if name in keep else values[name] for name in FIELDS}


def _fresh(source: str, at: datetime) -> dict[str, Any]:
    return {"kind": "school", "state": "approved", "state_at": at, "created_at": at, "source": source, "claimed": False}


def _write(new: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    if new:
        db.session.execute(insert(Organisation), new)
    if not changed:
        return
    table: Any = Organisation.__table__
    db.session.connection().execute(
        update(table).where(table.c.id == bindparam("ident"))
        .values({name: bindparam(f"new_{name}") for name in FIELDS} | {"version": table.c.version + 1, "closed_at": None}),
        changed,
    )
    for row in changed:  # new schools have no offers or requests yet, so no index holds anything of them
        log_change("organisation", row["ident"])
