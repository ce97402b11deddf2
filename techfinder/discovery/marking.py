"""Showing why something was found: the words that answered, marked, and the sentence they stand in."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from os.path import commonprefix

from markupsafe import Markup, escape

from techfinder.matching.values import Word

ROOT = 4  # letters that two words must begin with in common to count as one another's forms
LONGEST = 170  # characters of an excerpt
_TOKENS = re.compile(r"\w+(?:[-'’]\w+)*")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


def _folded(word: str) -> str:
    if word.isascii():
        return word.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


@lru_cache(512)  # the words of a page's offers are mostly the same
def roots(words: tuple[Word, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """(words that count as they are, beginnings that count too): "robots" and "robotjes" make "robot…"."""
    whole, begins = set(), set()
    for word in words:
        asked, found = _folded(word.asked), _folded(word.found)
        whole |= {asked, found}
        begin = commonprefix([asked, found])
        if len(begin) >= ROOT:
            begins.add(begin.removesuffix("s") if len(begin) > ROOT else begin)
    return frozenset(whole), tuple(begins)


def marked(text: str, words: Sequence[Word]) -> Markup | None:
    """The text with the words that answered marked; None when it holds none of them."""
    parts: list[Markup] = []
    last = 0
    for token in _answering(text, roots(tuple(words))) if words else ():
        parts += [escape(text[last : token.start()]), Markup("<mark>%s</mark>") % text[token.start() : token.end()]]
        last = token.end()
    return Markup("").join([*parts, escape(text[last:])]) if parts else None


def _answering(text: str, known: tuple[frozenset[str], tuple[str, ...]]) -> Iterator[re.Match[str]]:
    """The words of a text that answered, as places in it."""
    whole, begins = known
    if text.isascii():  # folding moves nothing
        text = text.casefold()
        if not any(word in text for word in (*whole, *begins)):
            return
    for token in _TOKENS.finditer(text):
        folded = _folded(token[0])
        if folded in whole or (begins and folded.startswith(begins)):
            yield token


def excerpt(texts: Iterable[str], words: Sequence[Word]) -> Markup | None:
    """The first sentence that holds a word that answered, not too long; None when there is none."""
    known = roots(tuple(words))
    for sentence in (sentence for text in texts for sentence in _SENTENCES.split(text)):
        first = next(_answering(sentence, known), None)
        found = marked(_around(sentence, first.start()), words) if first else None
        if found is not None:
            return found
    return None


def _around(sentence: str, at: int) -> str:
    """The sentence, or when it is long the part of it around the word at `at`."""
    if len(sentence) <= LONGEST:
        return sentence
    tokens = list(_TOKENS.finditer(sentence))
    begin = next((t.start() for t in tokens if t.start() >= at - LONGEST // 2), 0) if at > LONGEST // 2 else 0
    end = max((t.end() for t in tokens if t.end() <= begin + LONGEST), default=len(sentence))
    return ("… " if begin else "") + sentence[begin:end] + (" …" if end < len(sentence) else "")
