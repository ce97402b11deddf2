"""Which words of the documents bring which term: what an explanation would else find out by analysing whole texts.

A document is mostly words that answer nothing. With a glossary a text is compared with the few words that bring a term of
the question. Words are kept as they stand in a folded text, joints included.

A generation has one of all its documents, as arrays: `text` uint8, the words one after another; `at` int32 [T+1] where each
begins; `key` uint64 [K] sorted hashes of terms, and of `START` + the key with which a phrase begins; `key_at` int32 [K+1] and
`word` int32: the words of each. Documents that came later, and needs, are read as they come (`Learned`).
"""

import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from techfinder.matching.analysis import Analyser, clean
from techfinder.matching.bulk import Read
from techfinder.matching.postings import term_hash

START = "\n"  # no term begins with it
MOST_LEARNED = 100_000  # words, some 100 bytes each


class Stored:
    """The glossary of a generation; it never changes."""

    version = 0

    def __init__(self, arrays: Mapping[str, np.ndarray]):
        self._arrays = arrays

    def bringing(self, keys: Iterable[str]) -> frozenset[str]:
        """The words that bring one of these terms, or (`START` + key) with which a phrase can begin."""
        a = self._arrays
        found: set[str] = set()
        text, at, known = a["text"], a["at"], a["key"]
        for key in keys:
            hashed = term_hash(key)
            row = int(np.searchsorted(known, np.uint64(hashed)))
            if row < len(known) and int(known[row]) == hashed:
                for word in a["word"][a["key_at"][row] : a["key_at"][row + 1]].tolist():
                    found.add(text[at[word] : at[word + 1]].tobytes().decode("utf-8", "surrogatepass"))
        return frozenset(found)


class Learned:
    """A glossary of the words that were explained so far; for all threads. `version` rises whenever it knows more."""

    def __init__(self, analyser: Analyser):
        self.version = 0
        self._analyser = analyser
        self._busy = threading.Lock()
        self._read: set[str] = set()
        self._bring: dict[str, tuple[str, ...]] = {}

    @property
    def full(self) -> bool:
        return len(self._read) > MOST_LEARNED

    def read(self, words: set[str]) -> None:
        """Take up what is new among `words`."""
        if words <= self._read:
            return
        with self._busy:
            for word in words - self._read:
                for key in brought(self._analyser, word):
                    self._bring[key] = (*self._bring.get(key, ()), word)
            self._read |= words
            self.version += 1

    def bringing(self, keys: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._bring.get(key, ()) for key in keys))


def brought(analyser: Analyser, word: str) -> Iterable[str]:
    """The terms of a word, and with what phrase it may begin."""
    cleaned = clean(word)
    yield from (term.key for term in analyser.terms(cleaned))
    key = analyser.phrase_key(cleaned)
    if key in analyser.thesaurus.firsts:
        yield START + key


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
    firsts = np.zeros(max(len(keys), 1), bool)
    firsts[[n for key, n in keys.items() if key in analyser.thesaurus.firsts]] = True
    begin = np.flatnonzero(firsts[rows.keys]) if len(words) else np.zeros(0, np.int64)
    name_hashes = np.array([term_hash(name) for name in names], np.uint64)
    start_hashes = np.array([term_hash(START + key) if first else 0 for key, first in zip(keys, firsts, strict=False)], np.uint64)
    hashes = np.concatenate([name_hashes[rows.terms], start_hashes[rows.keys[begin]]])
    owners = np.concatenate([np.repeat(np.arange(len(words)), np.diff(rows.starts)), begin])
    order = np.argsort(hashes, kind="stable")
    key, first = np.unique(hashes[order], return_index=True)
    return {
        "text": np.frombuffer(b"".join(words), np.uint8),
        "at": np.concatenate([[0], np.cumsum([len(w) for w in words])]).astype(np.int32),
        "key": key,
        "key_at": np.append(first, len(hashes)).astype(np.int32),
        "word": owners[order].astype(np.int32),
    }
