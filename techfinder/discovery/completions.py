"""What somebody who types may mean: words and organisations from the index, themes and kinds, places."""

from typing import TypedDict

from flask_babel import gettext as _

from techfinder.discovery.engine import engine
from techfinder.geo import fold, place_names
from techfinder.offers.wording import locale
from techfinder.reference.kinds import KINDS
from techfinder.reference.themes import THEMES

MOST = 8
SHORTEST = 2  # characters
_PREFIX = 40


class Choice(TypedDict):
    """One choice as the look-up field of the components reads it."""

    value: str
    label: str
    more: str


def words(typed: str) -> list[Choice]:
    """Words, themes, kinds and organisations that begin with what was typed; each text once."""
    start = fold(typed[:_PREFIX])
    if len(start) < SHORTEST:
        return []
    more = {"word": "", "organisation": _("bedrijf")}
    found: dict[str, str] = {}
    for theme in THEMES:
        if any(part.startswith(start) for part in fold(theme.label(locale())).split()):
            found.setdefault(theme.label(locale()), _("thema"))
    for kind in KINDS:
        if fold(kind.label(locale())).startswith(start):
            found.setdefault(kind.label(locale()), _("soort"))
    for completion in engine().complete(typed[:_PREFIX], MOST):
        if completion.kind in more:  # themes come from the vocabulary, in the reader's language
            found.setdefault(completion.text, more[completion.kind])
    return [Choice(value=text, label=text, more=said) for text, said in found.items()][:MOST]


def places(typed: str) -> list[Choice]:
    """Places that begin with what was typed, the largest first; nothing for a postcode."""
    if len(fold(typed)) < SHORTEST or typed[0].isdigit():
        return []
    return [Choice(value=name, label=name, more="") for name in place_names(typed, MOST)]
