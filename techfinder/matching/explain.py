"""Which words of a document answered which words of the question: found by reading the document again.

A text is compared with the few words that bring a term of the question (`glossary`). Phrases of the thesaurus are sought only
in a text that holds words of one that the question names.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from techfinder.matching import answering
from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, Term, clean, fold
from techfinder.matching.bulk import HOWS
from techfinder.matching.glossary import IN_PHRASE, Learned, Stored, learned
from techfinder.matching.postings import term_hash
from techfinder.matching.readings import Reading
from techfinder.matching.terms import NAMES, SUPPLY, Name, QueryTerm, meant
from techfinder.matching.thesaurus import Thesaurus
from techfinder.matching.values import Word

MOST = 8
STRENGTH = {"word": 0, "spelling": 1, "part": 2, "synonym": 3, "related": 4}
HOW_OF = list(STRENGTH)
STRENGTHS, WORD = np.array([STRENGTH[how] for how in HOWS], np.int64), HOWS.index("word")
assert {list(SUPPLY)[-1]} == NAMES  # `readings` counts on it


class Known:
    """What a glossary says about a question: `hits` are the words that answer it; `words` are, per term of the question, those
    that bring it; `pairs` those that can be the first, and the second, of a phrase that answers."""

    def __init__(
        self, version: int, words: Sequence[Mapping[str, Term]], pairs: Sequence[tuple[frozenset[str], frozenset[str]]]
    ):  # fmt: skip
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


class Phrases(NamedTuple):
    """The phrases that name a concept, by how they begin: `firsts` are the two keys, `hashes` uint64 [2, P] those by which a glossary
    knows them, `lengths` int64 [P] the words of the longest."""

    firsts: tuple[tuple[str, str], ...]
    hashes: np.ndarray
    lengths: np.ndarray


NO_PHRASES = Phrases((), np.zeros((2, 0), np.uint64), np.zeros(0, np.int64))


def _in_order(best: Iterable[tuple[int, float, Word]]) -> tuple[Word, ...]:
    ordered = sorted(best, key=lambda e: (e[0], e[1], e[2].asked))
    return tuple(word for _, _, word in ordered[:MOST])


class Explainer:
    """Explains any number of documents for one question; for one thread. `stored` is the glossary of a generation."""

    def __init__(self, analyser: Analyser, asked: Sequence[QueryTerm], stored: Stored | None = None):
        self._analyser, self._learned, self._stored = analyser, learned(analyser), stored
        self._asked = {t.key: t for t in asked}
        named = phrases(analyser.thesaurus)
        self._named = [named[key] for key in self._asked if key in named]
        self._by_phrase = {t.asked for key, t in self._asked.items() if key in named}
        self._strongest: dict[str, tuple[int, float]] = {}  # per word of the question, the most that a document can answer
        for t in asked:
            most = (STRENGTH[t.how], -t.weight)
            self._strongest[t.asked] = min(most, self._strongest.get(t.asked, most))
        self._at_hand: dict[int, Known] = {}
        self._tokens: dict[int, str] = {}  # of the stored glossary's words
        self._phrases: dict[tuple[int, ...], list[tuple[QueryTerm, int, float, Any, str]]] = {}  # … and of such in a row

    def words(self, texts: Iterable[str], stored: bool = False) -> tuple[Word, ...]:
        """The strongest match per asked word, the heaviest asked words first, at most `MOST`.

        `stored`: the texts are of a document that the generation's glossary knows.
        """
        return self._answering(((text, TOKEN.findall(fold(text[:MAX_CHARS]))[:MAX_TOKENS]) for text in texts if text), stored)

    @property
    def knows_numbers(self) -> bool:
        """Whether there is a generation, so that `readings` can be asked."""
        return self._stored is not None

    def readings(self, documents: Sequence[Reading]) -> list[tuple[Word, ...]]:
        """The same for documents of the generation, without their texts."""
        assert self._stored is not None
        if not documents:
            return []
        terms, asked = list(self._asked.values()), list(dict.fromkeys(t.asked for t in self._asked.values()))
        place = {word: n for n, word in enumerate(asked)}
        every, named = np.concatenate([d.numbers for d in documents]), self._named or [NO_PHRASES]
        answers, heavy, begin = answering.best(
            every,
            np.concatenate([d.counts for d in documents], dtype=np.int64),
            np.cumsum([0, *(len(d.counts) for d in documents)]),
            np.array([len(d.counts) == len(SUPPLY) for d in documents], np.int64),
            len(asked),
            np.array([term_hash(t.key) for t in terms], np.uint64),
            np.array([place[t.asked] for t in terms], np.int64),
            np.array([STRENGTH[t.how] for t in terms], np.int64),
            np.array([t.weight for t in terms], np.float64),
            np.concatenate([p.hashes for p in named], axis=1),
            np.concatenate([p.lengths for p in named]),
            self._stored.bring, STRENGTHS, WORD,
        )  # fmt: skip
        best: list[dict[str, tuple[Any, ...]]] = [{} for _ in documents]
        for (document, question, strength, field, number), weight in zip(answers.tolist(), heavy.tolist(), strict=True):
            word = asked[question]
            best[document][word] = (strength, weight, field, Word(word, self._token(number), HOW_OF[strength]))
        if len(begin):
            self._weigh_phrases(best, every, begin)
        return [_in_order((entry[0], entry[1], entry[-1]) for entry in own.values()) for own in best]

    def _token(self, number: int) -> str:
        """A word of the stored glossary."""
        token = self._tokens.get(number)
        if token is None:
            assert self._stored is not None
            token = self._tokens[number] = clean(self._stored.word(number))
        return token

    def _weigh_phrases(self, best: Sequence[dict[str, tuple[Any, ...]]], words: np.ndarray, begin: np.ndarray) -> None:
        """The phrases that begin where `answering.best` says; of equals, what stands in the earlier text and then the word."""
        may_win, firsts = [self._phrase_may_win(own) for own in best], [pair for named in self._named for pair in named.firsts]
        for document, at, count, field, pair in begin.tolist():
            if not may_win[document]:
                continue
            own = best[document]
            for question, strength, weight, how, phrase in self._phrases_of(tuple(words[at : at + count].tolist()), firsts[pair]):
                entry, before = (strength, weight, field), own.get(question.asked)
                if before is None or entry < before[:3]:
                    own[question.asked] = (*entry, Word(question.asked, phrase, how))

    def _phrases_of(self, numbers: tuple[int, ...], first: tuple[str, str]) -> list[tuple[QueryTerm, int, float, Any, str]]:
        """The phrases that answer, of those that begin with the first of these words in a row, two with these keys."""
        found = self._phrases.get(numbers)
        if found is None:
            found = self._phrases[numbers] = []
            tokens, thesaurus = [self._token(n) for n in numbers], self._analyser.thesaurus
            keys = [*first, *map(self._analyser.phrase_key, tokens[2:])]
            for length in thesaurus.ends(keys, 0):
                terms = [Term(*concept) for concept in thesaurus.concepts(tuple(keys[:length]))]
                found += [(*answer, " ".join(tokens[:length])) for answer in self._questions(terms)]
        return found

    def _answering(self, fields: Iterable[tuple[str, Sequence[str]]], stored: bool) -> tuple[Word, ...]:
        """As `words`, of each text and its tokens."""
        best: dict[str, tuple[int, float, Word]] = {}
        for text, tokens in fields:
            if len(best) == len(self._strongest) and all(best[a][:2] <= most for a, most in self._strongest.items()):
                break  # no word can be answered more strongly
            different = set(tokens)
            known = self._known(different, stored)
            if not known.hits.isdisjoint(different):
                for token in tokens:
                    if token in known.hits:
                        self._weigh(best, clean(token), meant(text, known.terms(token)))
            if not isinstance(text, Name) and self._phrase_may_win(best) and known.phrase_in(different):
                for phrase, terms in self._analyser.phrases([clean(token) for token in tokens]):
                    self._weigh(best, phrase, terms)
        return _in_order(best.values())

    def _phrase_may_win(self, best: Mapping[str, tuple[Any, ...]]) -> bool:
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
            firsts = {pair for named in self._named for pair in named.firsts}
            pairs = [(frozenset(glossary.words(IN_PHRASE + a)), frozenset(glossary.words(IN_PHRASE + b))) for a, b in sorted(firsts)]
            known = Known(version, [glossary.words(key) for key in self._asked], [pair for pair in pairs if all(pair)])
            self._at_hand[id(glossary)] = known
        return known

    def _weigh(self, best: dict[str, tuple[int, float, Word]], found: str, terms: Iterable[Term]) -> None:
        for question, strength, weight, how in self._questions(terms):
            before = best.get(question.asked)
            if before is None or (strength, weight) < before[:2]:
                best[question.asked] = (strength, weight, Word(question.asked, found, how))

    def _questions(self, terms: Iterable[Term]) -> Iterable[tuple[QueryTerm, int, float, Any]]:
        """The question's terms among these, how strongly each is answered (less is more: strength, then weight), and how."""
        for term in terms:
            question = self._asked.get(term.key)
            if question is not None:
                how = max(term.how, question.how, key=STRENGTH.__getitem__)
                yield question, STRENGTH[how], -question.weight * term.weight, how


@lru_cache(1)
def phrases(thesaurus: Thesaurus) -> dict[str, Phrases]:
    """Concept → the phrases that name it."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    for keys in thesaurus.members():
        if len(keys) > 1:
            for code, _, _ in thesaurus.concepts(keys):
                own = found.setdefault(code, {})
                own[keys[0], keys[1]] = max(len(keys), own.get((keys[0], keys[1]), 0))
    return {
        code: Phrases(
            tuple(own),
            np.array([[term_hash(IN_PHRASE + pair[side]) for pair in own] for side in (0, 1)], np.uint64),
            np.array(list(own.values()), np.int64),
        )
        for code, own in found.items()
    }
