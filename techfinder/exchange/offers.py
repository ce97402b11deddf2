"""Import offers: `id,company,title,summary,kind,levels,themes,language,duration_minutes,cost_eur,max_pupils,travel_km,postcode,place`.

The whole file is read and judged first, then written in one transaction without work per row in the ORM. A row is known by
its own id within its company (or under the same title), without an id by company and title. What a company that works here
itself has, an import leaves alone.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.permissions import SYSTEM
from techfinder.exchange.bulk import IN_LIST, add_rows, batches, close_cases, insert_rows, open_cases, update_rows
from techfinder.exchange.cells import Cells, Refused, shorten
from techfinder.exchange.groups import Group, Groups, approve_imported
from techfinder.exchange.reading import Key, Progress, read_rows
from techfinder.exchange.report import Line, counts
from techfinder.geo import fold
from techfinder.offers import rules
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import Location
from techfinder.reference.kinds import kind

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "kenmerk", "nummer", "volgnummer"),
    "company": ("company", "bedrijf", "bedrijfsnaam", "organisatie", "aanbieder", "organisation", "company name"),
    "title": ("title", "titel", "naam", "naam aanbod"),
    "summary": ("summary", "samenvatting", "omschrijving", "beschrijving", "description", "toelichting"),
    "kind": ("kind", "soort", "soort aanbod", "vorm", "type"),
    "levels": ("levels", "niveaus", "niveau", "doelgroep", "groepen", "level"),
    "themes": ("themes", "thema's", "themas", "thema", "onderwerpen", "onderwerp", "theme"),
    "language": ("language", "taal"),
    "duration_minutes": ("duration minutes", "duur in minuten", "duur (minuten)", "duur minuten", "duur", "minuten", "duration"),
    "cost_eur": ("cost eur", "kosten in euro", "kosten (euro)", "kosten eur", "kosten euro", "kosten", "prijs", "cost", "price"),
    "max_pupils": ("max pupils", "max leerlingen", "maximaal aantal leerlingen", "aantal leerlingen", "groepsgrootte", "leerlingen"),
    "travel_km": ("travel km", "reisafstand in km", "reisafstand (km)", "reisafstand km", "reisafstand", "straal", "max km", "radius"),
    "postcode": ("postcode", "postal code", "zip"),
    "place": ("place", "plaats", "woonplaats", "plaatsnaam", "vestigingsplaats", "city"),
}
CONTENT = (
    "kind", "title", "summary", "activity", "themes", "levels", "language", "duration_minutes", "max_pupils", "cost_cents",
)  # fmt: skip
POINT = ("postcode", "place", "municipality", "lat", "lon", "radius_km")


@dataclass
class OfferRow:
    """A row that can be used: the columns of `Offer` and `StartingPoint` that it says something about."""

    row: int
    ref: str
    company: str
    where: Location
    content: dict[str, Any]
    point: dict[str, Any]
    notes: list[str]


def read_offers(path: Path, progress: Progress = iter) -> tuple[list[OfferRow], list[Line]]:
    """(the rows that can be used, the refused ones). Raises `UnreadableTable`."""
    return read_rows(path, COLUMNS, ("company", "title", "kind", "levels"), "title", progress, _offer, _keys)


def _keys(offer: OfferRow) -> list[Key]:
    return [(offer.ref, "") if offer.ref else (fold(offer.company), fold(offer.content["title"]))]


def _offer(cells: Cells) -> OfferRow:
    company, title = cells.text("company", 200, needed=True), cells.text("title", rules.TITLE_MAX, needed=True)
    code = cells.kind()
    if not code:
        raise Refused("; ".join(cells.notes) or "no kind")
    levels, where = cells.levels(), cells.where()
    summary, rest = shorten(cells.text("summary", rules.SUMMARY_MAX + rules.TEXT_MAX), rules.SUMMARY_MAX)
    radius, cost = cells.number("travel_km"), cells.number("cost_eur")
    if kind(code).reach == "company" and not radius:
        cells.notes.append(f"no travel_km: as a {code} it is in nobody's reach")
    return OfferRow(
        cells.row.number, cells.row["id"][:80], company, where,
        {
            "kind": code, "title": title, "summary": summary, "activity": rest, "levels": levels,
            "themes": cells.themes(f"{title} {summary}"), "language": cells.language(),
            "duration_minutes": cells.whole("duration_minutes"), "max_pupils": cells.whole("max_pupils"),
            "cost_cents": None if cost is None else round(cost * 100),
        },
        {
            "postcode": where.postcode, "place": where.place, "municipality": where.municipality, "lat": where.lat, "lon": where.lon,
            "radius_km": radius or None,
        },
        cells.notes,
    )  # fmt: skip


class _Known:
    """Offers that are there, by company and id or title."""

    def __init__(self) -> None:
        o = Offer
        self.points: dict[int, tuple[Any, ...]] = {
            p.offer_id: tuple(p)[2:]
            for p in db.session.execute(
                select(StartingPoint.offer_id, StartingPoint.position, *(getattr(StartingPoint, n) for n in POINT))
                .join(o, o.id == StartingPoint.offer_id).where(o.source_id.is_not(None) | o.author_id.is_(None))
                .order_by(StartingPoint.offer_id, StartingPoint.position.desc())
            )
        }
        self.by_ref: dict[tuple[str, int], Any] = {}
        self.by_title: dict[tuple[int, str], Any] = {}
        self.by_ref_and_title: dict[tuple[str, str], Any] = {}
        rows = db.session.execute(
            select(o.id, o.organisation_id, o.state, o.source_id, *(getattr(o, name) for name in CONTENT))
            .where(o.replaces_id.is_(None), o.source_id.is_not(None) | o.author_id.is_(None)).order_by(o.id)
        )
        for row in rows:
            self.by_title[row.organisation_id, fold(row.title)] = row
            if row.source_id:
                self.by_ref[row.source_id, row.organisation_id] = row
                self.by_ref_and_title[row.source_id, fold(row.title)] = row

    def find(self, offer: OfferRow, group: Group) -> Any:
        """The row that this one was imported to before, or None."""
        title = fold(offer.content["title"])
        if not offer.ref:
            return self.by_title.get((group.id or 0, title))
        return self.by_ref.get((offer.ref, group.id or 0)) or self.by_ref_and_title.get((offer.ref, title))

    def differences(self, offer: OfferRow, row: Any) -> list[str]:
        """The columns that this row of the file changes."""
        point = self.points.get(row.id, (None,) * len(POINT))
        return [name for name in CONTENT if offer.content[name] != getattr(row, name)] + [
            name for name, old in zip(POINT, point, strict=True) if offer.point[name] != old
        ]


def write_offers(offers: list[OfferRow], at: datetime, *, publish: bool, dry_run: bool) -> list[Line]:
    """Bring the table in line with these rows, inside the caller's transaction; one line for each."""
    companies, known = Groups("company"), _Known()
    new: list[tuple[OfferRow, Group]] = []
    changed: list[tuple[OfferRow, Group, Any]] = []
    lines: list[Line] = []
    for offer in offers:
        notes = "; ".join(offer.notes)
        try:
            group = companies.find(offer.company, offer.where)
        except Refused as why:
            lines.append(Line(offer.row, offer.ref, offer.content["title"], "refused", str(why)))
            continue
        row = known.find(offer, group)
        if row is None:
            new.append((offer, group))
            lines.append(Line(offer.row, offer.ref, offer.content["title"], "new", notes))
            continue
        if group.claimed:
            lines.append(Line(offer.row, offer.ref, row.title, "unchanged", f"{group.name} looks after it"))
            continue
        different = known.differences(offer, row)
        different += ["company"] if group.id != row.organisation_id else []
        different += ["state"] if publish and row.state in (rules.DRAFT, rules.SUBMITTED) else []
        if different:
            changed.append((offer, group, row))
        reason = "; ".join([", ".join(different), *offer.notes] if different else offer.notes)
        lines.append(Line(offer.row, offer.ref, offer.content["title"], "changed" if different else "unchanged", reason))
    if not dry_run:
        companies.write(at, publish)
        if publish:
            approve_imported([group for _, group in new] + [group for _, group, _ in changed], at)
        _insert(new, at, publish)
        _update(changed, at, publish)
        _count_approved([group.id for _, group in new] + [group.id for _, group, _ in changed])
        audit(SYSTEM, "offers.imported", "offer", 0, at=at, publish=publish, **counts(lines))
    return lines


def _state(publish: bool, at: datetime) -> dict[str, Any]:
    """With the administrator's word it is public; else it waits for the company's coordinator."""
    public = {"published_at": at, "confirmed_at": at} if publish else {"published_at": None, "confirmed_at": None}
    return {"state": rules.PUBLISHED if publish else rules.SUBMITTED, "state_at": at, **public}


def _insert(new: list[tuple[OfferRow, Group]], at: datetime, publish: bool) -> None:
    state = _state(publish, at) | {"created_at": at}
    ids = insert_rows(
        Offer, [offer.content | state | {"organisation_id": group.id, "source_id": offer.ref or None} for offer, group in new]
    )
    add_rows(StartingPoint, [offer.point | {"offer_id": ident, "position": 0} for (offer, _), ident in zip(new, ids, strict=True)])
    for ident in ids:
        log_change("offer", ident)
    if not publish:
        pairs = zip(new, ids, strict=True)
        open_cases("offer", "first_offer", [(ident, group.region_id, group.id or 0) for (_, group), ident in pairs], at)


def _update(changed: list[tuple[OfferRow, Group, Any]], at: datetime, publish: bool) -> None:
    ids = [row.id for _, _, row in changed]
    update_rows(Offer, {row.id: offer.content | {"organisation_id": group.id} for offer, group, row in changed})
    if publish:
        waiting = [row.id for _, _, row in changed if row.state in (rules.DRAFT, rules.SUBMITTED)]
        update_rows(Offer, dict.fromkeys(waiting, _state(True, at)))
        close_cases("offer", waiting, at)
    for part in batches(ids, IN_LIST):
        db.session.execute(delete(StartingPoint).where(StartingPoint.offer_id.in_(part)))
    add_rows(StartingPoint, [offer.point | {"offer_id": row.id, "position": 0} for offer, _, row in changed])
    for ident in ids:
        log_change("offer", ident)


def _count_approved(company_ids: list[int | None]) -> None:
    """A company of which something was approved publishes its next offer without waiting."""
    ids = sorted({ident for ident in company_ids if ident})
    for part in batches(ids, IN_LIST):
        fresh = db.session.scalars(
            select(Offer.organisation_id).join(Organisation, Organisation.id == Offer.organisation_id)
            .where(Offer.organisation_id.in_(part), Offer.published_at.is_not(None), Organisation.offers_approved == 0).distinct()
        )
        update_rows(Organisation, {ident: {"offers_approved": 1} for ident in fresh})
