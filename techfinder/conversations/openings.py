"""Before a conversation begins: what it would be about, which choices there are, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from techfinder.conversations import rules, wording
from techfinder.conversations.models import Conversation
from techfinder.conversations.policy import visible_conversations, vouched
from techfinder.core.db import db
from techfinder.core.permissions import Actor, require_visible
from techfinder.core.text import day
from techfinder.offers.models import Offer
from techfinder.offers.policy import company_ids, visible_offers
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import school_ids, visible_requests


@dataclass(frozen=True)
class Opening:
    """A first message that may be written. `side`: who the actor speaks for.

    For a school `choices` are its open requests and `offer` is fixed; for a company its published offers, and `request`
    is fixed. `chosen` is the one that the page begins with.
    """

    side: str
    other: Organisation
    offer: Offer | None
    request: SupportRequest | None
    choices: list[Offer] | list[SupportRequest]
    chosen: int | None
    full: str
    held: bool

    def request_of(self, choice: int | None) -> SupportRequest | None:
        """The request that the conversation would be about."""
        if self.side == rules.COMPANY:
            return self.request
        return next((c for c in self.choices if c.id == choice and isinstance(c, SupportRequest)), None)

    def offer_of(self, choice: int | None) -> Offer | None:
        """The offer that the conversation would be about."""
        if self.side == rules.SCHOOL:
            return self.offer
        return next((c for c in self.choices if c.id == choice and isinstance(c, Offer)), None)

    def missing(self, choice: int | None) -> str:
        """What the chosen request still needs before companies may be asked; empty when nothing."""
        request = self.request_of(choice)
        return wording.missing(request_rules.missing(request)) if request is not None else ""


def opening(actor: Actor, offer_id: int | None, request_id: int | None, at: datetime) -> Opening:
    """What this actor may begin about this offer and request. Raises `NotVisible` for whoever has no side in it."""
    own_schools, own_companies = set(school_ids(actor)), set(company_ids(actor))
    request = _request(actor, request_id)
    if offer_id is not None and (request is None or request.organisation_id in own_schools):
        return _for_school(actor, offer_id, request, own_schools, at)
    if request is not None and own_companies:
        return _for_company(actor, request, offer_id)
    return require_visible(None)  # type: ignore[no-any-return]


def _request(actor: Actor, request_id: int | None) -> SupportRequest | None:
    if request_id is None:
        return None
    found = db.session.scalars(visible_requests(actor).where(SupportRequest.id == request_id)).one_or_none()
    return require_visible(found)  # type: ignore[no-any-return]


def _for_school(
    actor: Actor, offer_id: int, request: SupportRequest | None, schools: set[int], at: datetime
) -> Opening:
    require_visible(schools or None)
    found = db.session.execute(
        visible_offers(actor).where(Offer.id == offer_id, Offer.state == "published", Offer.replaces_id.is_(None))
        .add_columns(Organisation)
    ).one_or_none()  # fmt: skip
    offer, company = require_visible(found)
    open_ones = list(
        db.session.scalars(
            select(SupportRequest).where(SupportRequest.organisation_id.in_(schools), SupportRequest.state == request_rules.OPEN)
            .order_by(SupportRequest.published_at.desc(), SupportRequest.id.desc()).limit(20)
        )
    )  # fmt: skip
    if request is not None:
        open_ones = [request]
    chosen = _first(open_ones, offer.id)
    seat = actor.seat("organisation", chosen.organisation_id if chosen else min(schools))
    return Opening(
        rules.SCHOOL, company, offer, chosen if request is not None else None, open_ones, chosen.id if chosen else None,
        full=_full(offer, company, at), held=seat is not None and not seat.verified,
    )


def _first(requests: list[SupportRequest], offer_id: int) -> SupportRequest | None:
    """The request to begin with: made for this offer, else the newest complete one, else the newest."""
    order = sorted(requests, key=lambda r: (r.offer_id != offer_id, not request_rules.is_complete(r)))
    return order[0] if order else None


def _full(offer: Offer, company: Organisation, at: datetime) -> str:
    if offer.places_left == 0:
        return wording.full_this_year()
    if company.full_until is not None and company.full_until > at:
        return wording.full_until(company.name, day(company.full_until))
    return ""


def _for_company(actor: Actor, request: SupportRequest, offer_id: int | None) -> Opening:
    companies = [s.scope_id for s in actor.seats if s.kind == rules.COMPANY and s.group_verified and vouched(s)]
    offers = list(
        db.session.scalars(
            select(Offer).where(Offer.organisation_id.in_(companies or [-1]), Offer.state == "published", Offer.replaces_id.is_(None))
            .order_by(Offer.title, Offer.id).limit(100)
        )
    )  # fmt: skip
    if offer_id is not None:
        offers = [o for o in offers if o.id == offer_id]
        require_visible(offers or None)
    school = db.session.get_one(Organisation, request.organisation_id)
    return Opening(
        rules.COMPANY, school, None, request, offers, offers[0].id if len(offers) == 1 else None, full="", held=False
    )


def existing(actor: Actor, offer_id: int | None, request_id: int | None) -> int | None:
    """The conversation that these two have about exactly this already, if the actor may read it."""
    found: int | None = db.session.scalar(
        visible_conversations(actor).where(
            Conversation.offer_id == offer_id, Conversation.support_request_id == request_id
        ).with_only_columns(Conversation.id).limit(1)
    )  # fmt: skip
    return found
