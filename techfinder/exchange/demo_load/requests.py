"""Support requests of the demo schools, in every state."""

from datetime import datetime
from typing import Any

from techfinder.core.changes import log_change
from techfinder.exchange.demo_load.offers import known_themes
from techfinder.exchange.demo_load.world import World, read, spread
from techfinder.reference.levels import mask
from techfinder.reference.times import mask as times
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service.members import fill

TRAVEL = {"walk_bike": "foot_or_bicycle", "car": "cars", "bus": "bus"}
STATES = {"answered": "open"}  # a company answered: for the request itself that changes nothing yet
PUBLISHED_DAYS = (1, 40)
TEACHERS_KM = 40


def load_requests(world: World) -> None:
    """What schools asked; each went out before the first conversation about it began."""
    asked: dict[str, float] = {}
    for talk in read("conversations"):
        if talk["request"]:
            asked[talk["request"]] = max(talk["started_days_ago"], asked.get(talk["request"], 0))
    for row in read("requests"):
        school, author = world.organisations[row["school"]], world.users[row["author"]]
        state = STATES.get(row["state"], row["state"])
        days = max(spread(row["key"], *PUBLISHED_DAYS), asked.get(row["key"], 0) + spread(row["key"], 0.1, 3))
        at = world.ago(days)
        request = SupportRequest(
            organisation_id=school.id, author_id=author.id, state=state, created_at=at, state_at=_changed(world, row, at, state),
            published_at=None if state == "draft" else at, is_demo=True, title="", description="", kinds=[], themes=[], levels=0,
            parallel_groups=1, where="either",
        )
        fill(request, school, _content(world, row))
        world.requests[row["key"]] = request
    world.save(*world.requests.values())
    for request in world.requests.values():
        log_change("support_request", request.id)


def _changed(world: World, row: dict[str, Any], at: datetime, state: str) -> datetime:
    """When it reached its state: on going out, or for one that is closed, lately."""
    return at if state in ("open", "draft") else max(at, world.ago(spread(row["key"] + "closed", 0.5, 4)))


def _content(world: World, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"], "description": row["description"], "kinds": row["kinds"], "levels": mask(row["levels"]),
        "themes": known_themes(row["themes"], f"{row['title']} {row['description']}"), "pupils": row["pupils"],
        "parallel_groups": row["parallel_groups"] or 1, "where": row["where"], "period_from": world.day(row["period_from"]),
        "period_until": world.day(row["period_until"]), "weekdays": times(row["weekdays"]), "dayparts": times(row["dayparts"]),
        "travel_mode": TRAVEL.get(row["travel_mode"] or "", ""), "max_travel_km": _travel_km(row),
        "budget_cents": None if row["budget_eur"] is None else row["budget_eur"] * 100,
        "language": "" if row["language"] == "nl" else row["language"],  # Dutch is what everybody expects: no wish
    }  # fmt: skip


def _travel_km(row: dict[str, Any]) -> float | None:
    """How far the class goes. Teachers who travel by themselves said nothing, but whoever comes to a company needs a number."""
    if row["max_travel_km"] is None and row["where"] == "at_company" and row["state"] != "draft":
        return TEACHERS_KM
    return row["max_travel_km"]  # type: ignore[no-any-return]
