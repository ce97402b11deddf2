"""Words to terms, one definition for index and query.

A text becomes tokens (folded: lower case, no accents); a token becomes weighted terms:

* its own key, the stem of its lemma (Snowball `dutch` over simplemma's lemmas), weight 1;
* the keys of its compound parts, weight `PART`;
* the concepts of the thesaurus that it, a part of it, or the phrase it stands in, names (`=code`).

The key of a compound that the lexicon doesn't know is its front plus the key of its last part, so that
`dakwindmolens` and `dakwindmolen` meet.
"""

import marshal
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import Stemmer

from techfinder.geo import name_words
from techfinder.matching.compounds import DATA, Splitter, read_words
from techfinder.matching.fingerprint import fingerprint
from techfinder.matching.kept import FOLDER, HEAD, MARK, TAIL, kept
from techfinder.matching.lexicon import lexicon
from techfinder.matching.thesaurus import Group, Thesaurus, found_in, parse

TABLE = FOLDER / "thesaurus.bin"
PART = 0.5  # weight of a compound's part beside its whole
INSIDE = 0.625  # a concept that only a part of a compound names
INSIDE_NAMED = 0.3125  # … when the whole names one itself: a warmtepomp is heating first, and little of a pump
TOKEN = re.compile(r"[^\W_]+(?:['’:.&+\-][^\W_]+)*")
JOINT = re.compile(r"['’:.&+\-]")
MAX_TOKENS = 600  # per field of a document or a query
MAX_CHARS = 20_000
MAX_PIECES = 6  # of a word with joints
PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
    | {chr(c): None for c in range(0x300, 0x1F000) if unicodedata.combining(chr(c))}
)


def fold(text: str) -> str:
    """Lower case without accents; idempotent."""
    text = text.casefold()
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(PLAIN)


@dataclass(frozen=True, slots=True)
class Term:
    """`key` is what index and query share; `how` is word, part, synonym or related."""

    key: str
    weight: float
    how: str


class Said(NamedTuple):
    """What a question needs to know of a token: its terms as (key, weight, how), whether it is ballast or weighs little, and whether
    a phrase of the thesaurus may begin with it."""

    terms: tuple[tuple[str, float, str], ...]
    ballast: bool
    light: bool
    begins: bool


class Analyser:
    """Immutable after construction but for its caches; safe to share among threads."""

    def __init__(self, table: Path = TABLE) -> None:
        self._lexicon = lexicon(fold)
        self._more: frozenset[str] = frozenset()
        self._own = {w: lemma or w for w, _, lemma in (e.partition("=") for e in read_words("extra_words.txt"))}
        self._stem = Stemmer.Stemmer("dutch", 0)
        self.splitter = Splitter(self.lemma, self._lexicon.get)
        self.stopwords = read_words("stopwords.txt")
        self.ballast = read_words("ballast.txt")
        self.light = read_words("light_words.txt")
        self.apart = read_words("apart_words.txt")
        self.ge_words = tuple(read_words("ge_words.txt"))
        self.key = lru_cache(100_000)(self.key)  # type: ignore[method-assign]
        self.is_ballast = lru_cache(50_000)(self.is_ballast)  # type: ignore[method-assign]
        self.is_light = lru_cache(50_000)(self.is_light)  # type: ignore[method-assign]
        self.terms = lru_cache(100_000)(self.terms_of)
        self.said = lru_cache(100_000)(self.said)  # type: ignore[method-assign]
        self.phrase_key = lru_cache(100_000)(self.phrase_key)  # type: ignore[method-assign]
        self.knows = lru_cache(100_000)(self.knows)  # type: ignore[method-assign]
        self._more, groups, found, places = marshal.loads(kept(table, mark(), self._table)[HEAD:-TAIL])
        self.splitter.simple |= places
        self.thesaurus = Thesaurus([Group(*group) for group in groups], found)

    def _table(self) -> bytes:
        """The thesaurus as keys, and its words that the list lacks: 11,000 members through the lexicon take a quarter of a second."""
        groups = parse((DATA / "thesaurus.txt").read_text(encoding="utf-8"))
        members = {fold(m).replace("-", "") for g in groups for m, _ in g.members if " " not in m}
        unlisted = {w for w in members if self._lexicon.get(w) is None}  # words of the field that the list lacks
        more = {w for w in unlisted if not (w.endswith("s") and (w[:-1] in members or self._lexicon.get(w[:-1])))}
        self._more = frozenset(more)
        found = found_in(groups, self.keys, self.lemma)
        places = frozenset(name for name in name_words() if self._lexicon.get(name) is None)  # Rotterdam is no dam
        return marshal.dumps((self._more, [(g.code, g.broader, g.members) for g in groups], found, places))

    def lemma(self, word: str) -> str | None:
        """The lemma of a folded word, None when neither the lexicon nor the thesaurus has it."""
        own = self._own.get(word)
        if own:
            return own
        lemma, listed = self._lexicon.find(word)
        return lemma if listed else word if word in self._more else lemma

    def knows(self, word: str) -> bool:
        """Whether `word` is Dutch as far as the lexicon goes."""
        return self.lemma(word) is not None

    def is_ballast(self, token: str) -> bool:
        """Whether a token says nothing about a subject: on the list itself or by its lemma, or a bare number."""
        word = token.replace("-", "")
        return word in self.ballast or self.lemma(word) in self.ballast or word.isdigit()

    def is_light(self, token: str) -> bool:
        word = token.replace("-", "")
        return word in self.light or self.lemma(word) in self.light

    def key(self, word: str) -> str:
        """The one form that stands for all inflections of a folded word."""
        lemma = self.lemma(word)
        if lemma is None and word.endswith("s"):
            lemma = self.lemma(word[:-1])  # a plural that neither the lexicon nor Snowball knows: microbits
        if (lemma or word).endswith(("je", "jes")):
            lemma = self.grown(lemma or word) or lemma
        if lemma is None and len(word) >= 6:
            parts = self.splitter.split(word)
            if parts:
                last = parts[-1]
                return word[: len(word) - len(last)] + self.key(last)
        whole = fold(lemma or word)
        if whole in self.apart:
            return f"{whole}_"
        if whole.startswith("ge") and (lemma or whole.startswith(self.ge_words)):  # a participle's lemma has no "ge"
            return "ge" + (self._stem.stemWord(whole[2:]) or whole[2:])
        return self._stem.stemWord(whole) or word

    def grown(self, small: str) -> str | None:
        """The lemma that a diminutive is made of (lampjes: lamp, bruggetje: brug), None when no known word fits."""
        small = small.removesuffix("s").removesuffix("je")
        guesses = [small, small[:-1]] if small.endswith(("t", "p")) else [small]
        if small.endswith("k"):
            guesses.append(small[:-1] + "g")
        if small.endswith("et"):
            guesses.append(small[:-2])
        for guess in guesses:
            for base in (guess, guess[:-1] if guess[-2:-1] == guess[-1:] else ""):
                if len(base) >= 3 and self._lexicon.get(base) is not None:
                    return self.lemma(base)
        return None

    def tokens(self, text: str) -> list[str]:
        """Folded tokens in order; joints (micro:bit, 3d-printer, foto's) are kept as `-`."""
        found = TOKEN.findall(fold(text[:MAX_CHARS]))
        return [token if token.isalnum() else clean(token) for token in found[:MAX_TOKENS]]

    def keys(self, text: str) -> tuple[str, ...]:
        """The keys of a text's tokens, stopwords included: what phrases are compared by."""
        return tuple(self.key(token.replace("-", "")) for token in self.tokens(text))

    def terms_of(self, token: str) -> tuple[Term, ...]:
        """The terms of one token on its own, its own key first; nothing for a stopword."""
        word = token.replace("-", "")
        if not word or word in self.stopwords or token in self.stopwords:
            return ()
        own = self.key(word)
        found = {own: Term(own, 1.0, "word")}
        letters = {own: self.letters(word)}
        pieces = [p for p in token.split("-", MAX_PIECES)[:MAX_PIECES] if len(p) > 1] if "-" in token else []
        parts = [*pieces, *(inner for p in pieces for inner in self.splitter.parts(p))]
        parts = parts or list(self.splitter.parts(self.grown(word) or word if word.endswith(("je", "jes")) else word))
        for part in parts:
            key = self.key(part)
            if part not in self.stopwords and key not in found:
                found[key] = Term(key, PART, "part")
                letters[key] = self.letters(part)
        inside = INSIDE
        for key in [t.key for t in found.values()]:
            for code, weight, how in self.thesaurus.concepts((key,), letters[key]):
                if key == own and how == "synonym":
                    inside = INSIDE_NAMED
                term = Term(code, weight if key == own else weight * inside, how)
                if code not in found or found[code].weight < term.weight:
                    found[code] = term
        return tuple(found.values())

    def said(self, token: str) -> Said:
        """A token in a question."""
        terms = tuple((t.key, t.weight, t.how) for t in self.terms(token))
        ballast = bool(terms) and self.is_ballast(token)
        light = bool(terms) and not ballast and self.is_light(token)
        return Said(terms, ballast, light, self.phrase_key(token) in self.thesaurus.firsts)

    def letters(self, word: str) -> int:
        """How long a word is, inflected or not: what a member of the thesaurus may not be derived from."""
        return max(len(word), len(self.lemma(word) or ""))

    def stream(self, text: str) -> Iterable[tuple[str, tuple[Term, ...]]]:
        """Each token with its terms, and each phrase of the thesaurus (joined by spaces) with its concepts."""
        tokens = self.tokens(text)
        for token in tokens:
            yield token, self.terms(token)
        yield from self.phrases(tokens)

    def phrases(self, tokens: Sequence[str]) -> Iterable[tuple[str, tuple[Term, ...]]]:
        """The phrases of the thesaurus among tokens in a row, as `stream` gives them."""
        keys = [self.phrase_key(token) for token in tokens]
        for start, end in self.thesaurus.phrases(keys):
            concepts = self.thesaurus.concepts(tuple(keys[start:end]))
            yield " ".join(tokens[start:end]), tuple(Term(*concept) for concept in concepts)

    def phrase_key(self, token: str) -> str:
        """The key that phrases know a token by."""
        return self.key(token if token.isalnum() else token.replace("-", ""))


def mark() -> bytes:
    """16 bytes: the data and the code that the table is made of, and the Python that reads it."""
    return blake2b(f"{fingerprint()} {sys.version}".encode(), digest_size=MARK).digest()


def clean(token: str) -> str:
    """`foto's` → `foto`, `micro:bit` → `micro-bit`, `4.0` → `4-0`."""
    if token.isalnum():
        return token
    for ending in ("'s", "’s"):
        token = token.removesuffix(ending)
    return JOINT.sub("-", token)


@cache
def analyser() -> Analyser:
    """The process's one analyser; it takes some 0.05 s to load when set-up made its tables."""
    return Analyser()
