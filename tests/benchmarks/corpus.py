"""Offers and requests to measure with: Dutch words at Zipf's frequencies around a subject, places as postcodes lie."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from techfinder.geo import postcodes
from techfinder.matching.analysis import analyser
from techfinder.matching.reach import COMPANY, REACH
from techfinder.matching.values import Need, Point, Supply

KINDS = ("guest_lesson",) * 5 + ("workshop",) * 3 + ("site_visit",) * 4 + ("material",) * 2 + tuple(REACH)
SHIFT = 15  # with it the most frequent word stands in a quarter of the offers
START = datetime(2025, 9, 1, tzinfo=UTC)


class Writer:
    """Writes the same texts for the same seed."""

    def __init__(self, seed: int = 7):
        self.random = random.Random(seed)
        self.subjects = [[m for m, _ in g.members] for g in analyser().thesaurus.groups if len(g.members) > 5]
        lexicon = sorted(w for w in DefaultDictionaryFactory().get_dictionary("nl") if w.isalpha() and 3 < len(w) < 14)
        self.random.shuffle(lexicon)
        self.words = lexicon[:40_000]
        self.places = list(postcodes())

    def word(self) -> str:
        """Zipf and Mandelbrot: the r-th word with probability ~ 1/(r + SHIFT), as Dutch is without its stopwords."""
        return self.words[int(SHIFT * ((len(self.words) / SHIFT) ** self.random.random() - 1))]

    def text(self, subject: Sequence[str], own: int, other: int) -> str:
        words = [self.random.choice(subject) for _ in range(own)] + [self.word() for _ in range(other)]
        self.random.shuffle(words)
        return " ".join(words)

    def supply(self, number: int) -> Supply:
        r = self.random
        subject, kind, place = r.choice(self.subjects), r.choice(KINDS), r.choice(self.places)
        radius = float(r.choice((10, 15, 25, 25, 40, 60, 100))) if REACH[kind] == COMPANY else None
        first = r.randrange(14)
        return Supply(
            id=number,
            organisation_id=r.randrange(1, 12_000),
            title=self.text(subject, 3, 2),
            summary=self.text(subject, 8, 40),
            organisation=f"{self.word()} {self.word()}",
            place=place.place,
            kind=kind,
            levels=sum(1 << i for i in range(first, min(14, first + r.randrange(1, 5)))),
            themes=(f"t{r.randrange(30)}",),
            points=(Point(number, place.lat + r.gauss(0, 0.01), place.lon + r.gauss(0, 0.02), radius, 0),),
            language="nl" if r.random() < 0.95 else "en",
            cost_cents=r.choice((None, 0, 0, 0, 2_500, 7_500, 20_000)),
            published_at=START,
            region_ids=frozenset({r.randrange(40), 100 + r.randrange(5)}),
        )

    def need(self, number: int) -> Need:
        r = self.random
        subject, place = r.choice(self.subjects), r.choice(self.places)
        return Need(
            id=number,
            organisation_id=20_000 + number,
            title=self.text(subject, 3, 1),
            description="Wij zoeken voor onze groep " + self.text(subject, 3, 8),
            levels=1 << r.randrange(14),
            themes=(f"t{r.randrange(30)}",) if r.random() < 0.3 else (),
            kinds=frozenset({r.choice(KINDS)}) if r.random() < 0.6 else frozenset(),
            pupils=28,
            lat=place.lat,
            lon=place.lon,
            max_travel_km=float(r.choice((5, 10, 15, 20, 30))),
        )
