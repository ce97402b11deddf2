"""Where Dutch postcodes, places and municipalities are. Works offline and never raises on what people type."""

import csv
import re
from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache
from os import PathLike

from techfinder.geo.distance import km
from techfinder.geo.names import PROVINCES, bare, fold, province_key, short_suffix, spelled_out_province, split_hint
from techfinder.geo.postcodes import parse_pc4, split_postcode
from techfinder.geo.tables import Named, tables
from techfinder.geo.values import Place

LONGEST = 200
"""Characters of a text that are looked at; no Dutch address is longer."""

_VARIANTS = (
    (r"\b(a d|ad)\b", "aan den"),
    (r"\baan de\b", "aan den"),
    (r"\baan den\b", "aan de"),
    (r"\bo d\b", "op den"),
    (r"\bv d\b", "van den"),
    (r"\bv\b", "van"),
    (r"\bst\b", "sint"),
)
"""Ways of writing that are tried in turn on a name that is not known: "Koog a/d Zaan", "Hoek v. Holland"."""

NEIGHBOUR_KM = 20.0
"""A place may be hinted at by a municipality next to its own: villages spread over borders."""


def locate(text: str) -> Place | None:
    """Return where a postcode, a place or both are, or None.

    A known postcode decides ("5701 AB", "5701AB", "5701", "5701 AB Helmond", "Helmond 5701"); behind an
    unknown or impossible one ("0000 Helmond") the place is tried. Homonyms are told apart by province or municipality ("Hengelo (Gld)",
    "Bergen, Limburg", "Spijk (Zevenaar)"); without that the largest is meant. At last the name of a
    municipality or province counts.
    """
    if not isinstance(text, str):
        return None
    code, rest = split_postcode(text[:LONGEST])
    known = tables().codes.get(code[:4]) if code else None
    if known:
        return known if known.postcode == code else replace(known, postcode=code)
    return _by_name(rest) or _by_name(" ".join(word for word in rest.split() if not word[0].isdigit()))


def postcode(pc4: str) -> Place | None:
    """Return the middle of a four-digit postcode ("5701", "5701 AB" too), or None when there is no such code."""
    digits = parse_pc4(pc4)
    return tables().codes.get(digits) if digits else None


def postcodes() -> tuple[Place, ...]:
    """Return every known four-digit postcode, in order."""
    return tuple(tables().codes.values())


def name_words() -> frozenset[str]:
    """The folded names of places and municipalities that are one word."""
    known = tables()
    return frozenset(name for name in (*known.names, *known.municipality_keys) if name.isalpha())


def place_names(prefix: str, limit: int = 10) -> list[str]:
    """Return names that begin with what was typed, largest place first, for autocompletion.

    Homonyms carry their municipality ("Spijk (Zevenaar)"); `locate` knows every one of them.
    """
    start = fold(prefix[:LONGEST])
    if not start or limit < 1:
        return []
    keys = _sorted_names()
    found: dict[str, int] = {}
    for key in keys[bisect_left(keys, start) : bisect_left(keys, start + "\uffff")]:
        options = tables().names[key]
        for named in options:
            found.setdefault(_label(key, named, len(options) > 1), named.codes)
    return sorted(found, key=lambda name: (-found[name], name))[:limit]


def municipalities() -> tuple[str, ...]:
    """Return the names of all municipalities as they are spelled, in alphabetical order."""
    return tuple(tables().municipalities)


def provinces() -> tuple[str, ...]:
    """Return the names of the twelve provinces, from north-east to south."""
    return PROVINCES


def municipality_key(text: str) -> str | None:
    """Return a municipality's proper name however it is written ("S GRAVENHAGE", "Den Haag", "gemeente
    Uden").

    Former municipalities answer with the one they went into. None when it is not a municipality, or more than
    one.
    """
    keys = tables().municipality_keys
    key = bare(str(text)[:LONGEST])
    if key in keys:
        return keys[key]
    head, province = short_suffix(key)
    name = keys.get(head)
    return name if name and province and tables().municipalities[name].province == province else None


def municipality_centre(municipality: str) -> tuple[float, float] | None:
    """Return (lat, lon) of the middle of a municipality's postcodes: where people live rather than where land
    lies.

    A person's starting point is snapped to this before it is stored, so no search can find a house.
    """
    name = municipality_key(municipality)
    return tables().municipalities[name].point if name else None


def province_of(municipality: str) -> str | None:
    """Return the province of a municipality, or None when there is no such municipality."""
    name = municipality_key(municipality)
    return tables().municipalities[name].province if name else None


def postcodes_of(municipality: str) -> tuple[str, ...]:
    """Return a municipality's four-digit postcodes in order; none for an unknown municipality."""
    name = municipality_key(municipality)
    return tuple(code for code, place in tables().codes.items() if place.municipality == name)


def to_pc4_csv(path: str | PathLike[str]) -> None:
    """Write the positions of all postcodes as `pc4,lat,lon`, for programs that know nothing of this package."""
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("pc4", "lat", "lon"))
        writer.writerows((code, place.lat, place.lon) for code, place in tables().codes.items())


def _by_name(text: str) -> Place | None:
    if not fold(text):
        return None
    name, hint = split_hint(text)
    found = _hinted(fold(name), hint) if fold(hint) else None
    found = found or _exact(fold(text)) or _trailing_hint(fold(text))
    if found or "," not in text:
        return found
    return _by_name(text.rpartition(",")[2])  # "Markt 1, Helmond": the place stands last


def _exact(key: str) -> Place | None:
    place, town = _best_place(key), municipality_key(key)
    if place and town and place.municipality != town and fold(town) == key:
        codes = max(named.codes for named in tables().names[_spelling(key)])
        place = place if codes >= tables().sizes[town] else None  # the hamlet Altena and the municipality Altena
    if place:
        return place
    if town:
        return tables().municipalities[town]
    province = spelled_out_province(key)
    return tables().provinces[province] if province else None


def _hinted(key: str, hint: str) -> Place | None:
    """Look a name up within a province or municipality; a hint that is neither ("Nederland") is ignored."""
    province, town = province_key(hint), municipality_key(hint)
    if not province and not town:
        return _exact(key)
    options = tables().names.get(_spelling(key), ())
    for named in options:
        if named.place.province == province or named.place.municipality == town:
            return named.place
    if town and options:
        centre = tables().municipalities[town].point
        nearest = min((named.place for named in options), key=lambda place: km(place.point, centre))
        return nearest if km(nearest.point, centre) <= NEIGHBOUR_KM else None
    same = municipality_key(key)
    municipality = tables().municipalities[same] if same else None
    return municipality if municipality and municipality.province == province else None


def _trailing_hint(key: str) -> Place | None:
    """Read "bergen limburg" and "spijk west betuwe" as a name with a hint behind it."""
    words = key.split()
    for count in range(1, min(5, len(words))):
        head, tail = " ".join(words[:-count]), " ".join(words[-count:])
        if _spelling(head) in tables().names and (province_key(tail) or municipality_key(tail)):
            return _hinted(head, tail)
    return None


def _best_place(key: str) -> Place | None:
    options = tables().names.get(_spelling(key))
    return options[0].place if options else None


def _spelling(key: str) -> str:
    """Return the key under which a name is known: "capelle a d ijssel" and "denhaag" have one as well."""
    names = tables().names
    if key in names:
        return key
    changed = key
    for pattern, words in _VARIANTS:
        changed = re.sub(pattern, words, changed)
        if changed in names:
            return changed
    return tables().compact.get(key.replace(" ", ""), key)


@lru_cache(maxsize=1)
def _sorted_names() -> list[str]:
    return sorted(tables().names)


def _label(key: str, named: Named, homonyms: bool) -> str:
    alone = not homonyms or fold(named.label) != key or fold(named.place.municipality) == key
    return named.label if alone else f"{named.label} ({named.place.municipality})"
