"""What goes into the engine and what comes out: frozen values, no behaviour, no sentences.

Everything here is plain data, so that the package could be published on its own. Units: kilometres (geodesic),
euro cents, pupils; dates are calendar dates and times are aware or naive consistently, as the caller likes.
Masks: `weekdays` Monday=1, Tuesday=2 … Sunday=64; `dayparts` and `levels` are opaque bits of the caller's choice
(levels up to 63 bits). A mask of 0 means "not stated" and never excludes anything, except a supply's levels:
an offer for no level fits no stated level.

Reasons, failures and filters are codes with parameters; the sentences live with whoever shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

PUBLIC = frozenset({"public"})


@dataclass(frozen=True, slots=True)
class Point:
    """A starting point of an offer. `radius_km` says how far the company travels from here (None: it doesn't)."""

    id: int
    lat: float
    lon: float
    radius_km: float | None = None
    weekdays: int = 0


@dataclass(frozen=True, slots=True)
class Supply:
    """An offer as matching sees it."""

    id: int
    organisation_id: int
    title: str
    kind: str
    levels: int
    labels: frozenset[str] = PUBLIC  # permission labels; it counts for a viewer who holds at least one of them
    summary: str = ""
    body: str = ""
    organisation: str = ""  # name
    place: str = ""
    themes: tuple[str, ...] = ()  # codes
    theme_words: str = ""  # the themes' labels in words
    points: tuple[Point, ...] = ()
    language: str = "nl"
    cost_cents: int | None = None
    max_pupils: int | None = None
    period_from: date | None = None
    period_until: date | None = None
    weekdays: int = 0
    dayparts: int = 0
    available: bool = True  # not paused, and its company takes another request
    places_left: int | None = None
    published_at: datetime | None = None
    trust: float | None = None  # 0…1; None is neutral
    region_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """A support request as matching sees it."""

    id: int
    organisation_id: int
    title: str
    levels: int
    labels: frozenset[str] = PUBLIC
    description: str = ""
    themes: tuple[str, ...] = ()
    theme_words: str = ""
    kinds: frozenset[str] = frozenset()  # empty: any kind
    near_levels: int = 0  # levels that would almost do; makes near misses on level possible
    pupils: int | None = None
    lat: float | None = None
    lon: float | None = None
    max_travel_km: float | None = None  # how far the class may travel (None: it doesn't)
    period_from: date | None = None
    period_until: date | None = None
    closed: tuple[tuple[date, date], ...] = ()  # school holidays inside the period, first and last day
    weekdays: int = 0
    dayparts: int = 0
    language: str = ""  # empty: any
    budget_cents: int | None = None
    blocked: frozenset[int] = frozenset()  # organisations that are not to be matched with this one
    region_ids: frozenset[int] = frozenset()
    had_nothing_before: bool = False
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query and the word of the document that answered it; `how` is word, part, synonym or spelling."""

    asked: str
    found: str
    how: Literal["word", "part", "synonym", "related", "spelling"] = "word"


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's share in the score. The shares of a suggestion add up to its score.

    Codes: `text` {words}, `themes` {themes}, `near` {km}, `anywhere`, `levels` {fits, misses}, `kind` {asked, offered},
    `trust` {trust}. Codes with share 0.0 only inform: `pupils` {pupils, max_pupils}, `cost` {cost_cents, budget_cents}.
    """

    code: str
    share: float
    params: Mapping = field(default_factory=dict)


class Suggestion(NamedTuple):
    """A supply for a need, or the other way round: `id` is the suggested thing's, `organisation_id` its owner's."""

    id: int
    organisation_id: int
    score: float
    km: float | None  # geodesic, from the nearest starting point that fits; None when nobody travels or no place is known
    point_id: int | None
    reasons: tuple[Reason, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Fails exactly one filter by a little; `would` says what makes it fit, e.g. {"max_travel_km": 25}.

    `fails` and the keys of `would`: `reach` {max_travel_km} or {radius_km}, `levels` {levels}, `kind` {kind},
    `period` {date}, `weekdays` {weekdays}, `dayparts` {dayparts}, `language` {language}.
    """

    suggestion: Suggestion
    fails: str
    would: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`fits` best first; `near` almost fit; `nearby` fit every filter without any word or theme in common, nearest first.

    `on_subject` counts all visible candidates that share a word or a theme. When fewer fit than were asked for, `failures`
    counts, per filter code, the candidates on this subject that only this filter kept out: the reason on a waiting list.
    """

    fits: tuple[Suggestion, ...] = ()
    near: tuple[NearMiss, ...] = ()
    nearby: tuple[Suggestion, ...] = ()
    on_subject: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    weights: str = ""  # version of the weights, to be stored with what is shown


@dataclass(frozen=True, slots=True)
class Query:
    """A search among supplies. Filters inside one field are "or", fields among each other are "and".

    With a place (`lat`, `lon`) offers whose company travels must reach it, and with `radius_km` everything that
    happens somewhere must lie within it. `page` counts from 1. Full offers are found too: they open again.
    """

    text: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    kinds: frozenset[str] = frozenset()
    levels: int = 0
    level_groups: tuple[int, ...] = ()  # masks; the facet `level` then counts each of them, by its place in this tuple
    themes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    cost: frozenset[str] = frozenset()  # bands: see bitsets.COST_BANDS
    regions: frozenset[int] = frozenset()
    period_from: date | None = None
    period_until: date | None = None
    sort: Literal["relevance", "distance", "newest"] = "relevance"
    page: int = 1
    per_page: int = 20
    labels: frozenset[str] = PUBLIC  # the viewer's


@dataclass(frozen=True, slots=True)
class Hit:
    id: int
    score: float
    km: float | None
    point_id: int | None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Dropping (`change` empty) or widening one filter would give `count` results. `code` is the Query field's name."""

    code: str
    count: int
    change: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A page of hits. Facets `kind`, `level` (place in the query's `level_groups`, or bit number), `theme`, `language`,
    `cost`, `region` count drill-sideways: each as if its own filter were not set. `relaxations` are filled when nothing was found."""

    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Mapping] = field(default_factory=dict)
    did_you_mean: str | None = None
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    kind: Literal["word", "theme", "organisation"]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the index on this machine, for `index status` and `doctor`."""

    generation: str | None
    no: int  # last change number that answers contain
    generation_no: int  # last change number inside the generation on disk
    supplies: int
    needs: int
    overlay: int  # changed things lying over the generation
    bytes: int
    quarantined: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything searchable, as of change number `no`: what a `reload` callback returns."""

    supplies: tuple[Supply, ...] = field(default=())
    needs: tuple[Need, ...] = field(default=())
    no: int = 0
