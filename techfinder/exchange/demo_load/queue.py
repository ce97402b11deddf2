"""What waits for the coordinators, what they decided before, and reports of problems."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from techfinder.accounts.models import StaffPost
from techfinder.conversations import rules as talk
from techfinder.core.clock import today
from techfinder.core.db import db
from techfinder.exchange.demo_load.organisations import RETURNED_NOTE
from techfinder.exchange.demo_load.world import World, read, spread
from techfinder.moderation.models import Case, Flag
from techfinder.organisations.models import Organisation
from techfinder.regions.queries import chain

REMEMBERED_DAYS = 150  # decisions older than this are not made up


class Queue:
    """Cases, and who decided them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[Case] = []
        self.deciders: dict[int | None, int | None] = {}
        self.by_id = {o.id: o for o in world.organisations.values()}

    def waits(self, kind: str, ref: int, reason: str, of: Organisation | None, opened_at: datetime) -> None:
        """An open case."""
        self.rows.append(
            Case(
                kind=kind, ref=ref, open_key=f"{kind}:{ref}", reason=reason, opened_at=opened_at,
                region_id=of.region_id if of else None, organisation_id=of.id if of else None,
            )
        )  # fmt: skip

    def decided(self, kind: str, ref: int, reason: str, of: Organisation, decision: str, at: datetime, note: str = "") -> None:
        """A case that was decided at that moment, after a day or two."""
        if self.world.at - at > timedelta(days=REMEMBERED_DAYS):
            return
        opened = max(at - timedelta(days=spread(f"{kind}{ref}", 0.2, 2.5)), of.created_at)
        self.rows.append(
            Case(
                kind=kind, ref=ref, reason=reason, opened_at=opened, region_id=of.region_id, organisation_id=of.id, decided_at=at,
                decided_by_id=self.decider(of.region_id), decision=decision, note=note,
            )
        )  # fmt: skip

    def decider(self, region_id: int | None) -> int | None:
        """The nearest coordinator, upward."""
        if region_id not in self.deciders:
            active = StaffPost.role == "coordinator", StaffPost.ends_on > today(self.world.at)
            nearest = {post.region_id: post.user_id for post in db.session.scalars(select(StaffPost).where(*active))}
            self.deciders[region_id] = next((nearest[r] for r in chain(region_id) if r in nearest), None)
        return self.deciders[region_id]


def load_queue(world: World) -> None:
    """Fill "Te beoordelen"."""
    queue = Queue(world)
    _organisations(world, queue)
    _offers(world, queue)
    _members(world, queue)
    _flags(world, queue)
    world.save(*queue.rows)


def _organisations(world: World, queue: Queue) -> None:
    for row in world.organisations.values():
        if row.state == "pending":
            queue.waits("organisation", row.id, "new_organisation", row, row.created_at)
        elif row.state == "returned":
            row.state_at = world.ago(6)
            queue.decided("organisation", row.id, "new_organisation", row, "returned", row.state_at, RETURNED_NOTE)


def _offers(world: World, queue: Queue) -> None:
    first: set[int] = set()
    for offer in sorted(world.offers.values(), key=lambda o: (o.published_at or world.at, o.id)):
        company = queue.by_id[offer.organisation_id]
        if offer.state == "submitted":
            queue.waits("offer", offer.id, "first_offer", company, offer.state_at)
        elif offer.state == "returned":
            queue.decided("offer", offer.id, "first_offer", company, "returned", offer.state_at, offer.state_reason)
        elif offer.published_at is not None and company.id not in first:
            first.add(company.id)
            queue.decided("offer", offer.id, "first_offer", company, "approved", offer.published_at)


def _members(world: World, queue: Queue) -> None:
    """Who wrote as an unverified member: since the message waits."""
    writing = {m.author_id: m.created_at for found in world.messages.values() for m in found if m.state == talk.HELD}
    for member in world.members.values():
        if member.verified_at is None:
            opened = writing.get(member.user_id, world.ago(spread(str(member.id), 1, 5)))
            queue.waits("membership", member.id, "unverified_member", queue.by_id[member.organisation_id], opened)


def _about(world: World, row: dict[str, Any]) -> tuple[int, int | None]:
    """(the row's id, whose it is) of what a report is about."""
    if row["kind"] == "offer":
        offer = world.offers[row["offer"]]
        return offer.id, offer.organisation_id
    message = world.messages[row["conversation"]][row["message"]]
    return message.id, message.organisation_id


def _flags(world: World, queue: Queue) -> None:
    made = []
    for row in read("flags"):
        ref, owner = _about(world, row)
        reporter = world.users.get(row["reporter"] or "")
        made.append(
            (
                Flag(
                    kind=row["kind"], ref=ref, reason=row["reason"], text=row["text"], at=world.ago(row["days_ago"]),
                    reporter_id=reporter.id if reporter else None,
                ),
                queue.by_id.get(owner or 0),
            )
        )  # fmt: skip
    world.save(*(flag for flag, _ in made))
    for flag, organisation in made:
        queue.waits("flag", flag.id, "flag", organisation, flag.at)
