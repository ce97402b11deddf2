"""What the compiled splitter says, in plain Python: see `compounds.py` for the rules."""

from collections.abc import Callable, Iterable

from techfinder.matching.compounds import read_words
from techfinder.matching.splitting import LEAST_PART, LINKS, LONGEST, LONGEST_PART, SHORTEST


class PlainSplitter:
    """`lemma(word)` returns the lemma of a word that can be a part, else None; `whole` that of a word of the lexicon. `simple` are words
    that are left whole, as those of the list are."""

    def __init__(self, lemma: Callable[[str], str | None], whole: Callable[[str], str | None], simple: Iterable[str] = ()):
        self.lemma, self.known = lemma, whole
        self.short, self.never, self.simple = map(read_words, ("short_parts.txt", "not_parts.txt", "simple_words.txt"))
        self.simple |= frozenset(simple)

    def split(self, word: str) -> tuple[str, ...]:
        if not SHORTEST <= len(word) <= LONGEST or word in self.simple:
            return ()
        own = self.known(word)
        if own is not None and own in self.simple:
            return ()
        lasts = [n for n in range(max(1, len(word) - LONGEST_PART), len(word) - 1) if self._is_last(own, word, n)]
        if not lasts:
            return ()
        best: list[tuple | None] = [None] * (len(word) + 1)  # (cost, parts) of word[:i]
        best[0] = (0, ())
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
            there = end + len(link)
            if link and (there >= len(word) or not word.startswith(link, end)):
                continue
            price = cost + 10 + len(link) + 2 * (len(part) < LEAST_PART)
            if best[there] is None or price < best[there][0]:
                best[there] = (price, (*parts, part))

    def _is_part(self, part: str) -> bool:
        if part in self.never:
            return False
        return part in self.short if len(part) < LEAST_PART else self.lemma(part) is not None

    def _is_last(self, own: str | None, word: str, start: int) -> bool:
        last = word[start:]
        return self._is_part(last) and (own is None or self._keeps_meaning(own, word, start, last))

    def _keeps_meaning(self, own: str, word: str, start: int, last: str) -> bool:
        lemma = self.lemma(last) or last
        if own == word:
            return lemma == last or not last.endswith(("en", "s"))
        return own.startswith(word[:start]) and (own[start:] in (lemma, last) or lemma.startswith(own[start:]))
