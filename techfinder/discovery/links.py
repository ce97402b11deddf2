"""A search as an address: the same search always has the same one."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from techfinder.discovery.forms import ANY_DISTANCE, USUAL_KM, Asked

LISTS = {"kinds": "soort", "levels": "niveau", "themes": "thema", "languages": "taal", "regions": "regio", "costs": "kosten"}
NO_FILTERS = dict.fromkeys(LISTS, ()) | {"period_from": None, "period_until": None}


def pairs(asked: Asked, leave_out: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The parameters in a fixed order; what holds anyway is left out. `leave_out` names parameters."""
    found: list[tuple[str, str]] = []
    if asked.q:
        found.append(("q", asked.q))
    if asked.postcode or asked.prefilled:
        found.append(("postcode", asked.postcode))
    if asked.postcode and asked.km != USUAL_KM:
        found.append(("afstand", ANY_DISTANCE if asked.km is None else str(asked.km)))
    for name, parameter in LISTS.items():
        found += [(parameter, value) for value in sorted(getattr(asked, name))]
    if asked.period_from:
        found.append(("van", asked.period_from.isoformat()))
    if asked.period_until:
        found.append(("tot", asked.period_until.isoformat()))
    if asked.sort:
        found.append(("sorteer", asked.sort))
    if asked.page > 1:
        found.append(("pagina", str(asked.page)))
    return [pair for pair in found if pair[0] not in leave_out]


def address(asked: Asked, **changes: Any) -> str:
    """The address of this search, with some things changed; a changed search begins at page 1."""
    if changes:
        asked = replace(asked, **{"page": 1, **changes})
    query = urlencode(pairs(asked))
    return url_for("discovery.offers") + (f"?{query}" if query else "")


def without(asked: Asked, name: str, value: str) -> str:
    """The address with one value of one filter taken away."""
    return address(asked, **{name: tuple(v for v in getattr(asked, name) if v != value)})


def bare(asked: Asked) -> str:
    """The address without any filter; words and place stay."""
    return address(asked, **NO_FILTERS)
