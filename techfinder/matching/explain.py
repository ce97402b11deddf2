"""Which words of a document answered which words of the question: found by reading the document again.

A document is mostly words that were read before, in other documents, and few of them answer: so a `Glossary` remembers which
words bring which term, and a text is compared with the few that the question asks for. Phrases of the thesaurus are sought only
in a text that holds a word with which one of those begins that the question names.
"""

import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, Term, clean, fold
from techfinder.matching.terms import QueryTerm
from techfinder.matching.thesaurus import Thesaurus
from techfinder.matching.values import Word

MOST = 8
MOST_READ = 100_000  # words that are remembered, some 100 bytes each
STRENGTH = {"word": 0, "spelling": 1, "part": 2, "synonym": 3, "related": 4}


def matched_words(analyser: Analyser, asked: Sequence[QueryTerm], texts: Iterable[str]) -> tuple[Word, ...]:
    """The strongest match per asked word, the heaviest asked words first, at most `MOST`."""
    return Explainer(analyser, asked).words(texts)


class Glossary:
    """Which words of the documents that were read so far bring which term, and with which a phrase can begin; for all threads.

    Words are kept as they stand in a folded text. `version` rises whenever there are more.
    """

    def __init__(self, analyser: Analyser):
        self.analyser = analyser
        self.version = 0
        self._busy = threading.Lock()
        self._read: set[str] = set()
        self._bring: dict[str, tuple[str, ...]] = {}  # key of a term → words
        self._begin: dict[str, tuple[str, ...]] = {}  # key of a phrase's first word → words
        self._starts = {start for starts in phrases(analyser.thesaurus).values() for start in starts}

    def read(self, words: set[str]) -> None:
        """Take up what is new among `words`."""
        if words <= self._read:
            return
        with self._busy:
            for word in words - self._read:
                cleaned = clean(word)
                for term in self.analyser.terms(cleaned):
                    self._bring[term.key] = (*self._bring.get(term.key, ()), word)
                start = self.analyser.phrase_key(cleaned)
                if start in self._starts:
                    self._begin[start] = (*self._begin.get(start, ()), word)
            self._read |= words
            self.version += 1

    @property
    def full(self) -> bool:
        return len(self._read) > MOST_READ

    def bringing(self, keys: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._bring.get(key, ()) for key in keys))

    def beginning(self, starts: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._begin.get(start, ()) for start in starts))


class Explainer:
    """Explains any number of documents for one question; for one thread."""

    def __init__(self, analyser: Analyser, asked: Sequence[QueryTerm]):
        self._analyser, self._glossary = analyser, glossary(analyser)
        self._asked = {t.key: t for t in asked}
        named = phrases(analyser.thesaurus)
        self._starts = {start for key in self._asked if key in named for start in named[key]}
        self._version = -1
        self._hits: frozenset[str] = frozenset()  # words that answer the question
        self._begin: frozenset[str] = frozenset()  # words with which a phrase begins that does

    def words(self, texts: Iterable[str]) -> tuple[Word, ...]:
        """The strongest match per asked word, the heaviest asked words first, at most `MOST`."""
        best: dict[str, tuple[int, float, Word]] = {}
        for text in filter(None, texts):
            tokens = TOKEN.findall(fold(text[:MAX_CHARS]))[:MAX_TOKENS]
            different = set(tokens)
            self._keep_up(different)
            if not self._hits.isdisjoint(different):
                for token in tokens:
                    if token in self._hits:
                        cleaned = clean(token)
                        self._weigh(best, cleaned, self._analyser.terms(cleaned))
            if not self._begin.isdisjoint(different):
                for phrase, terms in self._analyser.phrases([clean(token) for token in tokens]):
                    self._weigh(best, phrase, terms)
        ordered = sorted(best.values(), key=lambda e: (e[0], e[1], e[2].asked))
        return tuple(word for _, _, word in ordered[:MOST])

    def _keep_up(self, words: set[str]) -> None:
        self._glossary.read(words)
        version = self._glossary.version
        if version != self._version:
            self._hits = self._glossary.bringing(self._asked)
            self._begin = self._glossary.beginning(self._starts)
            self._version = version

    def _weigh(self, best: dict[str, tuple[int, float, Word]], found: str, terms: Iterable[Term]) -> None:
        for term in terms:
            question = self._asked.get(term.key)
            if question is None:
                continue
            how = max(term.how, question.how, key=STRENGTH.__getitem__)
            entry = (STRENGTH[how], -question.weight * term.weight)
            before = best.get(question.asked)
            if before is None or entry < before[:2]:
                best[question.asked] = (*entry, Word(question.asked, found, how))  # type: ignore[arg-type]


_glossary = lru_cache(1)(Glossary)


def glossary(analyser: Analyser) -> Glossary:
    """The process's glossary; a full one is left to those who still use it, and a new one begun."""
    if _glossary(analyser).full:
        _glossary.cache_clear()
    return _glossary(analyser)


@lru_cache(1)
def phrases(thesaurus: Thesaurus) -> dict[str, set[str]]:
    """Concept → the keys with which the phrases begin that name it."""
    found: dict[str, set[str]] = {}
    for keys in thesaurus.members():
        if len(keys) > 1:
            for code, _, _ in thesaurus.concepts(keys):
                found.setdefault(code, set()).add(keys[0])
    return found
