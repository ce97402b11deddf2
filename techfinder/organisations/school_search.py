"""Find a school among all Dutch school locations by words of its name, its place, its postcode or its BRIN.

8,600 schools are few enough for one scan of a narrow index per search, on both databases; what this needs is stored
folded in `name_key` and `place_key`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, literal, or_, select

from techfinder.core.db import db
from techfinder.geo import fold, parse_postcode
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import brin_code

LONGEST, MOST_WORDS = 100, 8
# Words that people add or leave out at will: they never exclude a school.
LOOSE = frozenset((Path(__file__).parent / "data" / "loose_words.txt").read_text(encoding="ascii").split())
ALSO_CALLED = {
    "s gravenhage": "den haag", "s hertogenbosch": "den bosch", "den haag": "s gravenhage", "den bosch": "s hertogenbosch",
    "ljouwert": "leeuwarden", "leeuwarden": "ljouwert",
}  # fmt: skip


@dataclass(frozen=True)
class FoundSchool:
    """A school as a line in a list. `known`: somebody of this school uses Techfinder already."""

    id: int
    name: str
    street: str
    postcode: str
    place: str
    brin: str
    known: bool

    @property
    def where(self) -> str:
        """"Schoolstraat 1, Helmond": what tells schools with one name apart."""
        return ", ".join(part for part in (self.street, self.place) if part)


def name_key(name: str) -> str:
    """A school's or company's name as it is searched."""
    return fold(name)[:200]


def place_key(place: str) -> str:
    """A place as it is searched, with its other name behind it ("s gravenhage den haag")."""
    key = fold(place)
    return f"{key} {ALSO_CALLED[key]}" if key in ALSO_CALLED else key


def find_schools(text: str, limit: int = 10) -> list[FoundSchool]:
    """Approved schools that have all words (as beginnings of words), best first; when none has, those with most of them.

    Never raises, whatever the words contain. At most `limit` schools.
    """
    text = text[:LONGEST]
    code = brin_code(re.sub(r"\W", "", text))
    if code is not None:
        found = _select([Organisation.brin == code], limit)
        if found:
            return found
    postcode, rest = _take_postcode(text)
    words = fold(rest).split()[:MOST_WORDS]
    strict = [w for w in words if w not in LOOSE] or words
    near = [Organisation.postcode.startswith(postcode)] if postcode else []
    if not strict and not near:
        return []
    found = _select([*near, *map(_has, strict)], limit, words)
    if found or len(strict) + len(near) < 2:
        return found
    return _select([or_(*near, *map(_has, strict))], limit, words, strict)


def _take_postcode(text: str) -> tuple[str, str]:
    """("5701 AB" or "5701" or "", the words without it)."""
    match = re.search(r"(?<!\w)([1-9]\d{3})\s?([a-z]{2})?(?!\w)", text, re.IGNORECASE | re.ASCII)
    if match is None:
        return "", text
    whole = parse_postcode(match.group(0)) or match.group(1)
    letters_stay = match.group(2) if match.group(2) and len(whole) == 4 else ""
    return whole, f"{text[: match.start()]} {letters_stay} {text[match.end() :]}"


def _has(word: str) -> ColumnElement[bool]:
    """A word of the name, the place or the BRIN begins with this; `fold` left only letters and digits, so no wildcards."""
    begins, inside = f"{word}%", f"% {word}%"
    return or_(
        Organisation.name_key.like(begins), Organisation.name_key.like(inside), Organisation.place_key.like(begins),
        Organisation.place_key.like(inside), Organisation.brin == word.upper() if len(word) == 6 else literal(False),
    )


def _select(
    conditions: list[ColumnElement[bool]], limit: int, words: list[str] | None = None, counted: list[str] | None = None
) -> list[FoundSchool]:
    whole = " ".join(words or [])
    order: list[ColumnElement[int]] = []
    if counted:
        order.append(-sum((cast(case((_has(w), 1), else_=0), Integer) for w in counted), start=literal(0)))
    order.append(case((Organisation.name_key == whole, 0), (Organisation.name_key.like(f"{whole}%"), 1), else_=2))
    rows = db.session.execute(
        select(
            Organisation.id, Organisation.name, Organisation.street, Organisation.postcode, Organisation.place, Organisation.brin,
            Organisation.claimed,
        )
        .where(
            Organisation.kind == "school", Organisation.state == "approved", Organisation.closed_at.is_(None), and_(*conditions)
        )
        .order_by(*order, func.length(Organisation.name_key), Organisation.name_key, Organisation.id)
        .limit(limit)
    )
    return [FoundSchool(r.id, r.name, r.street, r.postcode or "", r.place, r.brin or "", r.claimed) for r in rows]
