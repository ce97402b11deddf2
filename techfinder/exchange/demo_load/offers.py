"""Offers of the demo companies, in every state."""

from datetime import datetime
from typing import Any

from techfinder.core.changes import log_change
from techfinder.exchange.demo_load.world import World, read, spread
from techfinder.offers.models import Offer
from techfinder.offers.service.drafts import PointInput, starting_point
from techfinder.reference.levels import mask
from techfinder.reference.themes import derive, from_label
from techfinder.reference.times import mask as times

COPIED = (
    "kind", "title", "summary", "activity", "language", "duration_minutes", "max_pupils", "max_groups_per_day",
    "places_per_year", "cost_note", "school_arranges", "supervision", "preparation", "vog",
)  # fmt: skip
OF_VISITS = ("min_age", "safety_clothing", "photos_allowed", "paid_transport", "accessibility")
WAS_PUBLIC = ("published", "paused", "archived")
PUBLISHED_DAYS = (3, 300)
BEFORE_TALKS = 5  # days that an offer was public before somebody first wrote about it


def known_themes(labels: list[str], text: str) -> list[str]:
    """Codes of the labels that we know, each once; when there is none, what the text speaks of."""
    codes = dict.fromkeys(code for label in labels if (code := from_label(label)))
    return list(codes or derive(text))


def load_offers(world: World) -> None:
    """The offers with their starting points, and the companies' count of approved ones."""
    asked: dict[str, float] = {}
    for talk in read("conversations"):
        asked[talk["offer"]] = max(talk["started_days_ago"], asked.get(talk["offer"], 0))
    owners = {c["key"]: next(m["key"] for m in c["members"] if m["role"] == "owner") for c in read("companies")}
    for row in read("offers"):
        company, owner = world.organisations[row["company"]], world.users[owners[row["company"]]]
        at = _moment(world, row, asked.get(row["key"], 0.0))
        offer = Offer(
            organisation_id=company.id, author_id=owner.id, contact_name=owner.name, contact_email=owner.email, is_demo=True,
            **_content(world, row), **_state(world, row, at),
        )
        offer.points = [_point(n, point) for n, point in enumerate(row["starting_points"])]
        company.offers_approved += offer.published_at is not None
        world.offers[row["key"]] = offer
    world.save(*world.offers.values())
    for offer in world.offers.values():
        log_change("offer", offer.id)


def _moment(world: World, row: dict[str, Any], asked_days: float) -> datetime:
    """When it went out, or was last worked on: before anybody asked for it, after its company came."""
    if row["state"] in WAS_PUBLIC:
        return world.ago(max(spread(row["key"], *PUBLISHED_DAYS), asked_days + BEFORE_TALKS if asked_days else 0))
    since = max(world.ago(12), world.organisations[row["company"]].created_at)
    return since + (world.at - since) * spread(row["key"], 0.1, 0.95)


def _content(world: World, row: dict[str, Any]) -> dict[str, Any]:
    visit = {name: row[name] for name in OF_VISITS if row.get(name) is not None}
    text = f"{row['title']} {row['summary']} {row['activity']}"
    return {name: row[name] for name in COPIED} | visit | {
        "levels": mask(row["levels"]), "themes": known_themes(row["themes"], text), "cost_cents": row["cost_eur"] * 100,
        "when_note": row["when"], "weekdays": times(row["weekdays"]), "dayparts": times(row["dayparts"]),
        "period_from": world.day(row["period_from"]), "period_until": world.day(row["period_until"]),
        "material_url": row.get("material_url") or "",
    }  # fmt: skip


def _state(world: World, row: dict[str, Any], at: datetime) -> dict[str, Any]:
    state = row["state"]
    values = {"state": state, "state_at": at, "created_at": at, "state_reason": row.get("return_reason") or ""}
    if state not in WAS_PUBLIC:
        return values
    confirmed = max(at, world.ago(spread(row["key"] + "confirmed", 1, 90)))
    changed = at if state == "published" else world.ago(spread(row["key"], 1, 3))
    return values | {
        "published_at": at, "confirmed_at": confirmed, "state_at": changed, "places_left": row["places_per_year"],
    }


def _point(position: int, row: dict[str, Any]) -> Any:
    return starting_point(position, PointInput(
        where=f"{row['postcode']} {row['place']}", label=row["label"], personal=row["personal"], radius_km=row["radius_km"],
        weekdays=times(row.get("weekdays", ())),
    ))  # fmt: skip
