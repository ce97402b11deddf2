"""Which words of a document answered which words of the question: found by reading the document again.

A text is compared with the few words that bring a term of the question (`glossary`). Phrases of the thesaurus are sought only
in a text that holds a word with which one of those begins that the question names.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, Term, clean, fold
from techfinder.matching.glossary import START, Learned, Stored, learned
from techfinder.matching.terms import QueryTerm
from techfinder.matching.thesaurus import Thesaurus
from techfinder.matching.values import Word

MOST = 8
STRENGTH = {"word": 0, "spelling": 1, "part": 2, "synonym": 3, "related": 4}


class Explainer:
    """Explains any number of documents for one question; for one thread. `stored` is the glossary of a generation."""

    def __init__(self, analyser: Analyser, asked: Sequence[QueryTerm], stored: Stored | None = None):
        self._analyser, self._learned, self._stored = analyser, learned(analyser), stored
        self._asked = {t.key: t for t in asked}
        named = phrases(analyser.thesaurus)
        self._starts = [START + start for key in self._asked if key in named for start in named[key]]
        self._known: dict[int, tuple[int, frozenset[str], frozenset[str]]] = {}

    def words(self, texts: Iterable[str], stored: bool = False) -> tuple[Word, ...]:
        """The strongest match per asked word, the heaviest asked words first, at most `MOST`.

        `stored`: the texts are of a document that the generation's glossary knows.
        """
        best: dict[str, tuple[int, float, Word]] = {}
        for text in filter(None, texts):
            tokens = TOKEN.findall(fold(text[:MAX_CHARS]))[:MAX_TOKENS]
            different = set(tokens)
            hits, begin = self._words_of(different, stored)
            if not hits.isdisjoint(different):
                for token in tokens:
                    if token in hits:
                        cleaned = clean(token)
                        self._weigh(best, cleaned, self._analyser.terms(cleaned))
            if not begin.isdisjoint(different):
                for phrase, terms in self._analyser.phrases([clean(token) for token in tokens]):
                    self._weigh(best, phrase, terms)
        ordered = sorted(best.values(), key=lambda e: (e[0], e[1], e[2].asked))
        return tuple(word for _, _, word in ordered[:MOST])

    def _words_of(self, different: set[str], stored: bool) -> tuple[frozenset[str], frozenset[str]]:
        """(words that answer the question, words with which a phrase begins that does), as far as these texts go."""
        glossary: Stored | Learned = self._learned
        if stored and self._stored is not None:
            glossary = self._stored
        else:
            self._learned.read(different)
        version = glossary.version
        known = self._known.get(id(glossary))
        if known is None or known[0] != version:
            known = (version, glossary.bringing(self._asked), glossary.bringing(self._starts))
            self._known[id(glossary)] = known
        return known[1:]

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


@lru_cache(1)
def phrases(thesaurus: Thesaurus) -> dict[str, set[str]]:
    """Concept → the keys with which the phrases begin that name it."""
    found: dict[str, set[str]] = {}
    for keys in thesaurus.members():
        if len(keys) > 1:
            for code, _, _ in thesaurus.concepts(keys):
                found.setdefault(code, set()).add(keys[0])
    return found
