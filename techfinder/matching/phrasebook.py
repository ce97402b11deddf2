"""The words that questions were asked in, as arrays: what compiled code needs to know of each, so that no question looks it up twice.

A book belongs to one generation, whose statistics are frozen, and to one process; it begins with the phrases of the thesaurus and
gains each word when it is first asked. An entry is a word or a phrase; its terms lie one after the other:

    entries  int32 [W, 4]  where its terms begin, how many there are, marks (`BALLAST`, `LIGHT`, `LISTED`), its letter
    terms    int64 [S, 6]  the term's hash, its mark (number · 4 + place in `HOW`), its rows in the generation and among that one's
                           frequent terms (-1: not there), and the bits of two float64: its weight beside the whole word, and its idf
    nodes    int32 [N, 2]  where the branches of a node begin, and the entry of the phrase that ends in it, 0 without one
    branches int32 [N, 2]  letter and node

Phrases are a tree whose letters are the keys of words: letter n begins a phrase when the root has a branch to it, which goes to node n;
a word that stands in no phrase has letter 0. Arrays only grow, and what lies in them never changes: whoever has looked its words up
takes the arrays after that, and others may go on writing.
"""

import os
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from techfinder.matching.addresses import Lent
from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, clean, fold
from techfinder.matching.postings import Statistics, often
from techfinder.matching.thesaurus import Thesaurus

BALLAST, LIGHT, LISTED = 1, 2, 4  # `LISTED`: the lexicon knows it, so it is not misspelt
HOW = ("word", "part", "synonym", "related")
MOST = 50_000  # entries, some 300 bytes each with the text that they are found by
NUMBER = 2  # bits of a mark below a term's number
END = 0  # the entry between the words of one text and those of the next; entry 0 is nothing
BETWEEN = "\0"  # … and what stands for it in a text
Terms = Iterable[tuple[str, float, str]]
_adding = Lock()


class Phrasebook:
    """Safe to share among threads. `full` says that it is time for a new one."""

    def __init__(self, analyser: Analyser, statistics: Statistics):
        self._analyser, self._statistics = analyser, statistics
        self._known: dict[str, int] = {BETWEEN: END}  # by a text between spaces that is one word
        self._others: dict[str, tuple[int, ...]] = {}  # … that is none, or several
        self._words: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._frequent = np.flatnonzero(often(statistics.df, statistics.count))
        self._entries, self._terms = np.zeros((4096, 4), np.int32), np.zeros((16384, 6), np.int64)
        self._count, self._used = 1, 0
        self._letters, self._nodes, self._branches = self._tree(analyser.thesaurus)
        self._publish()

    def words(self, texts: Sequence[str]) -> list[int]:
        """The entries of the words of the texts, `END` between those of two."""
        whole = f" {BETWEEN} ".join(texts)
        if len(whole) <= MAX_CHARS:
            numbers = [*map(self._known.get, fold(whole).split())]
            if None not in numbers and len(numbers) <= MAX_TOKENS:
                return numbers  # type: ignore[return-value]
        found: list[int] = []
        for text in texts:
            found += (END, *self._met(fold(text[:MAX_CHARS]).split()))
        return found[1:]

    def _met(self, pieces: Sequence[str]) -> list[int]:
        """The entries of texts between spaces, new ones too."""
        fresh = [piece for piece in dict.fromkeys(pieces) if piece not in self._known and piece not in self._others]
        if fresh:
            with _adding:
                made = {piece: tuple([self._word(clean(token)) for token in TOKEN.findall(piece)]) for piece in fresh}
                self._publish()
                for piece, several in made.items():
                    if len(several) == 1:
                        self._known[piece] = several[0]
                    else:
                        self._others[piece] = several
        found: list[int] = []
        for piece in pieces:
            number = self._known.get(piece)
            found += self._others[piece] if number is None else (number,)
        return found[:MAX_TOKENS]

    def _word(self, token: str) -> int:
        number = self._words.get(token)
        if number is None:
            a = self._analyser
            said = a.said(token)
            marks = BALLAST * said.ballast + LIGHT * said.light + LISTED * a.knows(token.replace("-", ""))
            number = self._words[token] = self._entry(said.terms, marks, self._letters.get(a.phrase_key(token), 0))
        return number

    def _entry(self, terms: Terms, marks: int, letter: int) -> int:
        rows = [self._term(*term) for term in terms]
        self._terms = grown(self._terms, self._used + len(rows))
        self._entries = grown(self._entries, self._count + 1)
        for n, (hashed, mark, row, frequent, weight, idf) in enumerate(rows, self._used):
            self._terms.view(np.uint64)[n, 0] = hashed
            self._terms[n, 1:4] = mark, row, frequent
            self._terms.view(np.float64)[n, 4:] = weight, idf
        self._entries[self._count] = self._used, len(rows), marks, letter
        self._used += len(rows)
        self._count += 1
        return self._count - 1

    def _term(self, key: str, weight: float, how: str) -> tuple[int, int, int, int, float, float]:
        hashed, idf = self._statistics.hashed(key)
        number, row = self._numbers.setdefault(key, len(self._numbers)), self._statistics.row(hashed)
        at = int(np.searchsorted(self._frequent, row))
        frequent = at if at < len(self._frequent) and self._frequent[at] == row else -1
        return hashed, number << NUMBER | HOW.index(how), row, frequent, weight, idf

    def _publish(self) -> None:
        self.shown = Lent(self._entries, self._terms, self._terms.view(np.float64), self._nodes, self._branches)
        self.full = len(self._known) + len(self._others) > MOST

    def _tree(self, thesaurus: Thesaurus) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
        """(letters by key, nodes, branches)."""
        phrases = [keys for keys in thesaurus.members() if len(keys) > 1]
        letters: dict[str, int] = {}
        for key in [keys[0] for keys in phrases] + [key for keys in phrases for key in keys[1:]]:
            letters.setdefault(key, len(letters) + 1)
        firsts = len({keys[0] for keys in phrases})
        tree: list[dict[int, int]] = [{n: n for n in range(1, firsts + 1)}, *({} for _ in range(firsts))]
        ends: dict[int, int] = {}
        for keys in phrases:
            node = 0
            for key in keys:
                if (after := tree[node].get(letters[key])) is None:
                    after = tree[node][letters[key]] = len(tree)
                    tree.append({})
                node = after
            ends[node] = self._entry(thesaurus.concepts(keys), 0, 0)
        nodes = np.zeros((len(tree) + 1, 2), np.int32)
        nodes[1:, 0] = np.cumsum([len(branches) for branches in tree])
        nodes[list(ends), 1] = list(ends.values())
        branches = np.array([pair for branches in tree for pair in branches.items()] or [(0, 0)], np.int32)
        return letters, nodes, branches


def grown(array: np.ndarray, least: int) -> np.ndarray:
    """The array, or a greater one that begins like it."""
    if least <= len(array):
        return array
    more = np.zeros((2 * max(least, len(array)), array.shape[1]), array.dtype)
    more[: len(array)] = array
    return more


def _fresh_lock() -> None:
    """In a forked child: whoever held the lock lives on in the parent only."""
    global _adding
    _adding = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_lock)
