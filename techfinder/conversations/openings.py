"""Before a conversation begins: what it would be about, which choices there are, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from techfinder.conversations import rules, wording
from techfinder.conversations.about import distance
from techfinder.conversations.models import Conversation
from techfinder.conversations.policy import visible_conversations, vouched
from techfinder.core.db import db
from techfinder.core.permissions import Actor, require_visible
from techfinder.core.text import day
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import can_edit, school_ids, visible_requests

CHOICES = 20


@dataclass(frozen=True)
class Opening:
    """A first message that may be written. `side`: which one the actor speaks for; `other`: who will read it.

    With both `offer` and `request` it can be written; else one of `requests` (a school's own open ones) or `offers`
    (a company's own published ones) is chosen first. `stop`: a sentence that says why not now; `nobody`: that
    nobody of the company works here yet.
    """

    side: str
    other: Organisation
    offer: Offer | None
    request: SupportRequest | None
    requests: list[SupportRequest]
    offers: list[Offer]
    stop: str = ""
    nobody: str = ""
    held: bool = False

    @property
    def ready(self) -> bool:
        """Whether it is clear what it would be about."""
        return self.offer is not None and self.request is not None

    @property
    def speaks_for(self) -> int:
        """The organisation in whose name the actor would write, once it is ready."""
        thing = self.request if self.side == rules.SCHOOL else self.offer
        return thing.organisation_id if thing is not None else 0

    @property
    def missing(self) -> str:
        """What the request still needs before companies may be asked; empty when nothing."""
        return wording.missing(request_rules.missing(self.request)) if self.request is not None else ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the other side will see of the request."""
        if self.request is None:
            return []
        school = db.session.get(Organisation, self.request.organisation_id)
        return wording.facts(self.request, self.request.place, distance(self.offer, self.request, school))


def opening(actor: Actor, offer_id: int | None, request_id: int | None, at: datetime) -> Opening:
    """What this actor may begin about this offer and request. Raises `NotVisible` for whoever has no side in it."""
    schools = school_ids(actor)
    request = _one(visible_requests(actor).where(SupportRequest.id == request_id)) if request_id is not None else None
    if offer_id is not None and schools and (request is None or can_edit(actor, request)):
        return _of_school(actor, offer_id, request, schools, at)
    companies = [s.scope_id for s in actor.seats if s.kind == rules.COMPANY and s.group_verified and vouched(s)]
    if request is not None and companies:
        return _of_company(request, offer_id, companies)
    return require_visible(None)  # type: ignore[no-any-return]


def _one(statement: Any) -> Any:
    return require_visible(db.session.scalars(statement).one_or_none())


def _of_school(actor: Actor, offer_id: int, request: SupportRequest | None, schools: list[int], at: datetime) -> Opening:
    offer = _one(visible_offers(actor).where(Offer.id == offer_id, Offer.state == "published", Offer.replaces_id.is_(None)))
    company = db.session.get_one(Organisation, offer.organisation_id)
    requests = [request] if request is not None else _open_requests(actor, offer, schools)
    chosen = requests[0] if len(requests) == 1 else None
    seat = actor.seat("organisation", chosen.organisation_id if chosen else schools[0])
    return Opening(
        rules.SCHOOL, company, offer, chosen, requests, [], stop=_stop(offer, company, at), nobody=wording.nobody_there(company),
        held=seat is not None and not seat.verified,
    )  # fmt: skip


def _open_requests(actor: Actor, offer: Offer, schools: list[int]) -> list[SupportRequest]:
    """Made for this offer first, then the actor's own, then complete ones; the newest of each first."""
    found = db.session.scalars(
        visible_requests(actor).where(SupportRequest.organisation_id.in_(schools), SupportRequest.state == request_rules.OPEN)
        .order_by(SupportRequest.published_at.desc(), SupportRequest.id.desc()).limit(CHOICES)
    ).all()  # fmt: skip
    return sorted(
        (r for r in found if can_edit(actor, r)),
        key=lambda r: (r.offer_id != offer.id, r.author_id != actor.user_id, not request_rules.is_complete(r)),
    )


def _stop(offer: Offer, company: Organisation, at: datetime) -> str:
    if offer.places_left == 0:
        return wording.full_this_year()
    if company.full_until is not None and company.full_until > at:
        return wording.full_until(company.name, day(company.full_until))
    return ""


def _of_company(request: SupportRequest, offer_id: int | None, companies: list[int]) -> Opening:
    statement = select(Offer).where(
        Offer.organisation_id.in_(companies), Offer.state == "published", Offer.replaces_id.is_(None)
    )
    if offer_id is not None:
        offers = [_one(statement.where(Offer.id == offer_id))]
    else:
        offers = list(db.session.scalars(statement.order_by(Offer.title, Offer.id).limit(CHOICES)))
    school = db.session.get_one(Organisation, request.organisation_id)
    closed = request.state != request_rules.OPEN
    return Opening(
        rules.COMPANY, school, offers[0] if len(offers) == 1 else None, request, [], offers,
        stop=wording.not_looking() if closed else "",
    )  # fmt: skip


def existing(actor: Actor, offer_id: int, request_id: int) -> tuple[int, bool] | None:
    """The conversation that these two have about exactly this already, if the actor may read it, and whether it is held."""
    return db.session.execute(
        visible_conversations(actor).where(
            Conversation.offer_id == offer_id, Conversation.support_request_id == request_id
        ).with_only_columns(Conversation.id, Conversation.asked_at.is_(None)).limit(1)
    ).tuples().first()  # fmt: skip
