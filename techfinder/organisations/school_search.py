"""Find a school among all Dutch school locations by words of its name, its place, its postcode or its BRIN.

8,600 schools are few enough for one scan of a narrow index per search, on both databases; what this needs is stored
folded in `name_key` and `place_key`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

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
    """Approved schools that have all words (as beginnings of words), best first.

    When no school has them all: those with most of them, with the ends of long words forgiven ("regenbog").
    Never raises, whatever the words contain. At most `limit` schools.
    """
    text = text[:LONGEST]
    code = brin_code(re.sub(r"\W", "", text))
    found = _select([Organisation.brin == code], [], limit) if code is not None else []
    if found:
        return found
    postcode, rest = _take_postcode(text)
    words = fold(rest).split()[:MOST_WORDS]
    strict = [w for w in words if w not in LOOSE] or words
    all_of = [*map(_has, strict), *([Organisation.postcode.startswith(postcode)] if postcode else [])]
    if not all_of:
        return []
    begins = " ".join(words)
    order = case((Organisation.name_key == begins, 0), (Organisation.name_key.like(f"{begins}%"), 1), else_=2)
    found = _select(all_of, [order], limit)
    if found:
        return found
    some_of = [_has(_forgiving(w)) for w in strict] + ([Organisation.postcode.startswith(postcode[:4])] if postcode else [])
    hits = sum((case((condition, 1), else_=0) for condition in some_of), start=literal(0))
    return _select([or_(*some_of)], [hits.desc()], limit)


def _forgiving(word: str) -> str:
    return word if len(word) < 5 else word[: max(4, len(word) - 2)]


def _take_postcode(text: str) -> tuple[str, str]:
    """("5701 AB" or "5701" or "", the words without it)."""
    match = re.search(r"(?<!\w)([1-9]\d{3})\s?([a-z]{2})?(?!\w)", text, re.IGNORECASE | re.ASCII)
    if match is None:
        return "", text
    whole = parse_postcode(match.group(0)) or match.group(1)
    letters_stay = match.group(2) if match.group(2) and len(whole) == 4 else ""
    return whole, f"{text[: match.start()]} {letters_stay} {text[match.end() :]}"


def _has(word: str) -> ColumnElement[bool]:
    """A word of the name or the place begins with this; `fold` left only letters and digits, so no wildcards."""
    return (" " + Organisation.name_key + " " + Organisation.place_key).like(f"% {word}%")


def _select(conditions: list[ColumnElement[bool]], order: list[ColumnElement[int]], limit: int) -> list[FoundSchool]:
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
