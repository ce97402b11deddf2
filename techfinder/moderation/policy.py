"""Coordinators see and decide in their region and below; administrators everywhere. The server takes the region from the case."""

from typing import Any

from sqlalchemy import false, select

from techfinder.core.permissions import Actor
from techfinder.moderation.models import Case
from techfinder.regions.models import Region


def visible_cases(actor: Actor) -> Any:
    """The cases this actor may look at and decide."""
    if actor.is_administrator:
        return select(Case)
    regions = actor.scope_ids("coordinator", "region")
    return select(Case).where(Case.region_id.in_(regions) if regions else false())


def can_decide(actor: Actor, case: Case) -> bool:
    """A reader reads figures; only coordinators and administrators decide."""
    return actor.is_administrator or (case.region_id is not None and actor.may("coordinator", "region", {case.region_id}))


def can_see_queue(actor: Actor, region: Region) -> bool:
    """Whether the actor works the queue of this region: its coordinator, one of a region above it, or an administrator."""
    return actor.is_administrator or actor.may("coordinator", "region", {region.id})
