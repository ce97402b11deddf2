"""From a text to what is stored (weighted term frequencies) and to what is asked (weighted query terms).

One field holds everything (BM25F in Robertson's sense: frequencies are weighted per source before saturation):
see `SUPPLY` and `NEED`; a compound's part counts half of that, a concept as much
as the thesaurus says. Frequencies are rounded to eighths and capped, so that one byte holds them exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from techfinder.matching.analysis import Analyser, Term
from techfinder.matching.values import Need, Supply

EIGHTHS = 8
TOP = 255  # the greatest stored frequency, in eighths
MAX_QUERY_WORDS = 120

Source = tuple[str, float]


class Name(str):
    """A text whose words stand for themselves only: whoever lives in Houten or Dieren does nothing with wood or animals."""

    __slots__ = ()


# weight of a word per place where it stands
SUPPLY = {"title": 2.0, "theme_words": 1.5, "summary": 1.0, "body": 0.5, "organisation": 1.0, "place": 1.0}
NAMES = frozenset({"place"})
NEED = {"title": 1.0, "theme_words": 0.25, "description": 1.0}  # themes count again in the blend, and are broad


def supply_sources(s: Supply) -> list[Source]:
    return [(Name(getattr(s, name)) if name in NAMES else getattr(s, name), weight) for name, weight in SUPPLY.items()]


def need_sources(n: Need) -> list[Source]:
    return [(getattr(n, name), weight) for name, weight in NEED.items()]


@dataclass(frozen=True, slots=True)
class Document:
    """`frequencies` in eighths per term; `length` counts the words that are no stopwords."""

    frequencies: dict[str, int]
    length: int


def meant(text: str, terms: Iterable[Term]) -> Iterable[Term]:
    """Of the terms of a word in `text` those that it stands for there."""
    return (t for t in terms if t.how == "word") if isinstance(text, Name) else terms


def document(analyser: Analyser, sources: Iterable[Source]) -> Document:
    """The weights of a term, and of a concept that phrases name, are added up; they are sums of few powers of two, so their order says
    nothing."""
    weights: dict[str, float] = {}
    length, before = 0, weights.get
    for text, boost in sources:
        if not text:
            continue
        noted, name = analyser.noted(text), isinstance(text, Name)
        for terms, _ in noted:
            if terms:
                length += 1
                for key, weight in terms[:1] if name else terms:
                    weights[key] = before(key, 0.0) + boost * weight
        if not name:
            for code, weight in analyser.concepts([key for _, key in noted]):
                weights[code] = before(code, 0.0) + boost * weight
    eighths = np.rint(np.array(list(weights.values())) * EIGHTHS).clip(1, TOP)
    return Document(dict(zip(weights, eighths.astype(np.uint8).tolist(), strict=True)), length)


class QueryTerm(NamedTuple):
    """`weight` multiplies the term's BM25 score; `asked` is the word as the asker wrote it, folded."""

    key: str
    weight: float
    asked: str
    how: str


@dataclass(frozen=True, slots=True)
class QueryWeights:
    """How much the kinds of evidence weigh in a query, and how repetition saturates."""

    part: float = 0.5
    synonym: float = 0.6
    related: float = 0.4
    light: float = 0.3
    repeat: float = 0.5  # the second occurrence of a word adds this much of the first, the third again that much of it


def factors(weights: QueryWeights) -> dict[str, float]:
    """What each kind of evidence weighs."""
    return {"word": 1.0, "part": weights.part / 0.5, "synonym": weights.synonym, "related": weights.related}


def query_terms(
    analyser: Analyser, sources: Iterable[Source], weights: QueryWeights, keep_ballast: bool = False
) -> tuple[QueryTerm, ...]:
    """The terms of a question, each once, in order of first appearance.

    Ballast weighs nothing, unless `keep_ballast` or nothing else is left. A term that several words bring is counted
    with diminishing weight.
    """
    by_how = factors(weights)
    found: dict[str, list] = {}
    words = 0
    for text, boost in sources:
        tokens = analyser.tokens(text)
        phrases = False
        for token in tokens:
            terms, ballast, light, begins = analyser.said(token)
            phrases |= begins
            if not terms or words >= MAX_QUERY_WORDS:
                continue
            words += 1
            if keep_ballast or not ballast:
                _collect(found, token, terms, boost * weights.light if light else boost, by_how, weights.repeat)
        for phrase, concepts in analyser.phrases(tokens) if phrases else ():
            if words >= MAX_QUERY_WORDS:
                break
            words += 1
            _collect(found, phrase, [(t.key, t.weight, t.how) for t in concepts], boost, by_how, weights.repeat)
    if not found and not keep_ballast:
        return query_terms(analyser, sources, weights, keep_ballast=True)
    return tuple([QueryTerm(key, weight, asked, how) for key, (weight, asked, how, _) in found.items()])


def _collect(
    found: dict[str, list], asked: str, terms: Iterable[tuple[str, float, str]], boost: float, factors: dict[str, float], repeat: float
) -> None:  # fmt: skip
    for key, share, how in terms:
        weight = boost * share * factors[how]
        entry = found.get(key)
        if entry is None:
            found[key] = [weight, asked, how, weight]
        else:
            high, low = max(weight, entry[3]), min(weight, entry[3])
            entry[0] = entry[0] + (high - entry[3]) + low * repeat if weight > entry[3] else entry[0] + (weight * repeat)
            entry[3] = high
