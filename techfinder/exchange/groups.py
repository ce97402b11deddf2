"""The organisations that imported rows belong to: found by name and place, made when nobody knows them.

One that is made here is unclaimed and unverified: it waits for a coordinator, unless the administrator says `publish`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.exchange.bulk import close_cases, insert_rows, open_cases, update_rows
from techfinder.exchange.cells import Refused
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import Location
from techfinder.organisations.school_search import name_key, place_key
from techfinder.organisations.service.register import usual_levels
from techfinder.reference.holidays import holiday_region
from techfinder.reference.levels import sectors
from techfinder.regions.queries import region_finder

NAME_MAX = 200


@dataclass
class Group:
    """An organisation: `id` is None until it is written. `levels` collects what a new school's requests are for."""

    id: int | None
    name: str
    state: str
    claimed: bool
    region_id: int | None
    where: Location | None = None
    source: str = ""
    levels: int = 0
    source_id: str | None = None
    more: dict[str, Any] | None = None


class Groups:
    """All organisations of one kind, to be found by name and postcode, else by name and municipality."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.new: list[Group] = []
        self._by_postcode: dict[tuple[str, str], Group] = {}
        self._by_municipality: dict[tuple[str, str], Group] = {}
        self._region = region_finder()
        o = Organisation
        rows = db.session.execute(
            select(o.id, o.name, o.name_key, o.postcode, o.municipality, o.state, o.claimed, o.region_id, o.source, o.closed_at)
            .where(o.kind == kind).order_by(o.id)
        )
        for row in rows:
            state = "closed" if row.closed_at else row.state
            group = Group(row.id, row.name, state, row.claimed, row.region_id, source=row.source)
            self._remember(row.name_key or name_key(row.name), row.postcode, row.municipality, group)

    def find(self, name: str, where: Location) -> Group:
        """The organisation of this name here, or the plan of a new one. Raises `Refused` for one that may not be seen."""
        key = name_key(name)
        if not key:
            raise Refused("no name of the organisation")
        known = self._by_postcode.get((key, where.postcode or "")) or self._by_municipality.get((key, where.municipality))
        if known is None:
            return self.plan(name, where)
        if known.state in ("blocked", "rejected", "closed"):
            raise Refused(f"{known.name} is {known.state}")
        return known

    def plan(self, name: str, where: Location, source_id: str | None = None, **more: Any) -> Group:
        """A new organisation, written later."""
        region_id = self._region(where.postcode, where.municipality, where.province, None)
        group = Group(None, name[:NAME_MAX], "pending", False, region_id, where, "import", source_id=source_id, more=more)
        self._remember(name_key(name), where.postcode, where.municipality, group)
        self.new.append(group)
        return group

    def _remember(self, key: str, postcode: str | None, municipality: str, group: Group) -> None:
        if postcode:
            self._by_postcode.setdefault((key, postcode), group)
        self._by_municipality.setdefault((key, municipality), group)

    def write(self, at: datetime, publish: bool) -> None:
        """Insert what was planned; with `publish` it may be seen at once, else it waits in the queue of its region."""
        state = "approved" if publish else "pending"
        ids = insert_rows(Organisation, [self._values(group, state, at) for group in self.new])
        for group, ident in zip(self.new, ids, strict=True):
            group.id, group.state = ident, state
            log_change("organisation", ident)
        if not publish:
            open_cases("organisation", "new_organisation", [(i, g.region_id, i) for g, i in zip(self.new, ids, strict=True)], at)

    def _values(self, group: Group, state: str, at: datetime) -> dict[str, Any]:
        where = group.where
        assert where is not None
        values = {
            "kind": self.kind, "state": state, "state_at": at, "created_at": at, "name": group.name, "name_key": name_key(group.name),
            "postcode": where.postcode, "place": where.place, "place_key": place_key(where.place),
            "municipality": where.municipality, "province": where.province, "lat": where.lat, "lon": where.lon,
            "region_id": group.region_id, "source": "import", "source_id": group.source_id, "claimed": False,
            "sector": "", "levels": 0, "holiday_region": "",
        }  # fmt: skip
        if self.kind == "school":
            sector = next(iter(sectors(group.levels)), "")
            values |= {
                "sector": sector, "levels": group.levels | (usual_levels(sector) if sector else 0),
                "holiday_region": holiday_region(where.municipality, where.province, where.place) or "",
            }  # fmt: skip
        return values | (group.more or {})


def approve_imported(groups: Iterable[Group], at: datetime) -> None:
    """The administrator's word for organisations that an earlier import left waiting; never for one that registered."""
    waiting = {g.id: g for g in groups if g.state == "pending" and g.source == "import" and not g.claimed and g.id}
    update_rows(Organisation, {ident: {"state": "approved", "state_at": at} for ident in waiting})
    close_cases("organisation", waiting, at)
    for ident, group in waiting.items():
        group.state = "approved"
        log_change("organisation", ident)


def imported_before(kind: str) -> dict[str, int]:
    """Organisations of earlier imports by the file's own id."""
    rows = db.session.execute(
        select(Organisation.source_id, Organisation.id)
        .where(Organisation.kind == kind, Organisation.source == "import", Organisation.source_id.is_not(None))
    )
    return {str(ref): ident for ref, ident in rows}
