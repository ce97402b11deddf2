"""Schools and companies with their people."""

from datetime import timedelta
from typing import Any

from techfinder.core.changes import log_change
from techfinder.exchange.demo_load.people import load_members
from techfinder.exchange.demo_load.world import World, read, spread
from techfinder.organisations.domains import as_url
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import location
from techfinder.organisations.school_search import name_key
from techfinder.organisations.service.placing import put
from techfinder.reference.levels import mask

PENDING_DAYS = (0.3, 9)  # how long new companies have waited
RETURNED_NOTE = "Vertel er nog bij wat leerlingen bij jullie kunnen doen. Dan keuren we het graag goed."


def load_organisations(world: World) -> None:
    """Companies are approved, pending or returned; the schools are known and approved."""
    schools, companies = read("schools"), read("companies")
    for row in schools:
        _organisation(
            world, row, "school", "approved", brin=row["brin"], street=row["street"], sector=row["sector"],
            school_type=row["duo_type"], levels=mask(row["levels"]), pupils=row["pupils"],
        )
    for row in companies:
        _organisation(
            world, row, "company", row["state"], kvk=row["kvk"], about=row["about"], max_open_requests=row["max_open_requests"],
            state_reason=RETURNED_NOTE if row["state"] == "returned" else "",
        )
    world.save(*world.organisations.values())
    world.save(*(member for row in (*schools, *companies) for member in load_members(world, row)))
    for organisation in world.organisations.values():
        log_change("organisation", organisation.id)


def _organisation(world: World, row: dict[str, Any], kind: str, state: str, **values: Any) -> None:
    new = state == "pending"
    made = world.ago(spread(row["key"], *PENDING_DAYS) if new else spread(row["key"], 370, 500))
    organisation = Organisation(
        kind=kind, state=state, name=row["name"], name_key=name_key(row["name"]), website=as_url(row["website"]) or "",
        source="demo", source_id=row["key"], is_demo=True, created_at=made,
        state_at=made if new else made + timedelta(days=spread(row["key"], 0.5, 3)), **values,
    )  # fmt: skip
    put(organisation, location(f"{row['postcode']} {row['place']}"))
    world.organisations[row["key"]] = organisation
