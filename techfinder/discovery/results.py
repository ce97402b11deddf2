"""The page of results as cards and as points on the map, with the same numbers."""

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from techfinder.discovery.marking import excerpt, marked
from techfinder.discovery.search import Answer, Found
from techfinder.offers.models import StartingPoint
from techfinder.offers.queries import Card, card_of
from techfinder.offers.wording import themes as theme_labels
from techfinder.reference import kinds


def cards(answer: Answer) -> list[Card]:
    """Cards in the order of the results. Those that stand on the map carry its numbers."""
    numbers = _numbers(answer)
    return [_card(found, numbers.get(found.offer.id), bool(answer.where.place)) for found in answer.page.items]


def _numbers(answer: Answer) -> dict[int, int]:
    """Offer id → number on the map, from 1 on every page."""
    placed = [found.offer.id for found in answer.page.items if _place(found)]
    return {ident: n for n, ident in enumerate(placed, 1)}


def _about(found: Found) -> Markup | None:
    """The theme or the company that the words are about, where the texts don't hold them."""
    themes = excerpt(theme_labels(found.offer.themes), found.hit.words)
    return Markup(escape(_("Thema:"))) + " " + themes if themes else marked(found.company.place, found.hit.words)


def _card(found: Found, n: int | None, placed: bool) -> Card:
    card, offer, words = card_of(found.offer, found.company), found.offer, found.hit.words
    title = marked(card["title"], words)
    card |= {"n": n, "title": title or card["title"], "text": "" if title else excerpt([offer.summary, offer.activity], words) or ""}
    if not (title or card["text"]):
        card["text"] = _about(found) or ""
    if found.hit.km is not None:
        card["km"] = found.hit.km
    elif placed:
        card["badges"] = [*card["badges"], (_("kan overal"), "info")]
    return card


def _place(found: Found) -> StartingPoint | None:
    """The starting point that the distance counts from; without a place the first one. Where nobody travels there is none."""
    points = found.offer.points
    counted = next((p for p in points if p.id == found.hit.point_id), None)
    if counted is not None or kinds.kind(found.offer.kind).travels == "nobody":
        return counted
    return points[0] if points else None


def map_points(answer: Answer) -> list[dict[str, Any]]:
    """One point an offer, leading to its place in the list."""
    numbers = _numbers(answer)
    return [
        {"lat": p.lat, "lon": p.lon, "n": numbers[f.offer.id], "title": f.offer.title, "anchor": f"aanbod-{f.offer.id}"}
        for f in answer.page.items if (p := _place(f))
    ]  # fmt: skip
