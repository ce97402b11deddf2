"""What would make a near miss fit, the one change of the request that does it when it is the school's, and why nothing fits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from techfinder.core.errors import RuleBroken
from techfinder.discovery.explain import Line, far_words, locale, point_of
from techfinder.matching.values import NearMiss, Need, Supply
from techfinder.reference import kinds, languages, levels, times
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.wording import period

TWO_WEEKS = timedelta(days=11)  # from a Monday to the Friday of the next week
FIELDS = ("max_travel_km", "kind", "weekdays", "dayparts", "period_from", "period_until", "language")


@dataclass(frozen=True)
class Change:
    """`button` and `fields` are empty when only the company can change it: then one can ask."""

    would: Markup
    button: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def _says(sentence: str, **words: str) -> Markup:
    strong = {name: Markup("<strong>{}</strong>").format(word) for name, word in words.items()}
    return Markup(sentence) % strong


def change(need: Need, supply: Supply, miss: NearMiss, today: date) -> Change:
    """What has to change, and by whom."""
    would = miss.would
    if miss.fails == "reach" and "max_travel_km" in would:
        km = far_words(would["max_travel_km"])
        return Change(
            _says(_("Past als jullie klas %(km)s mag reizen."), km=km), _("Maak er %(km)s van", km=km),
            {"max_travel_km": f"{would['max_travel_km']:g}"},
        )  # fmt: skip
    if miss.fails == "reach":
        return Change(_says(_("Past als het bedrijf %(km)s wil reizen."), km=far_words(would.get("radius_km"))))
    if miss.fails == "levels":
        return Change(
            _says(
                _("Is er voor %(levels)s. Past als het ook voor jullie groep mag."),
                levels=levels.describe(supply.levels, locale()),
            )
        )
    if miss.fails == "period":
        return _period(need, supply, would.get("date"), today)
    if miss.fails == "kind":
        label = kinds.kind(supply.kind).label(locale())
        return Change(
            _says(_("Past als ook %(kind)s goed is."), kind=label), _("Zet %(kind)s erbij", kind=label), {"kind": supply.kind}
        )
    if miss.fails == "weekdays":
        days = times.describe_weekdays(would["weekdays"], locale())
        return Change(
            _says(_("Past als het ook op %(days)s mag."), days=days),
            _("Voeg %(days)s toe", days=days),
            {"weekdays": str(would["weekdays"])},
        )
    if miss.fails == "dayparts":
        parts = times.describe_dayparts(would["dayparts"], locale())
        return Change(
            _says(_("Past als het ook in de %(parts)s mag."), parts=parts),
            _("Voeg %(parts)s toe", parts=parts),
            {"dayparts": str(would["dayparts"])},
        )
    if miss.fails == "language":
        label = languages.language(supply.language).label(locale())
        return Change(
            _says(_("Past als het ook in het %(language)s mag."), language=label), _("Elke taal is goed"), {"language": "*"}
        )
    return Change(_says(_("Past bijna.")))


def _period(need: Need, supply: Supply, day: date | None, today: date) -> Change:
    """Two school weeks on the nearest side of the company's period, cut to it."""
    if day is None:
        return Change(_says(_("Past in een andere periode.")))
    if need.period_until and day > need.period_until:
        first, last = day, min(day + TWO_WEEKS, supply.period_until or date.max)
        fields = {"period_until": last.isoformat()}
    else:
        first, last = max(day - TWO_WEEKS, today, supply.period_from or date.min), day
        fields = {"period_from": first.isoformat()}
    words = period(first, last)
    return Change(_says(_("Past als het ook %(period)s mag."), period=words), _("Neem die weken erbij"), fields)


def beyond_words(km: float | None, limit: float | None) -> str:
    """A distance past a limit, with a decimal where the round number would look as if it fits: "40,3 km", not "40 km"."""
    words = far_words(km)
    if km is None or words != far_words(limit):
        return words
    return f"{format_decimal(math.ceil(km * 10) / 10, '0.0')}\u00a0km"


def failing(need: Need, supply: Supply, miss: NearMiss) -> Line:
    """The one thing that does not fit, said plainly."""
    point = point_of(supply, miss.suggestion)
    limit = need.max_travel_km if "max_travel_km" in miss.would else point.radius_km if point else None
    km = beyond_words(miss.suggestion.km, limit)
    if miss.fails == "reach" and "max_travel_km" in miss.would:
        return Line(
            "reach",
            _("Te ver: %(km)s hemelsbreed. Jullie klas reist tot %(limit)s.", km=km, limit=far_words(limit)),
            True,
        )
    if miss.fails == "reach":
        return Line(
            "reach",
            _(
                "Te ver: %(km)s hemelsbreed. Het bedrijf reist tot %(limit)s.",
                km=km,
                limit=far_words(limit),
            ),
            True,
        )
    sentences = {
        "levels": _("Niet voor %(levels)s.", levels=levels.describe(need.levels, locale())),
        "period": _("Kan niet in jullie periode."),
        "kind": _("Jullie vroegen iets anders."),
        "weekdays": _("Kan niet op de dagen die jullie kozen."),
        "dayparts": _("Kan niet op het deel van de dag dat jullie kozen."),
        "language": _("Is niet in de taal die jullie kozen."),
    }
    return Line(miss.fails, sentences.get(miss.fails, _("Past net niet.")), True)


def content(request: SupportRequest, typed: Mapping[str, str]) -> dict[str, Any]:
    """The button's fields as content for `support_requests.service.save`: exactly that change and nothing else.

    Raises `RuleBroken` for fields that no button of ours sends.
    """
    found: dict[str, Any] = {}
    try:
        for name in (n for n in FIELDS if typed.get(n)):
            found |= _one(request, name, typed[name])
    except (ValueError, KeyError) as error:
        raise RuleBroken("support_request.state") from error
    if not found:
        raise RuleBroken("support_request.state")
    return found


def _one(request: SupportRequest, name: str, value: str) -> dict[str, Any]:
    elsewhere = {"where": "either"} if request.where == "at_school" else {}
    if name == "max_travel_km":
        km = float(value)
        if not 0 < km <= 150:
            raise ValueError(value)
        return {"max_travel_km": km, **elsewhere}
    if name == "kind":
        asked = kinds.kind(value)
        if not request.kinds:
            return {"where": "either"}
        return {"kinds": [*request.kinds, asked.code.value], **(elsewhere if asked.reach == "class" else {})}
    if name in ("weekdays", "dayparts"):
        return {name: getattr(request, name) | (int(value) & 0x7F)}
    if name == "language":
        return {"language": ""}
    return {name: date.fromisoformat(value)}


def why_nothing(failures: Mapping[str, int], on_subject: int) -> list[str]:
    """Why nothing fits, from what alone kept offers on this subject out; the most frequent first."""
    if not on_subject:
        return [_("Er is nog geen aanbod over dit onderwerp.")]
    words = {
        "levels": lambda n: ngettext("%(num)d aanbod is voor andere groepen.", "%(num)d keer is het voor andere groepen.", n),
        "reach": lambda n: ngettext("%(num)d aanbod is te ver weg.", "%(num)d keer is het te ver weg.", n),
        "period": lambda n: ngettext(
            "%(num)d aanbod kan niet in jullie periode.", "%(num)d keer kan het niet in jullie periode.", n
        ),
        "weekdays": lambda n: ngettext(
            "%(num)d aanbod kan niet op jullie dagen.", "%(num)d keer kan het niet op jullie dagen.", n
        ),
        "dayparts": lambda n: ngettext(
            "%(num)d aanbod kan op een ander deel van de dag.", "%(num)d keer kan het op een ander deel van de dag.", n
        ),
        "kind": lambda n: ngettext("%(num)d aanbod is van een andere soort.", "%(num)d keer is het van een andere soort.", n),
        "language": lambda n: ngettext("%(num)d aanbod is in een andere taal.", "%(num)d keer is het in een andere taal.", n),
        "full": lambda n: ngettext("%(num)d aanbod zit vol.", "%(num)d keer zit het vol.", n),
        "unavailable": lambda n: ngettext(
            "%(num)d bedrijf heeft nu genoeg aanvragen.", "%(num)d keer heeft het bedrijf nu genoeg aanvragen.", n
        ),
        "expired": lambda n: ngettext("%(num)d aanbod is voorbij.", "%(num)d keer is het voorbij.", n),
    }
    found = sorted(((n, code) for code, n in failures.items() if n and code in words), key=lambda pair: -pair[0])
    return [words[code](n) for n, code in found[:3]] or [_("Wat er is, past op meer dan één punt niet.")]
