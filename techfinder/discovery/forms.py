"""What the address of the search page asks for: read strictly, answered forgivingly.

Whatever does not say something known is left out, so that an old link, a typing error or an attack all give a page.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from techfinder.core.paging import page_number
from techfinder.reference import kinds, languages
from techfinder.reference.levels.values import known
from techfinder.reference.themes import THEMES

LONGEST = 200  # characters of the words that are looked at
LONGEST_PLACE = 80
MOST = 40  # values of one filter
DISTANCES = (5, 10, 15, 25, 50, 100)  # km
USUAL_KM = 25
FARTHEST_KM = 300
ANY_DISTANCE = "alles"
SORTS = {"relevantie": "relevance", "afstand": "distance", "nieuw": "newest"}
COSTS = {"gratis": "free", "tot-50": "to_50", "tot-150": "to_150", "meer": "more", "in-overleg": "unknown"}
_THEMES = {t.code for t in THEMES}
_KINDS = {k.code.value for k in kinds.KINDS}
_LANGUAGES = {x.code for x in languages.LANGUAGES}
_SLUG = re.compile(r"[a-z0-9-]{1,60}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")


@dataclass(frozen=True)
class Asked:
    """A search as asked. `km` None: the distance doesn't matter. `prefilled`: without a postcode in the address the page
    would fill in the reader's own school, so that links must say it when no place is meant."""

    q: str = ""
    postcode: str = ""  # or a place, as typed
    km: int | None = USUAL_KM
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()  # codes of levels or unions of them
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # slugs
    costs: tuple[str, ...] = ()  # keys of COSTS
    period_from: date | None = None
    period_until: date | None = None
    sort: str = ""  # a key of SORTS; empty: what suits the question
    page: int = 1
    prefilled: bool = False

    @property
    def chosen(self) -> int:
        """How many filters are on, besides words and place."""
        lists = (self.kinds, self.levels, self.themes, self.languages, self.regions, self.costs)
        return sum(map(len, lists)) + bool(self.period_from or self.period_until)

    @property
    def anything(self) -> bool:
        """Whether the address asks for less than everything."""
        return bool(self.q or self.postcode or self.chosen)


def tidy(text: str, longest: int) -> str:
    """One line of what was typed, without characters that nobody can see."""
    return " ".join(_UNPRINTABLE.sub(" ", text[: 4 * longest]).split())[:longest].strip()


def _known(values: Iterable[str], known: Callable[[str], object]) -> tuple[str, ...]:
    found = dict.fromkeys(v for v in list(values)[:MOST] if known(v))
    return tuple(found)


def _distance(raw: str | None) -> int | None:
    if raw is None:
        return USUAL_KM
    if raw.strip() in ("", ANY_DISTANCE):
        return None
    if raw.isascii() and raw.isdigit() and len(raw) < 5 and 1 <= int(raw) <= FARTHEST_KM:
        return int(raw)
    return USUAL_KM


def _day(raw: str | None) -> date | None:
    try:
        return date.fromisoformat((raw or "")[:10])
    except ValueError:
        return None


def read(args: MultiDict[str, str]) -> Asked:
    """The query string as a search; odd values are as if they weren't there."""
    since, until = _day(args.get("van")), _day(args.get("tot"))
    if since and until and until < since:
        since, until = until, since
    return Asked(
        q=tidy(args.get("q", ""), LONGEST),
        postcode=tidy(args.get("postcode", ""), LONGEST_PLACE),
        km=_distance(args.get("afstand")),
        kinds=_known(args.getlist("soort"), _KINDS.__contains__),
        levels=_known(args.getlist("niveau"), known),
        themes=_known(args.getlist("thema"), _THEMES.__contains__),
        languages=_known(args.getlist("taal"), _LANGUAGES.__contains__),
        regions=_known(args.getlist("regio"), _SLUG.fullmatch),
        costs=_known(args.getlist("kosten"), COSTS.__contains__),
        period_from=since,
        period_until=until,
        sort=args.get("sorteer", "") if args.get("sorteer") in SORTS else "",
        page=page_number(args.get("pagina", "")[:6]),
    )
