"""Which words of a document answered which words of the question: found by reading the document again.

A text is compared with the few words that bring a term of the question (`glossary`). Phrases of the thesaurus are sought only
in a text that holds words of one that the question names.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

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
assert {list(SUPPLY)[-1]} == NAMES  # `_names` counts on it


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


class Numbered:
    """A question as numbers of a stored glossary's words, for `answering.best`, as far as some documents hold them. `ranked`: strength
    and weight (less is more) of each rank."""

    def __init__(
        self, asked: list[str], ranked: list[tuple[int, float]], arrays: tuple[np.ndarray, ...], literal: np.ndarray
    ):  # fmt: skip
        self._ranked, self._asked, self._arrays = ranked, asked, arrays
        self._literal: dict[int, list[tuple[int, int]]] = {}  # what words stand for as a name: (question's word, rank)
        for word, question, rank in zip(*(side[literal].tolist() for side in arrays[:3]), strict=True):
            self._literal.setdefault(word, []).append((question, rank))

    @classmethod
    def of(
        cls, stored: Stored, terms: Sequence[QueryTerm], pairs: Sequence[tuple[str, str]], documents: Sequence[Reading]
    ) -> "Numbered":
        held = np.zeros(stored.count, bool)
        held[np.concatenate([d.numbers for d in documents])] = True
        asked = list(dict.fromkeys(t.asked for t in terms))
        keys = [t.key for t in terms] + [both[side] for side in (0, 1) for both in pairs]
        every = stored.brought(np.array([term_hash(key) for key in keys], np.uint64), held)
        ends = np.searchsorted(every[0], (len(terms), len(terms) + len(pairs)))
        owners, words, weights, hows = (column[: ends[0]] for column in every)
        own = np.array([STRENGTH[t.how] for t in terms], np.int64)
        strengths = np.maximum(STRENGTHS[hows], own[owners])
        strong = -np.array([t.weight for t in terms], np.float64)[owners] * weights
        order = np.lexsort((strong, strengths))
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(strengths[order]) != 0) | (np.diff(strong[order]) != 0)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.cumsum(new) - 1
        ranked = list(zip(strengths[order[new]].tolist(), strong[order[new]].tolist(), strict=True))
        place = {word: n for n, word in enumerate(asked)}
        questions = np.array([place[t.asked] for t in terms], np.int64)[owners]
        by = np.argsort(words, kind="stable")
        arrays, literal = [words[by].astype(np.int64), questions[by], ranks[by]], hows[by] == WORD
        for side, part in ((0, slice(*ends)), (1, slice(ends[1], None))):
            pair, word = every[0][part] - len(terms) - side * len(pairs), every[1][part]
            by = np.argsort(word, kind="stable")
            arrays += [word[by].astype(np.int64), pair[by].astype(np.int64)]
        return cls(asked, ranked, tuple(arrays), literal)

    def answers(self, documents: Sequence[Reading]) -> Iterable[tuple[Reading, list[tuple[Any, ...]], list[int]]]:
        """Of each document the question's words that it answers (with strength, weight and place; how; the number of the word), and
        where in it phrases may begin that answer."""
        whole, documents = documents, [_unnamed(d) for d in documents]
        words = np.concatenate([d.numbers for d in documents])
        counts, fields = np.concatenate([d.counts for d in documents], dtype=np.int64), [len(d.counts) for d in documents]
        ranks, where, phrases = answering.best(words, counts, np.cumsum([0, *fields]), len(self._asked), *self._arrays)
        within = np.arange(len(counts)) - np.repeat(np.cumsum(fields) - fields, fields)
        place = 2 * np.repeat(within, counts)  # of every word: twice its field
        begins = np.cumsum([0, *(len(d.numbers) for d in documents)])
        of = np.searchsorted(begins, phrases, "right") - 1
        starts: dict[int, list[int]] = {}
        for document, start in zip(of.tolist(), (phrases - begins[of]).tolist(), strict=True):
            starts.setdefault(document, []).append(start)
        for n, (document, row, own) in enumerate(zip(documents, ranks.tolist(), where.tolist(), strict=True)):
            found = [
                (asked, (*self._ranked[r], int(place[at])), HOW_OF[self._ranked[r][0]], int(words[at]))
                for asked, r, at in zip(self._asked, row, own, strict=True) if r >= 0
            ]  # fmt: skip
            yield document, self._with_names(found, whole[n]), starts.get(n, [])

    def _with_names(self, found: list[tuple[Any, ...]], document: Reading) -> list[tuple[Any, ...]]:
        """With what the words of its names answer more strongly than all that stands before them."""
        names = document.numbers[len(document.numbers) - _names(document) :]
        best: dict[str, tuple[Any, ...]] = {}
        for number in names.tolist():
            for question, rank in self._literal.get(number, ()):
                entry, asked = (*self._ranked[rank], 2 * len(document.counts) - 2), self._asked[question]
                before = best.get(asked) or next((own for own in found if own[0] == asked), None)
                if before is None or entry < before[1]:
                    best[asked] = (asked, entry, HOW_OF[entry[0]], number)
        return [*(own for own in found if own[0] not in best), *best.values()] if best else found


def _names(document: Reading) -> int:
    """How many of its last words are names (`terms.NAMES`): of an offer the last field; a request has none."""
    return int(document.counts[-1]) if len(document.counts) == len(SUPPLY) else 0


def _unnamed(document: Reading) -> Reading:
    if len(document.counts) != len(SUPPLY):
        return document
    return Reading(document.counts[:-1], document.numbers[: len(document.numbers) - _names(document)])


def _in_order(best: Iterable[tuple[int, float, Word]]) -> tuple[Word, ...]:
    ordered = sorted(best, key=lambda e: (e[0], e[1], e[2].asked))
    return tuple(word for _, _, word in ordered[:MOST])


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
        numbered = Numbered.of(self._stored, list(self._asked.values()), self._pairs, documents)
        made = []
        for reading, answers, starts in numbered.answers(documents):
            best = {asked: (*entry, Word(asked, self._token(n), how)) for asked, entry, how, n in answers}
            if starts and self._phrase_may_win(best):
                self._weigh_phrases(best, reading, starts)
            made.append(_in_order((entry[0], entry[1], entry[-1]) for entry in best.values()))
        return made

    def _token(self, number: int) -> str:
        """A word of the stored glossary."""
        token = self._tokens.get(number)
        if token is None:
            assert self._stored is not None
            token = self._tokens[number] = clean(self._stored.word(number))
        return token

    def _weigh_phrases(self, best: dict[str, tuple[Any, ...]], reading: Reading, starts: Sequence[int]) -> None:
        """The phrases that begin at these words of a document; of equals, what stands in the earlier text and then the word."""
        ends, thesaurus = np.cumsum(reading.counts).tolist(), self._analyser.thesaurus
        for start in starts:
            field = bisect_right(ends, start)
            first = self._analyser.phrase_key(self._token(int(reading.numbers[start])))
            numbers = reading.numbers[start : min(ends[field], start + thesaurus.most(first))]
            for question, strength, weight, how, phrase in self._phrases_of(tuple(numbers.tolist())):
                entry, before = (strength, weight, 2 * field + 1), best.get(question.asked)
                if before is None or entry < before[:3]:
                    best[question.asked] = (*entry, Word(question.asked, phrase, how))

    def _phrases_of(self, numbers: tuple[int, ...]) -> list[tuple[QueryTerm, int, float, Any, str]]:
        """The phrases that answer, of those that begin with the first of these words in a row."""
        found = self._phrases.get(numbers)
        if found is None:
            found = self._phrases[numbers] = []
            tokens, thesaurus = [self._token(n) for n in numbers], self._analyser.thesaurus
            keys = [self._analyser.phrase_key(token) for token in tokens]
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
            pairs = [(frozenset(glossary.words(a)), frozenset(glossary.words(b))) for a, b in self._pairs]
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
def phrases(thesaurus: Thesaurus) -> dict[str, set[tuple[str, str]]]:
    """Concept → the first two keys of the phrases that name it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for keys in thesaurus.members():
        if len(keys) > 1:
            for code, _, _ in thesaurus.concepts(keys):
                found.setdefault(code, set()).add((keys[0], keys[1]))
    return found
