"""Reads that put several packages on one page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from techfinder.accounts.models import StaffPost, User
from techfinder.accounts.queries import nearest_coordinators
from techfinder.conversations.models import Conversation
from techfinder.conversations.policy import visible_conversations
from techfinder.core.db import db
from techfinder.core.jobs import Job
from techfinder.core.permissions import ANYBODY, Actor
from techfinder.discovery.engine import engine
from techfinder.matching.values import Query
from techfinder.moderation.queries import open_count
from techfinder.offers.models import Offer
from techfinder.offers.queries import cards
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import waiting_for_an_owner
from techfinder.reference.kinds import KINDS
from techfinder.regions.models import Network, Region
from techfinder.regions.queries import scope_ids

NEWEST = 3


@dataclass(frozen=True)
class Front:
    """What the front page shows of what there is: (kind, number of public offers) in order, and the newest offers."""

    kinds: list[tuple[Any, int]]
    newest: list[Any]
    total: int


def front(at: datetime) -> Front:
    """Counts and the newest come from the index, the offers themselves from SQL. Two queries."""
    found = engine().search(Query(sort="newest", per_page=NEWEST), at)
    counts = found.facets.get("kind", {})
    newest = cards(ANYBODY, [hit.id for hit in found.hits])
    return Front([(kind, int(counts.get(kind.code, 0))) for kind in KINDS], newest, found.total)


@dataclass(frozen=True)
class Standing:
    """How one organisation of the actor stands. `vouched`: somebody said that the actor works there, or founded it."""

    organisation: Organisation
    vouched: bool = True
    offers_public: int = 0
    offers_waiting: int = 0
    offers_returned: int = 0
    offers_draft: int = 0
    to_answer: int = 0
    newcomers: int = 0  # say that they work there, and wait for an owner to say so too

    @property
    def unfinished(self) -> bool:
        """Nothing is online or on its way, but something was begun or came back: finishing it is the next step."""
        return not self.offers_public and not self.offers_waiting and bool(self.offers_draft or self.offers_returned)

    @property
    def without_offers(self) -> bool:
        return not (self.offers_public or self.offers_waiting or self.offers_draft or self.offers_returned)


def standings(actor: Actor) -> list[Standing]:
    """One row for each of the actor's organisations; four queries, however many there are."""
    ids = [s.scope_id for s in actor.seats if s.scope == "organisation"]
    if not ids:
        return []
    known = {s.scope_id for s in actor.seats if s.verified or s.role == "owner"}
    groups = db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)).all()
    offers = _offers_by_state(ids)
    waiting = dict(
        db.session.execute(
            visible_conversations(actor).where(Conversation.state == "waiting", Conversation.started_by == "school")
            .with_only_columns(Conversation.company_id, func.count()).group_by(Conversation.company_id)
        ).tuples().all()
    )  # fmt: skip
    newcomers = waiting_for_an_owner(actor)
    return [
        Standing(
            group, group.id in known, offers_public=offers.get((group.id, "published"), 0),
            offers_draft=offers.get((group.id, "draft"), 0), offers_waiting=offers.get((group.id, "submitted"), 0),
            offers_returned=offers.get((group.id, "returned"), 0), to_answer=waiting.get(group.id, 0),
            newcomers=newcomers.get(group.id, 0),
        )
        for group in groups
    ]  # fmt: skip


def _offers_by_state(ids: list[int]) -> dict[tuple[int, str], int]:
    rows = db.session.execute(
        select(Offer.organisation_id, Offer.state, func.count()).where(Offer.organisation_id.in_(ids))
        .group_by(Offer.organisation_id, Offer.state)
    )
    return {(organisation_id, state): count for organisation_id, state, count in rows}


@dataclass(frozen=True)
class RegionPage:
    """A region for everybody: what is offered there, who coordinates, which regions lie below it.

    `led_by`: the nearest region that has a coordinator, None where none has and the administrator looks on. `coordinators`:
    their names, for people with an account; in public their office is enough, nobody agreed to more.
    """

    region: Region
    offers: int
    companies: int
    schools: int
    led_by: Region | None
    coordinators: list[str]
    below: list[Region]
    parent: Region | None
    newest: list[Any]


def region_page(actor: Actor, region: Region, at: datetime) -> RegionPage:
    """What this reader may know of the region."""
    ids = sorted(scope_ids(region.id))
    counted = select(Organisation.kind, func.count()).where(
        Organisation.region_id.in_(ids), Organisation.state == "approved", Organisation.closed_at.is_(None)
    )
    counts: dict[str, int] = dict(db.session.execute(counted.group_by(Organisation.kind)).tuples().all())
    newest = engine().search(Query(regions=frozenset(ids), sort="newest", per_page=NEWEST), at)  # which counts them all
    below = db.session.scalars(select(Region).where(Region.parent_id == region.id).order_by(Region.name)).all()
    led_by, people = nearest_coordinators(region.id, at)
    return RegionPage(
        region, newest.total, counts.get("company", 0), counts.get("school", 0),
        db.session.get(Region, led_by) if led_by else None,
        [user.name for user in people if user.name] if actor.signed_in else [], list(below),
        db.session.get(Region, region.parent_id) if region.parent_id else None,
        cards(ANYBODY, [hit.id for hit in newest.hits]),
    )


def networks_by_name(at: datetime) -> list[Network]:
    """The networks that are active today."""
    return list(
        db.session.scalars(
            select(Network).where((Network.ended_on.is_(None)) | (Network.ended_on >= at.date())).order_by(Network.name)
        )
    )


@dataclass(frozen=True)
class Desk:
    """What an administrator looks after."""

    waiting: int
    failed: list[Job]
    posts_ending: list[tuple[StaffPost, User, str]]


def desk(actor: Actor, soon: Any) -> Desk:
    """Cases, jobs that failed (for good, or to be tried again), posts that end before `soon` (a date)."""
    failed = db.session.scalars(
        select(Job).where(Job.set_aside | Job.last_error.is_not(None)).order_by(Job.set_aside.desc(), Job.id).limit(50)
    ).all()
    ending = db.session.execute(
        select(StaffPost, User, func.coalesce(Region.name, Network.name, "")).join(User, User.id == StaffPost.user_id)
        .outerjoin(Region, Region.id == StaffPost.region_id).outerjoin(Network, Network.id == StaffPost.network_id)
        .where(StaffPost.ends_on.is_not(None), StaffPost.ends_on <= soon).order_by(StaffPost.ends_on.desc()).limit(20)
    ).all()
    return Desk(open_count(actor), list(failed), [(post, user, where) for post, user, where in ending])
