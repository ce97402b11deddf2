"""Which words of a document answered which words of the question: found by reading the document again.

A text is compared with the few words that bring a term of the question (`glossary`). Phrases of the thesaurus are sought only
in a text that holds words of one that the question names.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, Term, clean, fold
from techfinder.matching.glossary import IN_PHRASE, Learned, Stored, learned
from techfinder.matching.terms import Name, QueryTerm, meant
from techfinder.matching.thesaurus import Thesaurus
from techfinder.matching.values import Word

MOST = 8
STRENGTH = {"word": 0, "spelling": 1, "part": 2, "synonym": 3, "related": 4}


class Known:
    """What a glossary says about a question: `hits` are the words that answer it; `words` are, per term of the question, those
    that bring it; `pairs` those that can be the first, and the second, of a phrase that answers."""

    def __init__(self, version: int, words: Sequence[Mapping[str, Term]], pairs: Sequence[tuple[frozenset[str], frozenset[str]]]):
        self.version = version
        self.hits: frozenset[str] = frozenset().union(*words)
        self._words, self._pairs = words, pairs
        self._begin: frozenset[str] = frozenset().union(*(first for first, _ in pairs))
        self._terms: dict[str, list[Term]] = {}

    def terms(self, word: str) -> list[Term]:
        """The terms of the question that a word brings."""
        if word not in self._terms:
            self._terms[word] = [brings[word] for brings in self._words if word in brings]
        return self._terms[word]

    def phrase_in(self, different: set[str]) -> bool:
        """Whether a text with these words can hold a phrase that answers."""
        if self._begin.isdisjoint(different):
            return False
        return any(not (a.isdisjoint(different) or b.isdisjoint(different)) for a, b in self._pairs)


class Explainer:
    """Explains any number of documents for one question; for one thread. `stored` is the glossary of a generation."""

    def __init__(self, analyser: Analyser, asked: Sequence[QueryTerm], stored: Stored | None = None):
        self._analyser, self._learned, self._stored = analyser, learned(analyser), stored
        self._asked = {t.key: t for t in asked}
        named = phrases(analyser.thesaurus)
        pairs = {pair for key in self._asked if key in named for pair in named[key]}
        self._pairs = [(IN_PHRASE + a, IN_PHRASE + b) for a, b in sorted(pairs)]
        self._by_phrase = {t.asked for key, t in self._asked.items() if key in named}
        self._strongest: dict[str, tuple[int, float]] = {}  # per word of the question, the most that a document can answer
        for t in asked:
            most = (STRENGTH[t.how], -t.weight)
            self._strongest[t.asked] = min(most, self._strongest.get(t.asked, most))
        self._at_hand: dict[int, Known] = {}

    def words(self, texts: Iterable[str], stored: bool = False) -> tuple[Word, ...]:
        """The strongest match per asked word, the heaviest asked words first, at most `MOST`.

        `stored`: the texts are of a document that the generation's glossary knows.
        """
        best: dict[str, tuple[int, float, Word]] = {}
        for text in filter(None, texts):
            if len(best) == len(self._strongest) and all(best[a][:2] <= most for a, most in self._strongest.items()):
                break  # no word can be answered more strongly
            tokens = TOKEN.findall(fold(text[:MAX_CHARS]))[:MAX_TOKENS]
            different = set(tokens)
            known = self._known(different, stored)
            if not known.hits.isdisjoint(different):
                for token in tokens:
                    if token in known.hits:
                        self._weigh(best, clean(token), meant(text, known.terms(token)))
            if not isinstance(text, Name) and self._phrase_may_win(best) and known.phrase_in(different):
                for phrase, terms in self._analyser.phrases([clean(token) for token in tokens]):
                    self._weigh(best, phrase, terms)
        ordered = sorted(best.values(), key=lambda e: (e[0], e[1], e[2].asked))
        return tuple(word for _, _, word in ordered[:MOST])

    def _phrase_may_win(self, best: Mapping[str, tuple[int, float, Word]]) -> bool:
        """Whether a phrase, at best a synonym, could answer a word of the question more strongly than what was found."""
        return any(asked not in best or best[asked][0] >= STRENGTH["synonym"] for asked in self._by_phrase)

    def _known(self, different: set[str], stored: bool) -> "Known":
        """What there is to find in a text with these words."""
        glossary: Stored | Learned = self._learned
        if stored and self._stored is not None:
            glossary = self._stored
        else:
            self._learned.read(different)
        version, known = glossary.version, self._at_hand.get(id(glossary))
        if known is None or known.version != version:
            pairs = [(frozenset(glossary.words(a)), frozenset(glossary.words(b))) for a, b in self._pairs]
            known = Known(version, [glossary.words(key) for key in self._asked], [pair for pair in pairs if all(pair)])
            self._at_hand[id(glossary)] = known
        return known

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
def phrases(thesaurus: Thesaurus) -> dict[str, set[tuple[str, str]]]:
    """Concept → the first two keys of the phrases that name it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for keys in thesaurus.members():
        if len(keys) > 1:
            for code, _, _ in thesaurus.concepts(keys):
                found.setdefault(code, set()).add((keys[0], keys[1]))
    return found
