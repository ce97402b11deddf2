"""Offers and requests to measure with, as like real Dutch ones as can be made up.

What is taken from texts that people wrote (the demo offers and requests): which words without a subject they use and how
often (half of all running words are stopwords; "klas", "laat", "drie", "leerlingen" stand in a quarter of the offers), and so how
many offers share a word with a question: the median question of 3–12 words meets three quarters of them (real titles of
5 words half, whole requests of 47 words nine in ten), because broad concepts ("energie", "bouw") are named everywhere.
`python -m tests.benchmarks.realism` puts both beside each other.

What is made up: a subject per offer (the thesaurus's groups, few of them often), with its members and 100 lexicon
words of its own; a long tail of 45,000 lexicon words at Zipf and Mandelbrot's frequencies; places as schools lie (by postcode,
denser in big municipalities); companies with one place, a few offers and a subject that their municipality
favours, so that words go with places.
"""

import json
import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from techfinder.geo import postcodes
from techfinder.matching.analysis import analyser
from techfinder.matching.reach import COMPANY, REACH
from techfinder.matching.values import Need, Point, Supply
from techfinder.reference.levels import LEVEL_GROUPS, neighbours
from techfinder.reference.themes import THEMES

KINDS = ("guest_lesson",) * 10 + ("workshop",) * 6 + ("site_visit",) * 7 + ("material",) * 3 + ("online_lesson",) * 3 + tuple(REACH)
START = datetime(2025, 9, 1, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "techfinder" / "exchange" / "demo"
TAIL, SHIFT = 45_000, 30  # the r-th word of the tail stands with probability ~ 1/(r + SHIFT)
OWN_WORDS, OWN_SHIFT = 100, 4  # a subject's words beside the thesaurus
FAVOURITES = 6  # subjects of a municipality
GENERAL_IN = 4  # a word without a subject stands in so many demo offers at least
AHEAD = 4_096
NEW_COMPANY = 0.3  # of the offers, the first of its company


class Pool:
    """Words drawn by weight, some thousands ahead: taking them is a slice."""

    def __init__(self, r: random.Random, words: Sequence[str], weights: Iterable[float], ahead: int = AHEAD):
        self.random, self.words, self.ahead = r, words, ahead
        self.sums = list(accumulate(weights))
        self.drawn: list[str] = []
        self.at = 0

    def take(self, count: int) -> list[str]:
        """`count` words, any of them perhaps more than once."""
        if self.at + count > len(self.drawn):
            self.drawn = self.random.choices(self.words, cum_weights=self.sums, k=max(self.ahead, count))
            self.at = 0
        self.at += count
        return self.drawn[self.at - count : self.at]


class Subject(Pool):
    """What an offer is about. As a sequence of words it is what `Writer.text` asks for."""

    def __init__(self, r: random.Random, members: Sequence[str], lexicon: Sequence[str], themes: Sequence[tuple[str, str]]):
        own = r.sample(lexicon, OWN_WORDS)
        ordered = r.sample(members, len(members))
        weights = [1 / (n + 3) for n in range(len(ordered))] + [1 / (n + OWN_SHIFT) for n in range(len(own))]
        super().__init__(r, [*ordered, *own], weights, 1_024)
        self.themes = themes


@dataclass(frozen=True, slots=True)
class Company:
    """Who offers: from one place, mostly on one subject."""

    id: int
    name: str
    place: str
    lat: float
    lon: float
    subject: Subject


@cache
def spoken() -> tuple[Counter[str], Counter[str]]:
    """(stopwords, words without a subject) of the demo offers, with how often they stand there."""
    texts = [f"{o['title']} {o['summary']} {o['activity']}" for o in json.loads((DEMO / "offers.json").read_text(encoding="utf-8"))]
    tokens = [analyser().tokens(text) for text in texts]
    count = Counter(t for offer in tokens for t in offer)
    within = Counter(t for offer in tokens for t in set(offer))
    stop = Counter({t: n for t, n in count.items() if t in analyser().stopwords})
    return stop, Counter({t: n for t, n in count.items() if t not in stop and within[t] >= GENERAL_IN})


class Writer:
    """Writes the same things in the same order for the same seed."""

    def __init__(self, seed: int = 7):
        r = self.random = random.Random(seed)
        stop, general = spoken()
        lexicon = sorted(w for w in DefaultDictionaryFactory().get_dictionary("nl") if w.isalpha() and w.islower() and 3 < len(w) < 16)
        lexicon.sort(key=lambda word: len(word) + r.gauss(0, 2))  # what is said often is short
        self.stop = Pool(r, list(stop), stop.values())
        self.general = Pool(r, list(general), general.values())
        self.tail = Pool(r, lexicon[:TAIL], [1 / (n + SHIFT) for n in range(TAIL)])
        labels = [(t.code, t.label("nl")) for t in THEMES]
        groups = [[m for m, _ in g.members] for g in analyser().thesaurus.groups if len(g.members) > 5]
        self.subjects = [Subject(r, members, lexicon[TAIL:], r.sample(labels, 3)) for members in r.sample(groups, len(groups))]
        self.popularity = list(accumulate(1 / (n + 15) for n in range(len(self.subjects))))
        self.places = list(postcodes())
        inhabitants = Counter(p.municipality for p in self.places)
        self.crowds = list(accumulate(inhabitants[p.municipality] ** 0.5 for p in self.places))
        self.favourites = {m: r.choices(self.subjects, cum_weights=self.popularity, k=FAVOURITES) for m in sorted(inhabitants)}
        self.bands = [group.mask for group in LEVEL_GROUPS]
        self.companies: list[Company] = []

    def word(self) -> str:
        """Any word of the tail."""
        return self.tail.take(1)[0]

    def text(self, subject: Sequence[str], own: int, other: int) -> str:
        """`own` words of the subject among `other` ones, a third of those without a subject; no stopwords."""
        mine = subject.take(own) if isinstance(subject, Subject) else [self.random.choice(subject) for _ in range(own)]
        words = mine + self.general.take(other // 3) + self.tail.take(other - other // 3)
        self.random.shuffle(words)
        return " ".join(words)

    def prose(self, subject: Subject, words: int, share: float) -> str:
        """Running text: half stopwords; of the other words `share` of the subject, of the rest two in three general."""
        full = (words + 1) // 2
        own = round(full * share)
        general = (full - own) * 2 // 3
        content = subject.take(own) + self.general.take(general) + self.tail.take(full - own - general)
        self.random.shuffle(content)
        return " ".join(word for pair in zip(content, self.stop.take(full), strict=True) for word in pair)

    def _subject(self, municipality: str) -> Subject:
        if self.random.random() < 0.4:
            return self.random.choice(self.favourites[municipality])
        return self._popular()

    def _popular(self) -> Subject:
        return self.subjects[bisect(self.popularity, self.random.random() * self.popularity[-1])]

    def _place(self):
        return self.places[bisect(self.crowds, self.random.random() * self.crowds[-1])]

    def _company(self) -> Company:
        r = self.random
        if self.companies and r.random() > NEW_COMPANY:
            return r.choice(self.companies)
        place = self._place()
        name = f"{self.word()} {self.word()}"
        at = (place.lat + r.gauss(0, 0.01), place.lon + r.gauss(0, 0.015))
        company = Company(len(self.companies) + 1, name, place.place, *at, self._subject(place.municipality))
        self.companies.append(company)
        return company

    def supply(self, number: int) -> Supply:
        """An offer of about 120 words: a title, a summary, what happens, names and themes."""
        r = self.random
        company, kind = self._company(), r.choice(KINDS)
        subject = company.subject if r.random() < 0.6 else self._popular()
        themes = r.sample(subject.themes, r.randrange(1, 3))
        first = r.randrange(len(self.bands))
        return Supply(
            id=number,
            organisation_id=company.id,
            title=self.prose(subject, r.randrange(3, 8), 0.5),
            summary=self.prose(subject, r.randrange(20, 44), 0.3),
            body=self.prose(subject, r.randrange(40, 110), 0.18),
            organisation=company.name,
            place=company.place,
            kind=kind,
            levels=sum(self.bands[first : first + r.randrange(1, 4)]),
            themes=tuple(code for code, _ in themes),
            theme_words=", ".join(label for _, label in themes),
            points=self._points(number, company, kind),
            language="nl" if r.random() < 0.95 else "en",
            cost_cents=r.choice((None, 0, 0, 0, 2_500, 7_500, 20_000)),
            max_pupils=r.choice((None, 24, 30, 32)),
            published_at=START,
            region_ids=frozenset({r.randrange(40), 100 + r.randrange(5)}),
        )

    def _points(self, number: int, company: Company, kind: str) -> tuple[Point, ...]:
        """The company's place; one in eight offers has guest teachers elsewhere too."""
        r = self.random
        radius = float(r.choice((10, 15, 25, 25, 40, 60, 100))) if REACH[kind] == COMPANY else None
        places = [(company.lat, company.lon)]
        if r.random() < 0.125:
            places += [(p.lat, p.lon) for p in (self._place() for _ in range(r.randrange(1, 4)))]
        return tuple(Point(number * 10 + n, lat, lon, radius, 0) for n, (lat, lon) in enumerate(places))

    def need(self, number: int, words: int | None = None, km: float | None = None) -> Need:
        """A request of 3–12 words (or so many), for one or two groups, from a place where schools are."""
        r = self.random
        place, count = self._place(), words or r.randrange(3, 13)
        subject = self._subject(place.municipality)
        asked = self.question(subject, count)
        themes = r.sample(subject.themes, 1) if r.random() < 0.3 else []
        band = r.choice(self.bands)
        levels = band if r.random() < 0.5 else band & -band
        return Need(
            id=number,
            organisation_id=2_000_000 + number,
            title=" ".join(asked[:6]),
            description=" ".join(asked[6:]),
            levels=levels,
            near_levels=neighbours(levels),
            themes=tuple(code for code, _ in themes),
            theme_words=", ".join(label for _, label in themes),
            kinds=frozenset(r.sample(KINDS, r.choice((1, 1, 2)))) if r.random() < 0.8 else frozenset(),
            pupils=28,
            lat=place.lat + r.gauss(0, 0.01),
            lon=place.lon + r.gauss(0, 0.015),
            max_travel_km=km or float(r.choice((5, 10, 15, 20, 30))),
        )

    def question(self, subject: Subject, count: int) -> list[str]:
        """Half are stopwords; of the others two in three are the subject's."""
        r = self.random
        pools = r.choices((self.stop, subject, self.general, self.tail), weights=(0.5, 0.3, 0.1, 0.1), k=count - 1)
        return [word for pool in (subject, *pools) for word in pool.take(1)]
