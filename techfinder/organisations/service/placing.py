"""Where an organisation stands, and which region therefore decides about it."""

from typing import Any

from sqlalchemy import bindparam, select, update

from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.jobs import handles
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import Location
from techfinder.organisations.school_search import place_key
from techfinder.reference.holidays import holiday_region
from techfinder.regions.queries import region_finder, region_for


def put(organisation: Organisation, where: Location) -> None:
    """Place the organisation here, with everything that follows from it."""
    organisation.postcode, organisation.place, organisation.place_key = where.postcode, where.place, place_key(where.place)
    organisation.municipality, organisation.province = where.municipality, where.province
    organisation.lat, organisation.lon = where.lat, where.lon
    region = region_for(where.postcode, where.municipality, where.province, organisation.brin)
    organisation.region_id = region.id if region else None
    if organisation.kind == "school":
        organisation.holiday_region = holiday_region(where.municipality, where.province, where.place) or ""


@handles("regions.edited")
def recompute_regions(_payload: dict[str, Any]) -> None:
    """An area was edited: let every organisation find its region again. One read, one write of what moved."""
    find = region_finder()
    rows = db.session.execute(
        select(
            Organisation.id, Organisation.postcode, Organisation.municipality, Organisation.province, Organisation.brin,
            Organisation.region_id,
        )
    ).all()
    moved = [
        {"ident": row.id, "region": region}
        for row in rows
        if (region := find(row.postcode, row.municipality, row.province, row.brin)) != row.region_id
    ]
    if not moved:
        return
    table: Any = Organisation.__table__
    db.session.connection().execute(
        update(table).where(table.c.id == bindparam("ident"))
        .values(region_id=bindparam("region"), version=table.c.version + 1),
        moved,
    )
    for row in moved:
        log_change("organisation", row["ident"])
