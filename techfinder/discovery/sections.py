"""What discovery adds to the page of an offer: offers like it, and for its company the schools that look for this."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup

from techfinder.core.clock import now
from techfinder.core.permissions import Actor
from techfinder.discovery import suggestions
from techfinder.discovery.engine import engine
from techfinder.matching.values import Need
from techfinder.offers.documents import theme_words
from techfinder.offers.models import Offer
from techfinder.offers.policy import can_edit, viewer_labels
from techfinder.offers.queries import Card, cards, row
from techfinder.support_requests.policy import is_verified_company_member

ALIKE, SEEKERS = 3, 3
NEIGHBOURHOOD_KM = 50.0  # how far a class would travel for something like it


def alike(actor: Actor, offer_id: int) -> str:
    """ "Lijkt hierop": up to three offers on the same subject for the same levels, those in the neighbourhood first."""
    offer, _company = row(actor, offer_id)
    found = _cards_alike(actor, offer, now())
    return Markup(render_template("discovery/_alike.html", cards=found)) if found else ""


def _cards_alike(actor: Actor, offer: Offer, at: datetime) -> list[Card]:
    order: dict[int, float | None] = {}
    for near in (True, False) if offer.points else (False,):
        if len(order) < ALIKE:
            found = engine().suggest(_as_need(offer, near), at, ALIKE + 1, viewer_labels(actor), explain=False).fits
            order |= {s.id: None for s in found if s.id != offer.id and s.id not in order}
    return cards(actor, list(order)[:ALIKE])


def _as_need(offer: Offer, near: bool) -> Need:
    """An offer as somebody would ask for it who liked it."""
    place = {"lat": offer.points[0].lat, "lon": offer.points[0].lon, "max_travel_km": NEIGHBOURHOOD_KM} if near else {}
    return Need(
        id=0, organisation_id=0, title=offer.title, description=offer.summary, levels=offer.levels, themes=tuple(offer.themes),
        theme_words=theme_words(offer.themes), **place,  # type: ignore[arg-type]
    )  # fmt: skip


def seekers(actor: Actor, offer_id: int) -> str:
    """ "Scholen die dit zoeken": for verified members of the company, the requests that this offer fits best."""
    if not is_verified_company_member(actor):
        return ""
    offer, company = row(actor, offer_id)
    if not can_edit(actor, offer):
        return ""
    found = suggestions.for_company(actor, company, offer_id).found
    if not found:
        return ""
    return Markup(
        render_template("discovery/_seekers.html", found=found[:SEEKERS], total=len(found), offer_id=offer_id, company_id=company.id)
    )
