"""Answers from SQL, while there is no index that can be used: right in what is shown and counted, plainer in its order.

Filters, counts and kilometres are the engine's own, over the offers' columns; words must stand literally in the texts.
Suggestions are ranked in full among the few hundred that share a theme or a word. Nothing is written.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import String, and_, cast, or_
from sqlalchemy.orm import Session

from techfinder.core.changes import changes_since, current_no
from techfinder.core.db import reading
from techfinder.discovery import corpus
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.engine import MAX_SEARCH, Engine
from techfinder.matching.terms import need_sources, query_terms, supply_sources
from techfinder.matching.values import PUBLIC, Completion, Corpus, Need, Query, Result, Suggestions, Supply
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.reference.themes import THEMES
from techfinder.support_requests.models import SupportRequest

MOST = 200  # candidates that are ranked in full
WORDS = 8  # of a text that are sought
SHORTEST = 4  # letters of a word of which the ending may differ
OVERLAY = 500  # changes laid over the columns before they are read anew
_BODY = (Offer.title, Offer.summary, Offer.activity, Offer.preparation, Organisation.name, Organisation.place)


class Answers(Protocol):
    """What pages ask: of the index, or of `Plain`."""

    def search(self, query: Query, at: datetime) -> Result: ...
    def complete(self, prefix: str, k: int = 8) -> tuple[Completion, ...]: ...
    def suggest(
        self, need: Need, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC, explain: bool = True
    ) -> Suggestions: ...
    def seekers(self, supply: Supply, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions: ...


class Plain:
    """Keeps the offers' columns in memory between questions, and in step with the change log."""

    def __init__(self) -> None:
        self._columns: Engine | None = None
        self._reading = threading.Lock()

    def prepare(self) -> None:
        """Read the columns before somebody asks."""
        with reading() as session:
            self._everything(session)

    def after_fork(self) -> None:
        """In a child: what was read stays, who was reading is not here."""
        self._reading = threading.Lock()

    def search(self, query: Query, at: datetime) -> Result:
        """As the engine's; every asked word, or the beginning of it, stands somewhere in the offer, its themes or its company."""
        with reading() as session:
            found = self._everything(session)
            if words := [_about(word) for word in asked([(query.text[:MAX_SEARCH], 1.0)], keep=True)]:
                found = found.among(corpus.offer_ids(session, and_(*words)))
        return found.search(replace(query, text=""), at)

    def complete(self, prefix: str, k: int = 8) -> tuple[Completion, ...]:
        """Nothing: themes, kinds and places are completed without an index."""
        return ()

    def suggest(
        self, need: Need, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC, explain: bool = True
    ) -> Suggestions:
        """As the engine's, among the best by theme, level, place and time, and those with a word of the request in their title."""
        with reading() as session:
            by_theme = self._everything(session).suggest(need, at, MOST, viewer)
            ids = {s.id for s in (*by_theme.fits, *(m.suggestion for m in by_theme.near), *by_theme.nearby)}
            words = [Offer.title.icontains(word, autoescape=True) for word in asked(need_sources(need))]
            ids |= set(sorted(corpus.offer_ids(session, or_(*words)) if words else ())[-MOST:])
            few = Engine.over(Corpus(corpus.supplies_of(session, ids)))
        found = few.suggest(need, at, k, viewer, explain)
        return replace(found, on_subject=max(found.on_subject, by_theme.on_subject))

    def seekers(self, supply: Supply, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """As the engine's, among the newest requests that share a theme or a word."""
        request = SupportRequest
        about = [cast(request.themes, String).contains(f'"{theme}"', autoescape=True) for theme in supply.themes]
        for word in asked(supply_sources(supply)[:1]):
            about += [field.icontains(word, autoescape=True) for field in (request.title, request.description)]
        with reading() as session:
            few = Engine.over(Corpus((), corpus.needs_about(session, or_(*about), MOST) if about else ()))
        return few.seekers(supply, at, k, viewer)

    def _everything(self, session: Session) -> Engine:
        """All offers by their columns, as of now."""
        with self._reading:
            columns = self._columns
            missed = changes_since(columns.no, session) if columns else None
            if columns is None or missed is None or not missed.complete or missed.no < columns.no or len(missed.refs) > OVERLAY:
                no = current_no(session)
                session.rollback()  # rows are read after the number
                columns = Engine.over(Corpus(corpus.plain_supplies(session), (), no), texts=False)
            elif missed.refs:
                fresh = corpus.changed(session, missed.refs)
                columns.apply(missed.no, fresh.supplies, (), fresh.gone_supplies)
            self._columns = columns
            return columns


def asked(sources: Iterable[tuple[str, float]], keep: bool = False) -> list[str]:
    """The words of a text that say something, by weight, as short as their key where that is a beginning of them."""
    a = analyser()
    found: dict[str, float] = {}
    for term in query_terms(a, sources, weights().query):
        if term.how == "word" and " " not in term.asked:
            word = term.asked.replace("-", "")
            stem = a.key(word)
            found.setdefault(stem if len(stem) >= SHORTEST and word.startswith(stem) else word, term.weight)
    order = list(found) if keep else sorted(found, key=lambda word: -found[word])
    return order[:WORDS]


def _about(word: str) -> Any:
    """The word stands in a text of the offer, or names one of its themes."""
    themes = [t.code for t in THEMES if word in t.label("nl").lower()]
    return or_(
        *(field.icontains(word, autoescape=True) for field in _BODY),
        *(cast(Offer.themes, String).contains(f'"{code}"', autoescape=True) for code in themes),
    )
