"""Which words of the documents bring which term: what an explanation would else find out by analysing whole texts.

A document is mostly words that answer nothing. With a glossary a text is compared with the few words that bring a term of
the question. Words are kept as they stand in a folded text, joints included.

A generation has one of all its documents, as arrays: `text` uint8, the words one after another; `at` int32 [T+1] where each
begins; `key` uint64 [K] sorted hashes of terms, and of `IN_PHRASE` + a key that a phrase holds; `key_at` int32 [K+1] and
`word` int32: the words of each, with `weight` float32 (sums of few powers of two: exact) and `how` uint8, a place in
`bulk.HOWS`. Documents that came later are read as they come (`Learned`).
"""

import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from techfinder.matching.analysis import Analyser, Term, clean
from techfinder.matching.bulk import HOWS, Read
from techfinder.matching.postings import readonly, term_hash
from techfinder.matching.thesaurus import Thesaurus

IN_PHRASE = "\n"  # no term begins with it
MANY, MOST_KEPT = 8, 60_000  # words: of a term that is kept, and of all that are kept, some 100 bytes each
MOST_LEARNED = 100_000  # words, some 100 bytes each


class Stored:
    """The glossary of a generation; it never changes. What is asked often is kept as words."""

    version = 0

    def __init__(self, arrays: Mapping[str, np.ndarray]):
        self._arrays = arrays
        self._bring = tuple(readonly(arrays[name]) for name in ("key", "key_at", "word", "weight", "how"))
        self._kept: dict[str, dict[str, Term]] = {}
        self._room = MOST_KEPT

    def words(self, key: str) -> dict[str, Term]:
        """The words that bring a term, or (`IN_PHRASE` + key) that can be part of a phrase; not to be changed."""
        if key in self._kept:
            return self._kept[key]
        a, hashed = self._arrays, term_hash(key)
        row = int(np.searchsorted(a["key"], np.uint64(hashed)))
        if row == len(a["key"]) or int(a["key"][row]) != hashed:
            return {}
        part = slice(a["key_at"][row], a["key_at"][row + 1])
        numbers, text = a["word"][part], a["text"]
        rows = zip(
            a["at"][numbers].tolist(), a["at"][numbers + 1].tolist(), a["weight"][part].tolist(), a["how"][part].tolist(), strict=True
        )
        terms: dict[tuple[float, int], Term] = {}
        found = {}
        for begin, end, weight, how in rows:
            term = terms.get((weight, how)) or terms.setdefault((weight, how), Term(key, weight, HOWS[how]))
            found[text[begin:end].tobytes().decode("utf-8", "surrogatepass")] = term
        if len(found) >= MANY and self._room >= len(found):
            self._room -= len(found)
            self._kept[key] = found
        return found

    @property
    def bring(self) -> tuple[np.ndarray, ...]:
        """The arrays that say which words bring a term, as `answering.GLOSSARY`."""
        return self._bring

    def word(self, number: int) -> str:
        """A word as it stands in a folded text."""
        a = self._arrays
        return a["text"][a["at"][number] : a["at"][number + 1]].tobytes().decode("utf-8", "surrogatepass")


class Learned:
    """A glossary of the words that were explained so far; for all threads. `version` rises whenever it knows more."""

    def __init__(self, analyser: Analyser):
        self.version = 0
        self._analyser = analyser
        self._busy = threading.Lock()
        self._read: set[str] = set()
        self._bring: dict[str, tuple[tuple[str, Term], ...]] = {}

    @property
    def full(self) -> bool:
        return len(self._read) > MOST_LEARNED

    def read(self, words: set[str]) -> None:
        """Take up what is new among `words`."""
        if words <= self._read:
            return
        with self._busy:
            for word in words - self._read:
                for term in brought(self._analyser, word):
                    self._bring[term.key] = (*self._bring.get(term.key, ()), (word, term))
            self._read |= words
            self.version += 1

    def words(self, key: str) -> dict[str, Term]:
        """As `Stored.words`."""
        return dict(self._bring.get(key, ()))


def brought(analyser: Analyser, word: str) -> Iterable[Term]:
    """The terms of a word, and what it can be in a phrase."""
    cleaned = clean(word)
    yield from analyser.terms(cleaned)
    key = analyser.phrase_key(cleaned)
    if key in in_phrases(analyser.thesaurus):
        yield Term(IN_PHRASE + key, 0.0, HOWS[0])


@lru_cache(1)
def in_phrases(thesaurus: Thesaurus) -> frozenset[str]:
    """The first and second keys of the members of several words."""
    return frozenset(key for pair in thesaurus.pairs for key in pair)


_learned = lru_cache(1)(Learned)


def learned(analyser: Analyser) -> Learned:
    """The process's own glossary; a full one is left to those who still use it, and a new one begun."""
    if _learned(analyser).full:
        _learned.cache_clear()
    return _learned(analyser)


def arrays_of(analyser: Analyser, texts: Read) -> dict[str, np.ndarray]:
    """The arrays of a stored glossary."""
    words = [token.encode("utf-8", "surrogatepass") for token in texts.tokens]
    analysed = texts.analysed(analyser)
    names, keys, rows = analysed.names, analysed.keys, analysed.rows
    wanted, inside = in_phrases(analyser.thesaurus), np.zeros(max(len(keys), 1), bool)
    inside[[n for key, n in keys.items() if key in wanted]] = True
    begin = np.flatnonzero(inside[rows.keys]) if len(words) else np.zeros(0, np.int64)
    name_hashes = np.array([term_hash(name) for name in names], np.uint64)
    part_hashes = np.array([term_hash(IN_PHRASE + key) if key in wanted else 0 for key in keys], np.uint64)
    hashes = np.concatenate([name_hashes[rows.terms], part_hashes[rows.keys[begin]]])
    owners = np.concatenate([np.repeat(np.arange(len(words)), np.diff(rows.starts)), begin])
    order = np.argsort(hashes, kind="stable")
    key, first = np.unique(hashes[order], return_index=True)
    return {
        "text": np.frombuffer(b"".join(words), np.uint8),
        "at": np.concatenate([[0], np.cumsum([len(w) for w in words])]).astype(np.int32),
        "key": key,
        "key_at": np.append(first, len(hashes)).astype(np.int32),
        "word": owners[order].astype(np.int32),
        "weight": np.concatenate([rows.weights, np.zeros(len(begin))])[order].astype(np.float32),
        "how": np.concatenate([rows.hows, np.zeros(len(begin), np.uint8)])[order],
    }
