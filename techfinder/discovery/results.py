"""The page of results as cards and as points on the map, with the same numbers."""

from typing import Any

from flask_babel import gettext as _

from techfinder.discovery import wording
from techfinder.discovery.search import Answer, Found
from techfinder.offers.models import StartingPoint
from techfinder.offers.queries import Card, card_of
from techfinder.reference import kinds


def cards(answer: Answer) -> list[Card]:
    """Cards in the order of the results, numbered through all pages."""
    first = (answer.page.number - 1) * answer.page.size
    return [_card(found, first + n, bool(answer.where.place)) for n, found in enumerate(answer.page.items, 1)]


def _card(found: Found, n: int, placed: bool) -> Card:
    card = card_of(found.offer, found.company)
    title = card["title"]
    summary = wording.marked(found.offer.summary, found.hit.words)
    card |= {"n": n if _place(found) else None, "title": wording.marked(title, found.hit.words)}
    if summary is not found.offer.summary:
        card["text"] = summary  # only where it shows why it was found
    if found.hit.km is not None:
        card["km"] = found.hit.km
    elif placed and kinds.kind(found.offer.kind).reach == "anywhere":
        card["badges"] = [*card["badges"], (_("kan overal"), "info")]
    return card


def _place(found: Found) -> StartingPoint | None:
    """The starting point that the distance counts from; without a place the first one. Where nobody travels there is none."""
    if kinds.kind(found.offer.kind).reach == "anywhere":
        return None
    points = found.offer.points
    return next((p for p in points if p.id == found.hit.point_id), points[0] if points else None)


def map_points(answer: Answer) -> list[dict[str, Any]]:
    """One point an offer, leading to its place in the list."""
    first = (answer.page.number - 1) * answer.page.size
    placed = [(n, f, _place(f)) for n, f in enumerate(answer.page.items, first + 1)]
    return [
        {"lat": p.lat, "lon": p.lon, "n": n, "title": f.offer.title, "anchor": f"aanbod-{f.offer.id}"} for n, f, p in placed if p
    ]
