"""Taking Dutch compounds apart: `robotworkshop` is `robot` and `workshop`, `timmeren` is only itself.

A split is a division of the whole word into known words of a lexicon, with linking letters between them
(stad-s-wandeling, hond-e-hok, zon-ne-paneel), in as few parts as possible; a part that is a compound itself is
taken apart again. Guards against breaking simple words:

* a part has four letters or more, unless it is on the list of short parts (`data/short_parts.txt`);
* function words, prefixes and things that look like endings are no parts (`data/not_parts.txt`);
* a word that the lexicon knows keeps its meaning: its lemma must be the front plus the lemma of the last part,
  so `programmeren` is not `program` + `meren` (whose lemma is `meer`).

The work is compiled (`splitting.py`); `tests/matching/plain_splitter.py` says the same in plain Python.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from techfinder.matching.kept import HEAD
from techfinder.matching.lexicon import Lexicon, arrays_of, laid
from techfinder.matching.splitting import FROM, NEVER, OWN, SHORT, SIMPLE, parted

DATA = Path(__file__).parent / "data"
BUCKETS = 1 << 13


def read_words(name: str) -> frozenset[str]:
    """The words of a data file: separated by white space, `#` starts a comment."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.split("#")[0].split())


class Splitter:
    """`own` are lemmas of words that the lexicon lacks or has otherwise; `simple` words are left whole, as those of the list are."""

    def __init__(self, lexicon: Lexicon, own: Mapping[str, str], simple: Iterable[str] = ()):
        marks, listed = dict.fromkeys(own, OWN), map(read_words, ("not_parts.txt", "short_parts.txt", "simple_words.txt"))
        for mark, words in zip((NEVER, SHORT, SIMPLE, SIMPLE), (*listed, simple), strict=True):
            for word in words:
                marks[word] = marks.get(word, 0) | mark
        entries = ((word.encode(), bytes([FROM + mark]) + own.get(word, "").encode()) for word, mark in marks.items())
        self._tables = (*lexicon.arrays, *arrays_of(bytes(HEAD) + laid(entries, BUCKETS), BUCKETS))
        self.split = lru_cache(50_000)(self._split)

    def parts(self, word: str) -> tuple[str, ...]:
        """All parts of `word`, those of its parts included, without the word itself; empty for a simple word."""
        found: dict[str, None] = {}
        for part in self.split(word):
            found[part] = None
            for inner in self.parts(part):
                found[inner] = None
        return tuple(found)

    def _split(self, word: str) -> tuple[str, ...]:
        letters = np.frombuffer(word.encode("utf-8", "surrogatepass"), np.uint8)
        return tuple([word[first:last] for first, last in parted(letters, *self._tables).tolist()])
