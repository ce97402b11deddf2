"""Load everything, in one transaction, over nothing but its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import TechfinderError
from techfinder.exchange.demo_load.conversations import load_conversations
from techfinder.exchange.demo_load.offers import load_offers
from techfinder.exchange.demo_load.organisations import load_organisations
from techfinder.exchange.demo_load.people import load_people
from techfinder.exchange.demo_load.queue import load_queue
from techfinder.exchange.demo_load.requests import load_requests
from techfinder.exchange.demo_load.world import World
from techfinder.organisations.models import Organisation
from techfinder.regions.service import seed

STEPS = (load_people, load_organisations, load_offers, load_requests, load_conversations, load_queue)


class DemoRefused(TechfinderError):
    """Demo data was not loaded; the text says why, for whoever ran the command."""


@dataclass(frozen=True)
class Loaded:
    """How much there is now; all 0 when nothing was done."""

    people: int = 0
    organisations: int = 0
    offers: int = 0
    requests: int = 0
    conversations: int = 0


def load(*, if_empty: bool = False, allowed: bool = True, at: datetime | None = None) -> Loaded:
    """Load the demo data. With `if_empty` nothing happens when anybody or any organisation is there, or when it isn't allowed.

    Raises `DemoRefused` over data that is not its own, and when not `allowed` (production without DEMO=1).
    """
    with transaction():
        kept = _reason_to_leave_alone(allowed)
        if kept or _count(Organisation, True):
            if kept and not if_empty:
                raise DemoRefused(kept)
            return Loaded()
        seed()
        world = World(at or now())
        for step in STEPS:
            step(world)
        return Loaded(
            len(world.users), len(world.organisations), len(world.offers), len(world.requests), len(world.conversations)
        )


def _reason_to_leave_alone(allowed: bool) -> str:
    if not allowed:
        return "This is a production start; set DEMO=1 if it is meant to show demo data."
    organisations, people = _count(Organisation, False), _count(User, False)
    if organisations or people:
        return (
            f"There is data here that is not demo data ({organisations} organisations, {people} people). "
            "Demo data is only loaded into an empty database."
        )
    return ""


def _count(model: type[Organisation] | type[User], demo: bool) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(model.is_demo.is_(demo))) or 0
