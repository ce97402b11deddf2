"""Reads of the queue, always from what is visible."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.policy import visible_conversations
from techfinder.core.db import db
from techfinder.core.permissions import Actor, require_visible
from techfinder.moderation.models import Case, Flag
from techfinder.moderation.policy import visible_cases
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.policy import visible_organisations
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import visible_requests


@dataclass(frozen=True)
class About:
    """What a flag is about: whose it is, which region decides, and a title for the queue."""

    title: str
    organisation_id: int | None
    region_id: int | None


def flaggable(actor: Actor, kind: str, ref: int) -> About:
    """The thing somebody wants to report, if they can see it; else `NotVisible`."""
    if kind == "offer":
        offer = require_visible(db.session.scalars(visible_offers(actor).where(Offer.id == ref)).one_or_none())
        return _of(offer.title, offer.organisation_id)
    if kind == "support_request":
        request = require_visible(db.session.scalars(visible_requests(actor).where(SupportRequest.id == ref)).one_or_none())
        return _of(request.title, request.organisation_id)
    if kind == "organisation":
        group = require_visible(db.session.scalars(visible_organisations(actor).where(Organisation.id == ref)).one_or_none())
        return About(group.name, group.id, group.region_id)
    if kind == "message":
        message = require_visible(
            db.session.scalars(
                select(Message).where(
                    Message.id == ref, Message.state == "sent",
                    Message.conversation_id.in_(visible_conversations(actor).with_only_columns(Conversation.id)),
                )
            ).one_or_none()
        )
        return _of(" ".join(message.body.split())[:80], message.organisation_id)
    return require_visible(None)  # type: ignore[no-any-return]


def _of(title: str, organisation_id: int | None) -> About:
    region_id = db.session.scalar(select(Organisation.region_id).where(Organisation.id == organisation_id))
    return About(title, organisation_id, region_id)


@dataclass(frozen=True)
class QueueItem:
    """A case with what the coordinator needs at a glance."""

    case: Case
    title: str
    organisation: str
    place: str
    thing: Any  # Offer, Organisation, (Membership, User) or Flag
    group: Organisation | None = None
    ready: bool = True  # an offer of a company that is not approved cannot be approved either

    @property
    def seen(self) -> int:
        """The version of what is judged; 0 for what cannot change while it waits."""
        return int(getattr(self.thing, "version", 0))


def queue(actor: Actor, region_ids: Sequence[int] | None = None, limit: int = 200) -> list[QueueItem]:
    """Open cases, oldest first; one query for the cases and one for each kind of thing."""
    statement = visible_cases(actor).where(Case.open_key.is_not(None)).order_by(Case.opened_at, Case.id).limit(limit)
    if region_ids is not None:
        statement = statement.where(Case.region_id.in_(region_ids))
    return with_things(db.session.scalars(statement).all())


def with_things(cases: Sequence[Case]) -> list[QueueItem]:
    """Load what the cases are about; a thing that is gone leaves its case with an empty title."""
    groups = _by_id(Organisation, {c.organisation_id for c in cases if c.organisation_id})
    things: dict[tuple[str, int], Any] = {}
    for kind, model in (("offer", Offer), ("organisation", Organisation), ("flag", Flag)):
        for ident, row in _by_id(model, {c.ref for c in cases if c.kind == kind}).items():
            things[kind, ident] = row
    ids = {c.ref for c in cases if c.kind == "membership"}
    for member, user in db.session.execute(
        select(Membership, User).join(User, User.id == Membership.user_id).where(Membership.id.in_(ids or {-1}))
    ):
        things["membership", member.id] = (member, user)
    items = []
    for case in cases:
        group, thing = groups.get(case.organisation_id or 0), things.get((case.kind, case.ref))
        name, place = (group.name, group.place) if group else ("", "")
        ready = case.kind != "offer" or group is None or group.state == "approved"
        items.append(QueueItem(case, _title(case, thing, group), name, place, thing, group, ready))
    return items


def _title(case: Case, thing: Any, group: Organisation | None) -> str:
    if case.kind == "offer" and thing is not None:
        return str(thing.title)
    if case.kind == "membership" and thing is not None:
        return str(thing[1].name or thing[1].email or "")
    return group.name if group else ""


def _by_id(model: Any, ids: set[Any]) -> dict[int, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids or {-1})))}


def decided(actor: Actor, region_ids: Sequence[int], limit: int = 100) -> list[tuple[QueueItem, str]]:
    """Closed cases, newest first, each with the name of who decided (empty: nobody had to)."""
    cases = db.session.scalars(
        visible_cases(actor).where(Case.open_key.is_(None), Case.region_id.in_(region_ids))
        .order_by(Case.decided_at.desc(), Case.id.desc()).limit(limit)
    ).all()
    deciders = {c.decided_by_id for c in cases if c.decided_by_id}
    names: dict[int, str] = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(deciders or {-1}))).tuples().all())
    return [(item, names.get(item.case.decided_by_id or 0, "")) for item in with_things(cases)]


def next_open(actor: Actor, region_ids: Sequence[int], after: Case, kind: str = "") -> int | None:
    """The case (of this kind) that comes after this one in the queue, and after the last the first; None when none waits.

    An offer of a company that is not approved cannot be approved either: nobody is led to it.
    """
    company_first = select(Organisation.id).where(Organisation.id == Case.organisation_id, Organisation.state != "approved")
    found = visible_cases(actor).where(
        Case.open_key.is_not(None), Case.region_id.in_(region_ids), (Case.kind != "offer") | ~company_first.exists()
    )
    if kind:
        found = found.where(Case.kind == kind)
    waiting = db.session.execute(
        found.with_only_columns(Case.opened_at, Case.id).order_by(Case.opened_at, Case.id)
    ).tuples().all()
    place = (after.opened_at, after.id)
    return next((ident for at, ident in waiting if (at, ident) > place), waiting[0][1] if waiting else None)


def just_decided(actor: Actor, case_ids: Sequence[int]) -> list[QueueItem]:
    """Those of these cases that this actor decided, for the message that says so."""
    mine = visible_cases(actor).where(Case.id.in_(case_ids or [-1]), Case.open_key.is_(None), Case.decided_by_id == actor.user_id)
    return with_things(db.session.scalars(mine.order_by(Case.id)).all())


def open_count(actor: Actor) -> int:
    """How many cases wait for this actor."""
    return db.session.scalar(
        select(func.count()).select_from(visible_cases(actor).where(Case.open_key.is_not(None)).subquery())
    ) or 0


def one(actor: Actor, case_id: int) -> QueueItem:
    """One case, decided or not, or `NotVisible`."""
    case = require_visible(db.session.scalars(visible_cases(actor).where(Case.id == case_id)).one_or_none())
    return with_things([case])[0]


def held_messages(membership: Membership) -> Sequence[Message]:
    """What an unverified member wrote and is waiting to be sent, for the coordinator who judges it."""
    return db.session.scalars(
        select(Message).where(
            Message.author_id == membership.user_id, Message.organisation_id == membership.organisation_id, Message.state == "held"
        ).order_by(Message.id)
    ).all()  # fmt: skip
