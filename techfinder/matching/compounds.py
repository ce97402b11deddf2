"""Taking Dutch compounds apart: `robotworkshop` is `robot` and `workshop`, `timmeren` is only itself.

A split is a division of the whole word into known words of a lexicon, with linking letters between them
(stad-s-wandeling, hond-e-hok, zon-ne-paneel), in as few parts as possible; a part that is a compound itself is
taken apart again. Guards against breaking simple words:

* a part has four letters or more, unless it is on the list of short parts (`data/short_parts.txt`);
* function words, prefixes and things that look like endings are no parts (`data/not_parts.txt`);
* a word that the lexicon knows keeps its meaning: its lemma must be the front plus the lemma of the last part,
  so `programmeren` is not `program` + `meren` (whose lemma is `meer`).
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LINKS = ("", "s", "en", "n", "e", "er", "ne", "s-", "-")
LONGEST, LONGEST_PART = 60, 30  # letters; what is longer is no word, and no part of one


def read_words(name: str) -> frozenset[str]:
    """The words of a data file: separated by white space, `#` starts a comment."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.split("#")[0].split())


class Splitter:
    """`lemma(word)` returns the lemma of a word that can be a part, else None; `whole` that of a word of the lexicon."""

    def __init__(self, lemma: Callable[[str], str | None], whole: Callable[[str], str | None]):
        self.lemma = lemma
        self.known = whole
        self.short = read_words("short_parts.txt")
        self.never = read_words("not_parts.txt")
        self.simple = read_words("simple_words.txt")
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
        if not 6 <= len(word) <= LONGEST or word in self.simple:
            return ()
        own = self.known(word)
        if own is not None and own in self.simple:
            return ()
        lasts = [n for n in range(max(1, len(word) - LONGEST_PART), len(word) - 1) if self._is_last(own, word, n)]
        if not lasts:
            return ()
        best: list[tuple | None] = [None] * (len(word) + 1)  # (cost, parts) of word[:i]
        best[0] = (0.0, ())
        for end in range(3, lasts[-1] + 1):
            for start in range(max(0, end - LONGEST_PART), end - 1):
                if best[start] is not None and self._is_part(part := word[start:end]):
                    self._extend(best, start, end, part, word)
        for start in lasts:
            if best[start] is not None:
                self._extend(best, start, len(word), word[start:], word)
        ending = best[len(word)]
        return ending[1] if ending else ()

    @staticmethod
    def _extend(best: list, start: int, end: int, part: str, word: str) -> None:
        cost, parts = best[start]
        for link in LINKS:
            if link and (end == len(word) or not word.startswith(link, end)):
                continue
            there = end + len(link)
            if link and there >= len(word):
                continue
            # few parts first, then few linking letters, then long last parts (left-to-right order settles that)
            price = cost + 10.0 + len(link) + (2.0 if len(part) < 4 else 0.0)
            if best[there] is None or price < best[there][0]:
                best[there] = (price, (*parts, part))

    def _is_part(self, part: str) -> bool:
        if part in self.never:
            return False
        if len(part) < 4:
            return part in self.short
        return self.lemma(part) is not None

    def _is_last(self, own: str | None, word: str, start: int) -> bool:
        """Whether `word` may end with a part that begins at `start`."""
        return self._is_part(word[start:]) and self._keeps_meaning(own, word, start, word[start:])

    def _keeps_meaning(self, own: str | None, word: str, start: int, last: str) -> bool:
        """Whether a known word's lemma is its front plus the lemma of its last part."""
        if own is None:
            return True
        lemma = self.lemma(last) or last
        if own == word:
            return lemma == last or not last.endswith(("en", "s"))
        return own.startswith(word[:start]) and (own[start:] in (lemma, last) or lemma.startswith(own[start:]))
