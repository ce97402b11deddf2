"""Reading the vocabularies.

Curricula, programmes and calendars are replaced faster than software, so every list of this package is a JSON file in
`data/` that says its own version, source and the day from which it holds. Labels live in that data, in Dutch and in
English, because they belong to the vocabulary's version and not to the interface.
"""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the two languages of the site."""

    nl: str
    en: str

    def __call__(self, locale: object = "nl") -> str:
        """The text for a locale ("nl", "en", "en_GB", a Babel Locale); Dutch for every other language."""
        return self.en if str(locale).lower().startswith("en") else self.nl

    @classmethod
    def of(cls, pair: dict[str, str]) -> "Text":
        return cls(nl=pair["nl"], en=pair["en"])


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of a vocabulary is in use: stored with what was derived from it."""

    name: str
    version: str
    source: str
    valid_from: date


@cache
def load(name: str) -> dict[str, Any]:
    """The whole data file `data/<name>.json`. Treat the answer as read-only: it is shared."""
    with (DATA / f"{name}.json").open(encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content


def edition(name: str) -> Edition:
    """Version, source and first day of a vocabulary. A file without them raises KeyError."""
    content = load(name)
    return Edition(name, content["version"], content["source"], date.fromisoformat(content["valid_from"]))


def fold(text: str) -> str:
    """Lower case, no accents, straight quotes, single spaces: how labels and words are compared in this package."""
    plain = (
        unicodedata.normalize("NFKD", text.replace("\u2019", "'")).encode("ascii", "ignore").decode("ascii")
    )
    return " ".join(plain.lower().split())
