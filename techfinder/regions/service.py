"""Seeding and editing regions and networks. Editing an area moves organisations, by a job."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from techfinder.core.audit import audit
from techfinder.core.db import db, expect_version, locked
from techfinder.core.errors import RuleBroken
from techfinder.core.jobs import enqueue
from techfinder.core.permissions import Actor, require
from techfinder.regions.models import AREA_KINDS, Network, NetworkArea, Region, RegionArea
from techfinder.regions.rules import clashes, postcode_range

SEED = Path(__file__).parent / "data" / "regions.json"
Piece = tuple[str, str]  # (kind of area, value)


def seed() -> int:
    """Create the regions and networks of the seed file that do not exist yet; returns how many. Edited ones stay as they are."""
    data = json.loads(SEED.read_text(encoding="utf-8"))
    made = sum(_seed_region(item) for item in data["regions"])  # parents stand before their children
    for item in data["networks"]:
        if db.session.scalars(select(Network).where(Network.slug == item["slug"])).first() is None:
            made += 1
            ended = date(int(item["ended"]), 12, 31) if item.get("ended") else None
            network = Network(kind=item.get("kind", "wt"), name=item["name"], slug=item["slug"], ended_on=ended)
            db.session.add(network)
            db.session.flush()
            for area in item.get("area", []):
                sectors = area.get("sectors", item.get("sectors", []))
                db.session.add(NetworkArea(network_id=network.id, kind=area["kind"], value=area["value"], sectors=sectors))
    db.session.flush()
    return made


def _seed_region(item: dict[str, Any]) -> int:
    if db.session.scalar(select(Region.id).where(Region.slug == item["slug"])) is not None:
        return 0
    parent = db.session.scalars(select(Region).where(Region.slug == item["parent"])).first()
    region = Region(parent_id=parent.id if parent else None, kind=item["kind"], name=item["name"], slug=item["slug"])
    db.session.add(region)
    db.session.flush()
    region.path = (parent.path if parent else "/") + f"{region.id}/"
    for area in item["area"]:
        taken = select(RegionArea.id).where(RegionArea.kind == area["kind"], RegionArea.value == area["value"])
        if db.session.scalar(taken) is None:
            db.session.add(RegionArea(region_id=region.id, kind=area["kind"], value=area["value"]))
    db.session.flush()
    return 1


def _checked(pieces: list[Piece]) -> list[Piece]:
    for kind, value in pieces:
        if kind not in AREA_KINDS or not value or (kind == "postcode" and postcode_range(value) is None):
            raise RuleBroken("region.area", "area", value=value)
    return list(dict.fromkeys(pieces))


def save_region(
    actor: Actor, region_id: int | None, *, name: str, slug: str, kind: str, parent_id: int | None, area: list[Piece],
    version: int | None = None,
) -> Region:
    """Create or change a region with its area. Administrators only. A piece that another region has is refused."""
    require(actor.is_administrator)
    parent = locked(Region, parent_id) if parent_id else None
    if region_id is None:
        region = Region(name=name, slug=slug, kind=kind, parent_id=parent_id)
        db.session.add(region)
        db.session.flush()
    else:
        region = locked(Region, region_id)
        expect_version(region, version)
        if parent is not None and parent.path.startswith(region.path):
            raise RuleBroken("region.loop", "parent_id")
        region.name, region.slug, region.kind, region.parent_id = name, slug, kind, parent_id
    if db.session.scalar(select(Region.id).where(Region.slug == slug, Region.id != region.id)):
        raise RuleBroken("region.slug", "slug")
    _move(region, parent)
    _replace_area(region, _checked(area))
    audit(actor, "region.saved", "region", region.id, scope_id=region.id, name=name)
    enqueue("regions.edited", {}, key="regions.edited")
    return region


def _move(region: Region, parent: Region | None) -> None:
    old, new = region.path, (parent.path if parent else "/") + f"{region.id}/"
    region.path = new
    if old and old != new:
        for below in db.session.scalars(select(Region).where(Region.path.startswith(old), Region.id != region.id)):
            below.path = new + below.path[len(old) :]
    db.session.flush()


def _replace_area(region: Region, pieces: list[Piece]) -> None:
    others = db.session.execute(
        select(RegionArea.kind, RegionArea.value, RegionArea.region_id).where(RegionArea.region_id != region.id)
    ).all()
    taken = {(k, v) for k, v, _ in others}
    for piece in pieces:
        if piece in taken:
            raise RuleBroken("region.taken", "area", value=piece[1])
    overlap = clashes([*((k, v, o) for k, v, o in others), *((k, v, region.id) for k, v in pieces)])
    if overlap:
        raise RuleBroken("region.taken", "area", value=overlap[0][1])
    db.session.execute(delete(RegionArea).where(RegionArea.region_id == region.id))
    db.session.add_all(RegionArea(region_id=region.id, kind=k, value=v) for k, v in pieces)


def save_network(
    actor: Actor, network_id: int | None, *, name: str, slug: str, kind: str, ended_on: date | None, sectors: list[str],
    area: list[Piece], version: int | None = None,
) -> Network:
    """Create or change a network with its area, for some sectors or all. Administrators only."""
    require(actor.is_administrator)
    if network_id is None:
        network = Network(name=name, slug=slug, kind=kind, ended_on=ended_on)
        db.session.add(network)
    else:
        network = locked(Network, network_id)
        expect_version(network, version)
        network.name, network.slug, network.kind, network.ended_on = name, slug, kind, ended_on
    if db.session.scalar(select(Network.id).where(Network.slug == slug, Network.id != network.id)):
        raise RuleBroken("region.slug", "slug")
    db.session.flush()
    db.session.execute(delete(NetworkArea).where(NetworkArea.network_id == network.id))
    db.session.add_all(NetworkArea(network_id=network.id, kind=k, value=v, sectors=sectors) for k, v in _checked(area))
    audit(actor, "network.saved", "network", network.id, name=name)
    return network
