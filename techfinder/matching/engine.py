"""One engine per process over one index directory. It never raises at its caller for what is wrong on disk.

    engine = Engine.open(directory, reload=corpus_from_sql)
    engine.suggest(need, at=now, k=10, viewer=labels)
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import isnan
from os import devnull
from pathlib import Path

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights, weights
from techfinder.matching.brief import first_fits
from techfinder.matching.explain import Explainer
from techfinder.matching.facets import facet_counts
from techfinder.matching.indexer import Indexer
from techfinder.matching.keeper import State, state_of
from techfinder.matching.matcher import Question, question
from techfinder.matching.search import Found, Standing, asked, find, page, relaxations
from techfinder.matching.side import Side
from techfinder.matching.spelling import corrected, did_you_mean
from techfinder.matching.suggestions import asker, bare_suggestions, by_text, suggestions, words_of
from techfinder.matching.terms import QueryTerm, need_sources, query_terms, supply_sources
from techfinder.matching.values import PUBLIC, Completion, Corpus, Hit, Need, Query, Result, Suggestion, Suggestions, Supply, Word

MAX_SEARCH = 300  # characters of a search


class Engine(Indexer):
    """Finds supplies for needs and needs for supplies; see the methods for what each promises."""

    @classmethod
    def open(cls, directory: Path | str, reload: Callable[[], Corpus] | None = None) -> "Engine":
        """Map the newest whole generation; when there is none or it is damaged, build from `reload()`."""
        engine = cls(directory, reload)
        engine.load()
        return engine

    @classmethod
    def over(cls, corpus: Corpus, texts: bool = True) -> "Engine":
        """In memory only, over a few things or, without their `texts`, over all; never touches a disk."""
        engine = cls(Path(devnull) / "none")
        engine._state = state_of(corpus, texts)
        return engine

    def among(self, ids: frozenset[int]) -> "Engine":
        """The same over these supplies only, in memory."""
        engine, side = Engine(Path(devnull) / "none"), self._state.supplies
        others = frozenset(int(i) for s in side.segments for i in s.columns["id"]) - ids
        few = replace(side, segments=tuple(s.without(others) for s in side.segments))
        engine._state = replace(self._state, generation=None, supplies=few)
        return engine

    def suggest(
        self, need: Need, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC, explain: bool = True
    ) -> Suggestions:
        """The supplies that fit `need` (which itself need not be indexed), best first.

        `explain=False` is for many needs at once: the same `fits`, without reasons, near misses and what is nearby.
        """
        return self.healed(self._suggest, need, at, k, viewer, explain)

    def _suggest(self, need: Need, at: datetime, k: int, viewer: frozenset[str], explain: bool) -> Suggestions:
        state, w = self._state, weights()
        side = state.supplies
        if not explain and (fits := first_fits(side, need, at.toordinal(), k, viewer, w)) is not None:
            return Suggestions(fits=fits, weights=w.version)
        q = self._question(side, need, at, viewer, w)
        if not explain:
            return bare_suggestions(side, need, q, k, w)
        return suggestions(side, asker(need, q), q, k, w, _explainer(state, True, _rare_first(side, q.terms)))

    def seekers(self, supply: Supply, at: datetime, k: int = 10, viewer: frozenset[str] = PUBLIC) -> Suggestions:
        """The needs that `supply` fits, best first; `viewer` must share a label with the need."""
        return self.healed(self._seekers, supply, at, k, viewer)

    def _seekers(self, supply: Supply, at: datetime, k: int, viewer: frozenset[str]) -> Suggestions:
        state, w = self._state, weights()
        side = state.needs
        q = self._question(side, supply, at, viewer, w)
        return suggestions(side, asker(supply, q), q, k, w, _explainer(state, False, _rare_first(side, q.terms)))

    def rank_text(self, need: Need, k: int = 20, viewer: frozenset[str] = PUBLIC) -> tuple[Suggestion, ...]:
        """Supplies by their text alone: no filter but the labels, no distance. For `suggest export --text-only`."""
        side, w = self._state.supplies, weights()
        return by_text(side, self._question(side, need, datetime.min, viewer, w), k, w)

    def _question(
        self, side: Side, thing: Need | Supply, at: datetime, viewer: frozenset[str], w: Weights
    ) -> Question:
        sources = need_sources(thing) if isinstance(thing, Need) else supply_sources(thing)[:4]
        terms, _ = self._corrected(side, query_terms(analyser(), sources, w.query))
        return question(terms, thing.themes, viewer, at.date(), side.statistics)

    def _corrected(self, side: Side, terms: tuple[QueryTerm, ...]) -> tuple[tuple[QueryTerm, ...], dict[str, str]]:
        return corrected(analyser(), self._state.words, terms, side.knows)

    def search(self, query: Query, at: datetime) -> Result:
        """One page of supplies with facet counts; any text is an ordinary query."""
        return self.healed(self._search, query, at)

    def _search(self, query: Query, at: datetime) -> Result:
        state, w = self._state, weights()
        side = state.supplies
        query = _bounded(query)
        terms, meant = self._corrected(side, query_terms(analyser(), [(query.text, 1.0)], w.query))

        def found_for(query: Query) -> list[Found]:
            question = asked(query, terms, at.date(), side.statistics, w)
            return [find(segment, question) for segment in side.segments]

        found, words = found_for(query), list[tuple[Word, ...]]()
        count, standings = page(found, query)
        if terms:
            words = words_of(side, [(s.segment, s.row) for s in standings], _explainer(state, True, terms))
        return Result(
            total=count,
            hits=tuple(_hit(side, s, words[n] if words else ()) for n, s in enumerate(standings)),
            facets=facet_counts(found, side.themes, query.level_groups),
            did_you_mean=did_you_mean(query.text, analyser(), meant),
            relaxations=() if count else relaxations(query, found, found_for),
        )

    def complete(self, prefix: str, k: int = 8) -> tuple[Completion, ...]:
        """Words, themes and organisations of public offers that begin with `prefix`, most frequent first."""
        return self._state.words.complete(prefix[:MAX_SEARCH], k)


def _explainer(state: State, supplies: bool, terms: tuple[QueryTerm, ...]) -> Explainer:
    return Explainer(analyser(), terms, state.words.glossary(supplies))


def _rare_first(side: Side, terms: tuple[QueryTerm, ...]) -> tuple[QueryTerm, ...]:
    """The same for an explanation, where what is rare says most: with the weight that a term has in the score."""
    return tuple(t._replace(weight=t.weight * side.statistics.hashed(t.key)[1]) for t in terms)


def _bounded(query: Query) -> Query:
    """Pages and page sizes that people could mean."""
    page_, per_page = min(max(1, query.page), 10_000), min(max(1, query.per_page), 200)
    return replace(query, text=query.text[:MAX_SEARCH], page=page_, per_page=per_page)


def _hit(side: Side, s: Standing, words: tuple[Word, ...]) -> Hit:
    points = side.segments[s.segment].columns["point_id"]
    return Hit(
        id=s.id, score=s.score, km=None if isnan(s.km) else s.km, point_id=int(points[s.point]) if s.point >= 0 else None, words=words
    )
