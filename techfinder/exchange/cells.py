"""What the cells of our own formats say: numbers, lists of codes or words, places. What cannot be read is dropped with a note.

A row is refused only for what it cannot do without; the notes and refusals are for whoever runs the import.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from techfinder.core.errors import TechfinderError
from techfinder.exchange.tables import Row
from techfinder.geo import locate, parse_pc4, parse_postcode
from techfinder.organisations.rules import Location
from techfinder.reference import languages, levels, themes
from techfinder.reference.kinds import KINDS
from techfinder.reference.vocabulary import fold

LISTS = re.compile(r"[;|\n]")
NUMBER = re.compile(
    r"(?:€|eur|max\.?)?\s*(\d{1,7}(?:[.,]\d{1,2})?)\s*(?:,-|-)?\s*(?:min(?:uten|utes)?\.?|km|euro?|leerlingen|pupils)?", re.IGNORECASE
)
FREE = frozenset({"gratis", "free", "kosteloos", "geen", "none"})
MOST = {"duration_minutes": 20_000, "max_pupils": 5_000, "pupils": 20_000, "travel_km": 400, "max_travel_km": 400, "cost_eur": 50_000}
_KINDS = {
    fold(name): kind.code.value
    for kind in KINDS
    for name in (
        kind.code.value, kind.code.value.replace("_", " "), kind.label("nl"), kind.label("en"), kind.plural("nl"), kind.plural("en"),
    )
}  # fmt: skip


class Refused(TechfinderError):
    """A row that cannot be used; the text says why."""


@dataclass
class Cells:
    """One row while it is read; `notes` says what was dropped or changed."""

    row: Row
    notes: list[str] = field(default_factory=list)

    def text(self, name: str, most: int, needed: bool = False) -> str:
        """A text of at most `most` characters, cut between words when it is longer."""
        text = self.row[name]
        if needed and not text:
            raise Refused(f"no {name}")
        if len(text) <= most:
            return text
        self.notes.append(f"{name} cut to {most} characters")
        return shorten(text, most)[0]

    def number(self, name: str) -> float | None:
        """A number from 0 up to what is sensible for this column."""
        text = self.row[name].strip()
        if not text:
            return None
        found = NUMBER.fullmatch(text)
        value = 0.0 if text.lower() in FREE else float(found.group(1).replace(",", ".")) if found else None
        if value is None or value > MOST[name]:
            self.notes.append(f"{name} {text[:30]!r} is no number we can use")
            return None
        return value

    def whole(self, name: str) -> int | None:
        """A whole number above 0."""
        value = self.number(name)
        return round(value) if value is not None and round(value) > 0 else None

    def kind(self, name: str = "kind") -> str:
        """The code of a kind, or empty."""
        text = self.row[name]
        code = _KINDS.get(fold(text), "")
        if text and not code:
            self.notes.append(f"kind {text[:40]!r} is unknown")
        return code

    def kinds(self, name: str = "kind") -> list[str]:
        """Codes of kinds, each once; empty is any kind."""
        found = []
        for part in _parts(self.row[name]):
            code = _KINDS.get(fold(part))
            if code is None:
                self.notes.append(f"kind {part[:40]!r} is unknown")
            else:
                found.append(code)
        return list(dict.fromkeys(found))

    def levels(self, name: str = "levels") -> int:
        """The levels as a mask. Raises `Refused` when none can be read: whom it is for is what everybody asks first."""
        found, unknown = _levels(self.row[name])
        if not found:
            raise Refused(f"no level can be read in {self.row[name][:60]!r}" if self.row[name] else "no levels")
        if unknown:
            self.notes.append(f"levels {', '.join(unknown)[:80]!r} unknown")
        return found

    def themes(self, text: str, name: str = "themes") -> list[str]:
        """Codes of the labels that we know; when there is none, what the text speaks of."""
        parts = _parts(self.row[name])
        found = list(dict.fromkeys(code for part in parts if (code := _theme(part))))
        unknown = [part for part in parts if not _theme(part)]
        if unknown:
            self.notes.append(f"themes {', '.join(unknown)[:80]!r} unknown")
        return found or list(themes.derive(text))

    def language(self, name: str = "language") -> str:
        """A language's code; Dutch when nothing or something unknown is said."""
        text = self.row[name]
        code = languages.from_label(text) if text else "nl"
        if code is None:
            self.notes.append(f"language {text[:20]!r} is unknown, taken as Dutch")
        return code or "nl"

    def where(self) -> Location:
        """The place of a postcode; of the place's name when we do not know the postcode. Raises `Refused`."""
        postcode, place = self.row["postcode"], self.row["place"]
        found = _where(postcode, place)
        if found is None:
            raise Refused(f"neither postcode {postcode or '(none)'!r} nor place {place or '(none)'!r} is known")
        if found.postcode is None and postcode:
            self.notes.append(f"postcode {postcode!r} is unknown: the middle of {found.place} is taken")
        return found


def shorten(text: str, most: int) -> tuple[str, str]:
    """(a beginning of at most `most` characters, the rest): cut behind a sentence if that keeps half, else between words."""
    if len(text) <= most:
        return text, ""
    stops = [m.end() for m in re.finditer(r"[.!?](?=\s)", text[:most])]
    if stops and stops[-1] >= most / 2:
        return text[: stops[-1]].strip(), text[stops[-1] :].strip()
    at = text.rfind(" ", 0, most - 1)
    at = at if at > most / 2 else most - 1
    return text[:at].rstrip(" ,;:") + "…", text[at:].strip()


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in LISTS.split(cell) if part.strip()]


@lru_cache(maxsize=4096)
def _levels(cell: str) -> tuple[int, tuple[str, ...]]:
    found, unknown = levels.parse(cell)
    return found, tuple(unknown)


@lru_cache(maxsize=8192)
def _theme(label: str) -> str | None:
    return themes.from_label(label)


@lru_cache(maxsize=20_000)
def _where(postcode: str, place: str) -> Location | None:
    code = parse_postcode(postcode) or parse_pc4(postcode)
    found = locate(code) if code else None
    if found is not None:
        return Location(code, found.place, found.municipality, found.province, found.lat, found.lon)
    found = locate(place) if place else None
    return Location(None, found.place, found.municipality, found.province, found.lat, found.lon) if found else None
