"""What the search page says: its title, the line above the results, the sentence beside the place, the ways out."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from techfinder.core.text import shortened
from techfinder.discovery import links
from techfinder.discovery.facets import level_label
from techfinder.discovery.forms import Asked
from techfinder.discovery.search import Answer, Whereabouts
from techfinder.matching.values import Relaxation
from techfinder.offers.wording import locale
from techfinder.reference import levels

LONGEST_TITLE = 50  # characters of somebody's words in a title


def short(text: str) -> str:
    """The words as they fit in a title."""
    return shortened(text, LONGEST_TITLE)


def place_name(where: Whereabouts) -> str:
    return where.place.place or where.place.municipality or where.place.province if where.place else ""


def title(asked: Asked, where: Whereabouts) -> str:
    """ "Aanbod over robots bij Helmond"."""
    q, place = short(asked.q), place_name(where)
    if q and place:
        return _("Aanbod over %(q)s bij %(place)s", q=q, place=place)
    if q:
        return _("Aanbod over %(q)s", q=q)
    return _("Aanbod bij %(place)s", place=place) if place else _("Aanbod")


def number(n: int) -> str:
    """ "12 keer aanbod"."""
    return ngettext("%(num)d keer aanbod", "%(num)d keer aanbod", n)


def line(answer: Answer) -> str:
    """What follows the number: "binnen 25 km, voor groep 7-8"."""
    asked, parts = answer.asked, []
    if answer.where.place and asked.km is not None:
        parts.append(_("binnen %(km)d km", km=asked.km))
    if asked.levels:
        parts.append(_("voor %(levels)s", levels=_level_words(asked.levels)))
    return ", ".join(parts)


def _level_words(codes: tuple[str, ...]) -> str:
    """ "groep 5-8" for two unions that touch."""
    if len(codes) == 1:
        return level_label(codes[0])
    return levels.describe(levels.mask(codes), locale())


def about_place(where: Whereabouts, typed: str) -> str:
    """What to say beside the place field when it isn't understood."""
    if where.unknown_code and where.place:
        return _("Postcode %(code)s kennen we niet. We zoeken nu bij %(place)s.", code=where.unknown_code, place=place_name(where))
    if where.unknown_code:
        return _("Postcode %(code)s kennen we niet. Kijk of hij klopt, of vul een plaats in.", code=where.unknown_code)
    if where.unknown:
        return _("We kennen geen plaats ‘%(place)s’. Kijk of de naam klopt, of vul een postcode in.", place=short(typed))
    return ""


def way_out(asked: Asked, relaxation: Relaxation) -> dict[str, str]:
    """One change that gives results: what to do, how many it gives, and the address."""
    wider = relaxation.change.get("radius_km")
    n = number(relaxation.count)
    if relaxation.code == "radius_km" and wider:
        return {"label": _("Zoek binnen %(km)d km", km=int(wider)), "n": n, "url": links.address(asked, km=int(wider))}
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "radius_km": (_("Zoek in heel Nederland"), {"postcode": ""}),
        "kinds": (_("Zoek in alle soorten"), {"kinds": ()}),
        "levels": (_("Zoek voor alle groepen en klassen"), {"levels": ()}),
        "themes": (_("Zoek in alle thema’s"), {"themes": ()}),
        "languages": (_("Zoek in alle talen"), {"languages": ()}),
        "cost": (_("Zoek ook aanbod dat meer kost"), {"costs": ()}),
        "regions": (_("Zoek in alle regio’s"), {"regions": ()}),
        "period_from": (_("Laat de periode weg"), {"period_from": None, "period_until": None}),
        "text": (_("Laat de woorden weg"), {"q": ""}),
    }
    label, changes = ways[relaxation.code]
    return {"label": label, "n": n, "url": links.address(asked, **changes)}


def ways_out(answer: Answer) -> list[dict[str, str]]:
    """What gives results: one change that helps; else the words, the place or the filters alone; the whole list at last."""
    asked, alone = answer.asked, answer.alone
    found = [way_out(asked, r) for r in answer.result.relaxations][:5]
    if found or alone is None:
        return found
    for label, count, address in (
        (_("Zoek alleen op de woorden"), alone.words if asked.q else 0, links.address(Asked(q=asked.q, prefilled=asked.prefilled))),
        (_("Zoek alleen in de buurt"), alone.place if answer.where.place else 0, links.bare(replace(asked, q=""))),
        (_("Zoek alleen met de filters"), alone.filters if asked.chosen else 0, links.address(asked, q="", postcode="")),
    ):
        if count:
            found.append({"label": label, "n": number(count), "url": address})
    return found


def why_nothing(answer: Answer) -> str:
    """Why nothing was found, as far as one thing is to blame."""
    asked, alone = answer.asked, answer.alone
    codes = {r.code for r in answer.result.relaxations}
    if alone is None:
        return ""
    if asked.q and not alone.words:
        return _("Nog geen bedrijf noemt ‘%(q)s’.", q=short(asked.q))
    if "radius_km" in codes and asked.km is not None:
        return _("Binnen %(km)d km van %(place)s is er niets dat past.", km=asked.km, place=place_name(answer.where))
    return _("Alles samen past nog nergens bij.") if asked.chosen else ""


def within(km: int) -> str:
    """A choice of distance."""
    return _("%(km)d km", km=km)


def any_distance() -> str:
    return _("maakt niet uit")


def sort_label(key: str) -> str:
    return {"relevantie": _("wat het best past"), "afstand": _("afstand"), "nieuw": _("nieuwste eerst")}[key]


def caption(answer: Answer) -> str:
    """What stands under the map."""
    place = place_name(answer.where)
    sentences = [_("De nummers horen bij de lijst.")] if answer.page.items else []
    if answer.where.place and answer.asked.km is not None:
        sentences.append(_("De stippellijn is %(km)d km hemelsbreed van %(place)s.", km=answer.asked.km, place=place))
    elif answer.where.place:
        sentences.append(_("Kilometers zijn hemelsbreed, vanaf %(place)s.", place=place))
    return " ".join(sentences)
