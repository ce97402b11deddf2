"""Themes, the worlds of technology they belong to, and how free words become themes.

In the data a word ending or beginning with `*` also matches longer words ("robot*" meets robotarm, "*bouw" would meet
onderbouw too and is therefore never used). Words are compared without accents and capitals.
"""

import re
from dataclasses import dataclass

from techfinder.reference.vocabulary import Text, edition, fold, load


@dataclass(frozen=True, slots=True)
class World:
    """One of the seven worlds of technology."""

    code: str
    name: Text

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


@dataclass(frozen=True, slots=True)
class Kerndoel:
    """A core objective of primary education, by its number, in our own short words."""

    number: int
    name: Text

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


@dataclass(frozen=True, slots=True)
class Theme:
    code: str
    name: Text
    world: str
    kerndoelen: tuple[int, ...]
    aliases: tuple[str, ...]
    """What others call this theme in files."""
    words: tuple[str, ...]
    """What signals it in running text."""

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


EDITION = edition("themes")
WORLDS: tuple[World, ...] = tuple(
    World(row["code"], Text.of(row["label"])) for row in load("worlds")["worlds"]
)
KERNDOELEN: tuple[Kerndoel, ...] = tuple(
    Kerndoel(row["number"], Text.of(row["label"])) for row in load("kerndoelen")["kerndoelen"]
)
THEMES: tuple[Theme, ...] = tuple(
    Theme(
        row["code"],
        Text.of(row["label"]),
        row["world"],
        tuple(row["kerndoelen"]),
        tuple(row["aliases"]),
        tuple(row["words"]),
    )
    for row in load("themes")["themes"]
)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for word in sorted(words, key=len, reverse=True):
        body = re.escape(fold(word.strip("*")))
        parts.append((r"\w*" if word.startswith("*") else "") + body + (r"\w*" if word.endswith("*") else ""))
    return re.compile(r"(?<![\w-])(?:" + "|".join(parts) + r")(?!\w)")


_BY_CODE: dict[str, Theme] = {theme.code: theme for theme in THEMES}
_WORLD_BY_CODE: dict[str, World] = {world.code: world for world in WORLDS}
_KERNDOEL_BY_NUMBER: dict[int, Kerndoel] = {kerndoel.number: kerndoel for kerndoel in KERNDOELEN}
_SIGNALS: dict[str, re.Pattern[str]] = {theme.code: _pattern(theme.words) for theme in THEMES}
_LABELS: dict[str, str] = {
    fold(name): theme.code
    for theme in reversed(THEMES)
    for name in (*theme.aliases, theme.name.nl, theme.name.en, theme.code)
}
_TOO_BROAD: frozenset[str] = frozenset(fold(label) for label in load("themes")["too_broad"])


def theme(code: str) -> Theme:
    """The theme with this code; KeyError for an unknown one."""
    return _BY_CODE[code]


def world(code: str) -> World:
    """The world with this code; KeyError for an unknown one."""
    return _WORLD_BY_CODE[code]


def kerndoel(number: int) -> Kerndoel:
    """The core objective with this number; KeyError for an unknown one."""
    return _KERNDOEL_BY_NUMBER[number]


def derive(text: str, most: int = 3) -> tuple[str, ...]:
    """Codes of the themes that a text speaks of, the most mentioned first, at most `most`.

    A theme counts as often as different words of it occur, so one word repeated does not drown the others.
    """
    folded = fold(text)
    mentioned = [(len(set(_SIGNALS[t.code].findall(folded))), t.code) for t in THEMES]
    mentioned = [pair for pair in mentioned if pair[0]]
    mentioned.sort(key=lambda pair: -pair[0])
    return tuple(code for _, code in mentioned[:most])


def from_label(text: str) -> str | None:
    """The theme that a free label in a file stands for, or None when it is too broad ("techniek") or unknown."""
    folded = fold(text)
    if not folded or folded in _TOO_BROAD:
        return None
    if (code := _LABELS.get(folded)) is not None:
        return code
    derived = derive(folded, most=2)
    return derived[0] if len(derived) == 1 else None
