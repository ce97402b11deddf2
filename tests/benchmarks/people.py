"""Who takes part in a load test, and in what: read from the demo data, signed in as people do."""

import asyncio
import random
from dataclasses import dataclass, field

from sqlalchemy import and_, select

from techfinder.accounts.models import User
from techfinder.conversations.models import Conversation, Participant
from techfinder.core.db import db, new_key
from techfinder.exchange.demo_load.hint import DEMO_PASSWORD
from techfinder.offers.models import Offer
from techfinder.organisations.models import Membership, Organisation
from techfinder.support_requests.models import SupportRequest
from tests.benchmarks.client import Browser, Fields, send, sign_in

PEOPLE = 40


@dataclass
class Person:
    """A signed-in member of an organisation."""

    user_id: int
    email: str
    organisation_id: int
    kind: str
    browser: Browser = Browser("")


@dataclass
class Talk:
    """A conversation, in which this person takes part and has seen messages up to a number."""

    id: int
    person: Person
    seen: int = 1


@dataclass
class Tab:
    """A window with the form of one offer; another window may have the same."""

    offer_id: int
    person: Person
    key: str
    version: int
    often: float  # how much of the typing is done here
    busy: bool = False
    unseen: int = 0  # how often it was sent since an answer was last seen: each may have been stored


@dataclass
class Editing:
    """A request that this person may change."""

    id: int
    person: Person


@dataclass
class World:
    """All that can be done something with."""

    people: list[Person] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    edits: list[Editing] = field(default_factory=list)
    offers: list[int] = field(default_factory=list)
    schools: list[int] = field(default_factory=list)
    levels: list[str] = field(default_factory=lambda: ["po_5", "po_6", "po_7", "po_8"])

    def side(self, kind: str) -> list[Person]:
        """The people of schools, or of companies."""
        return [p for p in self.people if p.kind == kind]


def read_world(seed: int) -> World:
    """From the database of the current application: verified members who take part in conversations come first."""
    o, m = Organisation, Membership
    members = db.session.execute(
        select(User.id, User.email, o.id, o.kind).join(m, m.user_id == User.id).join(o, o.id == m.organisation_id)
        .where(m.verified_at.is_not(None), m.refused_at.is_(None), o.state == "approved", User.totp_confirmed_at.is_(None))
        .order_by(User.id)
    ).all()  # fmt: skip
    known: dict[int, Person] = {}
    for row in members:
        known.setdefault(row[0], Person(*row))
    talks = db.session.execute(
        select(Conversation.id, Participant.user_id)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(Conversation.state.in_(("open", "waiting")), Conversation.asked_at.is_not(None))
        .order_by(Conversation.id)
    ).all()
    talking = {user_id for _, user_id in talks if user_id in known}
    order = random.Random(seed)
    chosen: list[Person] = []
    for kind in ("school", "company"):
        side = [p for p in known.values() if p.kind == kind]
        order.shuffle(side)
        chosen += sorted(side, key=lambda p: p.user_id not in talking)[: PEOPLE // 2]
    world = World(people=chosen)
    by_id = {p.user_id: p for p in chosen}
    world.talks = [Talk(ident, by_id[user_id]) for ident, user_id in talks if user_id in by_id]
    own = {p.organisation_id: p for p in world.side("school")}
    requests = db.session.execute(
        select(SupportRequest.id, SupportRequest.organisation_id).where(
            SupportRequest.state == "open", SupportRequest.organisation_id.in_(own)
        )
    )
    world.edits = [Editing(ident, own[organisation_id]) for ident, organisation_id in requests]
    world.offers = list(
        db.session.scalars(
            select(Offer.id).join(o, and_(o.id == Offer.organisation_id, o.state == "approved"))
            .where(Offer.state == "published", Offer.replaces_id.is_(None))
        )
    )  # fmt: skip
    world.schools = list(db.session.scalars(select(o.id).where(o.kind == "school", o.state == "approved", o.closed_at.is_(None))))
    return world


async def everybody_in(world: World, port: int) -> None:
    """Sign everybody in, and open two windows on a new draft at each company."""

    async def enter(number: int, person: Person) -> None:
        person.browser = await sign_in(port, person.email, DEMO_PASSWORD, f"10.1.0.{number}")

    for start in range(0, len(world.people), 4):
        group = list(enumerate(world.people, 1))[start : start + 4]
        await asyncio.gather(*(enter(number, person) for number, person in group))
    for person in world.side("company"):
        key = new_key()
        answer = await send("POST", "/aanbod/nieuw/bewaar", port, person.browser, offer_fields(person, "begin", key, None))
        if answer.status != 200:
            raise RuntimeError(f"no draft for {person.email}: {answer.status}")
        offer_id = int(answer.json["autosave_url"].split("/")[2])
        version = int(answer.json["fields"]["version"])
        world.tabs += [Tab(offer_id, person, key, version, 0.9), Tab(offer_id, person, new_key(), version, 0.1)]


def offer_fields(person: Person, mark: str, key: str, version: int | None) -> Fields:
    """A half-filled form."""
    return {
        "organisation_id": str(person.organisation_id), "key": key, "version": "" if version is None else str(version),
        "kind": "guest_lesson", "title": "Een les die nog niet af is", "summary": f"Opgeslagen: {mark}",
        "activity": "Leerlingen bouwen een brug van papier en meten hoeveel die kan dragen. " * 4,
        "levels": ["po_7", "po_8"], "language": "nl", "duration_minutes": "60", "points-0-where": "5701", "points-0-radius_km": "25",
    }  # fmt: skip


def request_fields(text: str, **more: str) -> Fields:
    """A request as a teacher types it."""
    return {
        "description": text, "levels": ["po_7"], "pupils": "28", "parallel_groups": "1", "where": "at_school",
        "period_from": "2027-03-01", "period_until": "2027-05-20", "kinds": ["guest_lesson"], **more,
    }  # fmt: skip
