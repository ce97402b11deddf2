"""HTTP for discovery, and nothing else."""

from dataclasses import replace
from typing import Any

from flask import jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from techfinder.core.mail import absolute_url
from techfinder.core.permissions import Access, Actor, access
from techfinder.core.web import actor
from techfinder.discovery import facets, links, request_views, sitemap, wording
from techfinder.discovery.blueprint import bp
from techfinder.discovery.completions import places, words
from techfinder.discovery.forms import ANY_DISTANCE, DISTANCES, SORTS, Asked, read, tidy
from techfinder.discovery.results import cards, map_points
from techfinder.discovery.search import Answer, answer, own_school

__all__ = ["bp", "request_views", "sitemap"]


@bp.get("/aanbod")
@access(Access.PUBLIC)
def offers() -> ResponseReturnValue:
    """Search what companies offer: words, place, filters; a list and a map."""
    asked = _with_own_place(actor(), read(request.args))
    found = answer(actor(), asked)
    shown = replace(asked, page=found.page.number)
    canonical = links.address(replace(shown, prefilled=False))
    page = make_response(render_template("discovery/offers.html", **_context(shown, found), canonical=absolute_url(canonical)))
    if asked.anything or asked.sort:
        page.headers["X-Robots-Tag"] = "noindex, follow"
    return page


def _with_own_place(who: Actor, asked: Asked) -> Asked:
    """A teacher begins at the own school; an empty `postcode` in the address says that no place is meant."""
    school = own_school(who)
    if school is None:
        return asked
    if "postcode" not in request.args:
        return replace(asked, postcode=school.postcode or "", prefilled=True)
    return replace(asked, prefilled=True)


def _context(asked: Asked, found: Answer) -> dict[str, Any]:
    """Everything the page shows; the template asks nothing."""
    place = found.where.place
    home = {"lat": place.lat, "lon": place.lon, "label": wording.place_name(found.where)} if place else None
    return {
        "asked": asked, "page": found.page, "title": wording.title(asked, found.where), "count": wording.number(found.page.total),
        "line": wording.line(found), "place_error": wording.about_place(found.where, asked.postcode),
        "cards": cards(found), "groups": facets.groups(found), "chips": facets.chips(found),
        "everything": links.address(Asked(prefilled=asked.prefilled)),
        "points": map_points(found), "home": home, "radius_km": asked.km if place else None, "caption": wording.caption(found),
        "sorts": _sorts(found), "sort": found.sort, "distances": _distances(asked.km),
        "distance": ANY_DISTANCE if asked.km is None else asked.km, "page_url": lambda n: links.address(asked, page=n),
        "rest": lambda *names: links.pairs(replace(asked, page=1), frozenset(names)),
        "ways_out": wording.ways_out(found), "why": wording.why_nothing(found),
        "meant": found.result.did_you_mean, "meant_url": links.address(asked, q=found.result.did_you_mean or ""),
    }  # fmt: skip


def _distances(km: int | None) -> list[tuple[int | str, str]]:
    values = sorted({*DISTANCES, *([km] if km else [])})
    return [*((value, wording.within(value)) for value in values), (ANY_DISTANCE, wording.any_distance())]


def _sorts(found: Answer) -> list[tuple[str, str]]:
    return [(key, wording.sort_label(key)) for key in SORTS if key != "afstand" or found.where.place]


@bp.get("/aanbod/suggesties")
@access(Access.PUBLIC)
def complete() -> ResponseReturnValue:
    """What the words (`q`) or the place (`plaats`) that somebody is typing may become: [{value, label, more}]."""
    if "plaats" in request.args:
        return jsonify(places(tidy(request.args["plaats"], 80)))
    return jsonify(words(tidy(request.args.get("q", ""), 80)))
