"""Import support requests: `id,school,title,description,kind,levels,themes,pupils,max_travel_km,postcode,place`.

Read and judged first, then written in one transaction. A row is known by its own id within its school, without an id by
school and title. A request without a period gets suggestions, and reaches companies when somebody of the school adds it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.permissions import SYSTEM
from techfinder.exchange.bulk import insert_rows, update_rows
from techfinder.exchange.cells import Cells, Refused
from techfinder.exchange.groups import Group, Groups, approve_imported
from techfinder.exchange.reading import Key, Progress, read_rows
from techfinder.exchange.report import Line, counts
from techfinder.geo import fold
from techfinder.organisations.rules import Location
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "kenmerk", "nummer", "volgnummer"),
    "school": ("school", "schoolnaam", "naam school", "school name", "organisatie"),
    "title": ("title", "titel", "onderwerp"),
    "description": ("description", "omschrijving", "beschrijving", "toelichting", "vraag", "aanvraag"),
    "kind": ("kind", "soort", "soort aanbod", "vorm", "type", "kinds"),
    "levels": ("levels", "niveaus", "niveau", "doelgroep", "groepen", "groep", "klas", "level"),
    "themes": ("themes", "thema's", "themas", "thema", "onderwerpen", "theme"),
    "pupils": ("pupils", "leerlingen", "aantal leerlingen"),
    "max_travel_km": ("max travel km", "maximale reisafstand", "max reisafstand", "reisafstand in km", "reisafstand", "max km"),
    "postcode": ("postcode", "postal code", "zip"),
    "place": ("place", "plaats", "woonplaats", "plaatsnaam", "city"),
}
CONTENT = ("title", "description", "kinds", "themes", "levels", "pupils", "max_travel_km", "postcode", "place", "lat", "lon")


@dataclass
class RequestRow:
    """A row that can be used: the columns of `SupportRequest` that it says something about."""

    row: int
    ref: str
    school: str
    where: Location
    content: dict[str, Any]
    notes: list[str]


def read_requests(path: Path, progress: Progress = iter) -> tuple[list[RequestRow], list[Line]]:
    """(the rows that can be used, the refused ones). Raises `UnreadableTable`."""
    return read_rows(path, COLUMNS, ("school", "levels"), "title", progress, _request, _keys)


def _keys(request: RequestRow) -> list[Key]:
    return [(request.ref, "") if request.ref else (fold(request.school), fold(request.content["title"]))]


def _request(cells: Cells) -> RequestRow:
    school = cells.text("school", 200, needed=True)
    title, description = cells.text("title", rules.TITLE_MAX), cells.text("description", rules.TEXT_MAX)
    if not title and not description:
        raise Refused("neither title nor description")
    levels, where = cells.levels(), cells.where()
    return RequestRow(
        cells.row.number, cells.row["id"][:80], school, where,
        {
            "title": title or rules.title_from(description), "description": description or title, "kinds": cells.kinds(),
            "themes": cells.themes(f"{title} {description}"), "levels": levels, "pupils": cells.whole("pupils"),
            "max_travel_km": cells.number("max_travel_km"), "postcode": where.postcode, "place": where.place, "lat": where.lat,
            "lon": where.lon,
        },
        cells.notes,
    )  # fmt: skip


def _known() -> tuple[dict[tuple[str, int], Any], dict[tuple[int, str], Any]]:
    """Imported requests by id and school, and by school and title."""
    r = SupportRequest
    rows = db.session.execute(
        select(r.id, r.organisation_id, r.state, r.source_id, r.author_id, *(getattr(r, name) for name in CONTENT))
        .where(r.source_id.is_not(None) | (r.author_id.is_(None) & (r.guest_email == ""))).order_by(r.id)
    ).all()  # fmt: skip
    return (
        {(row.source_id, row.organisation_id): row for row in rows if row.source_id},
        {(row.organisation_id, fold(row.title)): row for row in rows},
    )


def write_requests(requests: list[RequestRow], at: datetime, *, publish: bool, dry_run: bool) -> list[Line]:
    """Bring the table in line with these rows, inside the caller's transaction; one line for each."""
    schools = Groups("school")
    by_ref, by_title = _known()
    new: list[tuple[RequestRow, Group]] = []
    changed: list[tuple[RequestRow, Group, Any]] = []
    lines: list[Line] = []
    for request in requests:
        title = request.content["title"]
        try:
            group = schools.find(request.school, request.where)
        except Refused as why:
            lines.append(Line(request.row, request.ref, title, "refused", str(why)))
            continue
        group.levels |= request.content["levels"]
        key = group.id or 0
        row = by_ref.get((request.ref, key)) if request.ref else by_title.get((key, fold(title)))
        if row is None:
            new.append((request, group))
            lines.append(Line(request.row, request.ref, title, "new", "; ".join(request.notes)))
            continue
        if row.author_id is not None:
            lines.append(Line(request.row, request.ref, row.title, "unchanged", f"{group.name} looks after it"))
            continue
        different = [name for name in CONTENT if request.content[name] != getattr(row, name)]
        different += ["state"] if publish and row.state == rules.DRAFT else []
        if different:
            changed.append((request, group, row))
        reason = "; ".join([", ".join(different), *request.notes] if different else request.notes)
        lines.append(Line(request.row, request.ref, title, "changed" if different else "unchanged", reason))
    if not dry_run:
        schools.write(at, publish)
        if publish:
            approve_imported([group for _, group in new] + [group for _, group, _ in changed], at)
        _write(new, changed, at, publish)
        audit(SYSTEM, "support_requests.imported", "support_request", 0, at=at, publish=publish, **counts(lines))
    return lines


def _write(
    new: list[tuple[RequestRow, Group]], changed: list[tuple[RequestRow, Group, Any]], at: datetime, publish: bool
) -> None:
    state = {"state": rules.OPEN if publish else rules.DRAFT, "state_at": at, "published_at": at if publish else None}
    ids = insert_rows(
        SupportRequest,
        [
            request.content | state
            | {"organisation_id": group.id, "region_id": group.region_id, "source_id": request.ref or None, "created_at": at}
            for request, group in new
        ],
    )
    update_rows(SupportRequest, {row.id: request.content for request, _, row in changed})
    if publish:
        update_rows(SupportRequest, {row.id: state for _, _, row in changed if row.state == rules.DRAFT})
    for ident in (*ids, *(row.id for _, _, row in changed)):
        log_change("support_request", ident)
