"""Dutch word → lemma, from simplemma's list of 370,000 forms, as one table of 9 MB (a dictionary: 70) that opens at once.

Made at set-up. Where it is missing, made of another list, or damaged, it is made in memory (about a second).

Table in the file (`kept.py`): starts uint32 [BUCKETS + 1] (positions in the file), the entries. An entry is `\\n`, the word, `\\0`,
one byte for how many letters the lemma cuts from the word's end (from `LISTED`, or from `PLAINED` where the list has the word
with accents only), and what it puts there.
Entries stand in the bucket of their word's CRC-32, so that a look-up is one search in some 25 bytes. Compiled code reads the same
bytes (`splitting.py`).
"""

import os
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import numpy as np
from simplemma.strategies.dictionaries.dictionary_factory import DATA_FOLDER, DefaultDictionaryFactory

from techfinder.matching.kept import FOLDER, HEAD, MARK, kept

BUCKETS = 1 << 18
LISTED, PLAINED = 32, 144
TABLE = FOLDER / "lexicon.bin"


class Lexicon:
    """Immutable; `data` is the whole file."""

    def __init__(self, data: bytes):
        self._data = data
        self._starts = memoryview(data)[HEAD : HEAD + 4 * (BUCKETS + 1)].cast("I")

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """The file and the starts, for compiled code."""
        return arrays_of(self._data, BUCKETS)

    def get(self, word: str) -> str | None:
        """The lemma of a folded word of the list; None for another word."""
        lemma, listed = self.find(word)
        return lemma if listed else None

    def find(self, word: str) -> tuple[str | None, bool]:
        """The lemma of a folded word, and whether the list has the word itself; False: only with accents, or not at all."""
        key = word.encode("utf-8", "surrogatepass")
        bucket = crc32(key) % BUCKETS
        stop = self._starts[bucket + 1]
        at = self._data.find(b"\n" + key + b"\0", self._starts[bucket], stop)
        if at < 0:
            return None, False
        at += len(key) + 2
        after = self._data.find(b"\n", at, stop)
        how = self._data[at]
        kept = len(word) - (how - (LISTED if how < PLAINED else PLAINED))
        return word[:kept] + self._data[at + 1 : stop if after < 0 else after].decode(), how < PLAINED


def table(words: Mapping[str, str], fold: Callable[[str], str]) -> bytes:
    """The table of a list. Only folded words are asked for; one with accents stands under its folded form."""
    plain = {fold(word): fold(lemma) for word, lemma in words.items() if not word.isascii()}
    listed = {word: lemma for word, lemma in words.items() if fold(word) == word}
    entries = []
    for kind, some in ((LISTED, listed), (PLAINED, {w: lemma for w, lemma in plain.items() if w not in listed})):
        for word, lemma in some.items():
            kept = len(os.path.commonprefix([word, lemma]))
            cut = len(word) - kept
            if cut >= PLAINED - LISTED or any(c in word + lemma for c in "\n\0"):
                raise ValueError(f"no entry for {word!r}")
            entries.append((word.encode(), bytes([kind + cut]) + lemma[kept:].encode()))
    return laid(entries, BUCKETS)


def laid(entries: Iterable[tuple[bytes, bytes]], count: int) -> bytes:
    """Words and what their entries say of them, in `count` buckets, a power of two; to be put behind `HEAD` bytes."""
    buckets = [b""] * count
    for word, said in entries:
        buckets[crc32(word) % count] += b"\n" + word + b"\0" + said
    starts, at = memoryview(bytearray(4 * (count + 1))).cast("I"), HEAD + 4 * (count + 1)
    for number, bucket in enumerate(buckets):
        starts[number] = at
        at += len(bucket)
    starts[count] = at
    return b"".join([starts.tobytes(), *buckets])


def arrays_of(data: bytes, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A file of so many buckets as uint8, and its starts as uint32 [count + 1]."""
    return np.frombuffer(data, np.uint8), np.frombuffer(data, np.uint32, count + 1, HEAD)


def mark_of(fold: Callable[[str], str]) -> bytes:
    """16 bytes: the list, this file's layout, and how words are folded."""
    digest = blake2b((DATA_FOLDER / "nl.plzma").read_bytes(), digest_size=MARK)
    digest.update(Path(__file__).read_bytes())
    digest.update("".join(fold(chr(c)) for c in range(0xC0, 0x250)).encode())
    return digest.digest()


def lexicon(fold: Callable[[str], str], path: Path = TABLE) -> Lexicon:
    """The kept table when it is whole and of this list, else one made now and kept."""
    return Lexicon(kept(path, mark_of(fold), lambda: table(DefaultDictionaryFactory().get_dictionary("nl"), fold)))
