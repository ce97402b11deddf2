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
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

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
MOST_NOTED = 50_000  # texts between spaces, some 300 bytes each
PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
    | {chr(c): None for c in range(0x300, 0x1F000) if unicodedata.combining(chr(c))}
)


def fold(text: str) -> str:
    """Lower case without accents; idempotent."""
    text = text.casefold()
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(PLAIN)


class Term(NamedTuple):
    """`key` is what index and query share; `how` is word, part, synonym or related."""

    key: str
    weight: float
    how: str


class Root(NamedTuple):
    """What a word comes down to: the key that all its inflections share; its lemma, None when nobody knows one; and how many letters it
    has, inflected or not: what a member of the thesaurus may not be derived from."""

    key: str
    lemma: str | None
    letters: int


class Noted(NamedTuple):
    """What a document needs to know of a token: its terms, its own first, with their weights; and the key that phrases know it by."""

    terms: tuple[tuple[str, float], ...]
    key: str


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
        self._stem = Stemmer.Stemmer("dutch", 0)
        self.stopwords = read_words("stopwords.txt")
        self.ballast = read_words("ballast.txt")
        self.light = read_words("light_words.txt")
        self.apart = read_words("apart_words.txt")
        self.ge_words = tuple(read_words("ge_words.txt"))
        self.root = lru_cache(100_000)(self.root)  # type: ignore[method-assign]
        self.terms = lru_cache(100_000)(self.terms_of)
        self.said = lru_cache(100_000)(self.said)  # type: ignore[method-assign]
        self._noted: dict[str, Noted] = {}  # by a text between spaces that is one token
        more, groups, found, places = marshal.loads(kept(table, mark(), self._table)[HEAD:-TAIL])
        self._learn(more, places)
        self.thesaurus = Thesaurus([Group(*group) for group in groups], found)

    def _table(self) -> bytes:
        """The thesaurus as keys, and its words that the list lacks: 11,000 members through the lexicon take a quarter of a second."""
        groups = parse((DATA / "thesaurus.txt").read_text(encoding="utf-8"))
        members = {fold(m).replace("-", "") for g in groups for m, _ in g.members if " " not in m}
        unlisted = {w for w in members if self._lexicon.get(w) is None}  # words of the field that the list lacks
        more = {w for w in unlisted if not (w.endswith("s") and (w[:-1] in members or self._lexicon.get(w[:-1])))}
        self._learn(more)
        found = found_in(groups, self.keys, self.lemma)
        places = frozenset(name for name in name_words() if self._lexicon.get(name) is None)  # Rotterdam is no dam
        return marshal.dumps((frozenset(more), [(g.code, g.broader, g.members) for g in groups], found, places))

    def _learn(self, more: Iterable[str], simple: Iterable[str] = ()) -> None:
        """The lemmas that the lexicon lacks or has otherwise: those of our own list, and words that are their own; and what is
        left whole."""
        extra = (entry.partition("=") for entry in read_words("extra_words.txt"))
        self._own = {word: word for word in more} | {word: lemma or word for word, _, lemma in extra}
        self.splitter = Splitter(self._lexicon, self._own, simple)

    def lemma(self, word: str) -> str | None:
        """The lemma of a folded word, None when neither the lexicon nor the thesaurus has it."""
        return self._own.get(word) or self._lexicon.find(word)[0]

    def knows(self, word: str) -> bool:
        """Whether `word` is Dutch as far as the lexicon goes."""
        return self.root(word).lemma is not None

    def is_ballast(self, token: str) -> bool:
        """Whether a token says nothing about a subject: on the list itself or by its lemma, or a bare number."""
        word = plain(token)
        return word in self.ballast or self.root(word).lemma in self.ballast or word.isdigit()

    def is_light(self, token: str) -> bool:
        word = plain(token)
        return word in self.light or self.root(word).lemma in self.light

    def root(self, word: str) -> Root:
        """Of a folded word."""
        lemma = self.lemma(word)
        return Root(self._key(word, lemma), lemma, max(len(word), len(lemma or "")))

    def key(self, word: str) -> str:
        """The one form that stands for all inflections of a folded word."""
        return self.root(word).key

    def _key(self, word: str, lemma: str | None) -> str:
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
        return tuple(self.key(plain(token)) for token in self.tokens(text))

    def terms_of(self, token: str) -> tuple[Term, ...]:
        """The terms of one token on its own, its own key first; nothing for a stopword."""
        word = plain(token)
        if not word or word in self.stopwords or token in self.stopwords:
            return ()
        own, _, letters = self.root(word)
        found, named = {own: Term(own, 1.0, "word")}, [(own, letters)]
        for part in self._parts(token, word):
            if part not in self.stopwords:
                key, _, letters = self.root(part)
                if key not in found:
                    found[key] = Term(key, PART, "part")
                    named.append((key, letters))
        inside = INSIDE
        for key, letters in named:
            for code, weight, how in self.thesaurus.concepts((key,), letters):
                if key == own and how == "synonym":
                    inside = INSIDE_NAMED
                weight = weight if key == own else weight * inside
                if code not in found or found[code].weight < weight:
                    found[code] = Term(code, weight, how)
        return tuple(found.values())

    def _parts(self, token: str, word: str) -> Sequence[str]:
        """What a token is made of: the pieces between its joints, or the parts of the compound that it is."""
        if token != word:
            pieces = [p for p in token.split("-", MAX_PIECES)[:MAX_PIECES] if len(p) > 1]
            if pieces:
                return [*pieces, *(inner for p in pieces for inner in self.splitter.parts(p))]
        return self.splitter.parts(self.grown(word) or word if word.endswith(("je", "jes")) else word)

    def said(self, token: str) -> Said:
        """A token in a question."""
        terms = tuple((t.key, t.weight, t.how) for t in self.terms(token))
        ballast = bool(terms) and self.is_ballast(token)
        light = bool(terms) and not ballast and self.is_light(token)
        return Said(terms, ballast, light, self.phrase_key(token) in self.thesaurus.firsts)

    def letters(self, word: str) -> int:
        """See `Root`."""
        return self.root(word).letters

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

    def concepts(self, keys: list[str]) -> Iterable[tuple[str, float]]:
        """What the phrases of the thesaurus name among keys in a row, with their weights."""
        for start, end in self.thesaurus.phrases(keys):
            for code, weight, _ in self.thesaurus.concepts(tuple(keys[start:end])):
                yield code, weight

    def phrase_key(self, token: str) -> str:
        """The key that phrases know a token by."""
        return self.root(plain(token)).key

    def noted(self, text: str) -> list[Noted]:
        """The tokens of a text, for a document. Texts between spaces come again and again: most are looked up as they stand."""
        pieces = fold(text[:MAX_CHARS]).split()
        found: list[Any] = [*map(self._noted.get, pieces)]
        if None in found:
            found = []
            for piece in pieces:
                note = self._noted.get(piece)
                found += [note] if note else self._note(piece)
        return found[:MAX_TOKENS]

    def _note(self, piece: str) -> list[Noted]:
        """A text between spaces that was not met before; it is kept when it is one token."""
        tokens = map(clean, TOKEN.findall(piece))
        notes = [Noted(tuple([(t.key, t.weight) for t in self.terms(token)]), self.phrase_key(token)) for token in tokens]
        if len(notes) == 1:
            if len(self._noted) >= MOST_NOTED:
                self._noted.clear()
            self._noted[piece] = notes[0]
        return notes


def mark() -> bytes:
    """16 bytes: the data and the code that the table is made of, and the Python that reads it."""
    return blake2b(f"{fingerprint()} {sys.version}".encode(), digest_size=MARK).digest()


def plain(token: str) -> str:
    """A token without its joints."""
    return token if token.isalnum() else token.replace("-", "")


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
