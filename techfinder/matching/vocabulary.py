"""The words of public offers, for "Bedoel je …?", for soft correction of what nobody wrote, and for completion.

Only documents that everybody may see contribute: a word of a hidden offer is never suggested. Arrays, sorted by folded
word: word S32, shown S40 (UTF-8, as most often written), count int32 (documents), and the marks by which near words are
found, pairs and letters uint64 (`near_words.py`).
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from techfinder.matching import near_words
from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, clean, fold
from techfinder.matching.bulk import Numbers, Read
from techfinder.matching.glossary import Stored, arrays_of
from techfinder.matching.near_words import WIDTH
from techfinder.matching.postings import readonly
from techfinder.matching.terms import SUPPLY
from techfinder.matching.values import Completion, Supply

SHOWN = 40
SHORTEST = 4  # letters of a word that is corrected
FIELDS = ("title", "theme_words", "summary", "body")  # whose words people write about a subject


@dataclass(frozen=True, slots=True)
class Vocabulary:
    arrays: Mapping[str, np.ndarray]
    glossaries: dict[bool, Stored] = field(default_factory=dict, compare=False, repr=False)

    def glossary(self, supplies: bool) -> Stored | None:
        """What the words of the generation's supplies, or needs, bring."""
        if supplies not in self.glossaries:
            prefix = f"{'supplies' if supplies else 'needs'}_glossary_"
            arrays = {name.removeprefix(prefix): array for name, array in self.arrays.items() if name.startswith(prefix)}
            if not arrays:
                return None
            self.glossaries[supplies] = Stored(arrays)
        return self.glossaries[supplies]

    def nearest(self, word: str, most: int = 2) -> list[tuple[str, int]]:
        """The known words nearest to `word` and how many edits away: what sounds the same, then nearest, then most frequent."""
        length = len(word)
        if length < SHORTEST or length > WIDTH or not len(self.arrays["word"]):
            return []
        a, heard, found = self.arrays, sound(word), []
        letters = readonly(np.array([ord(letter) for letter in word], np.int64))
        rows, away = near_words.near(letters, 1 if length < 6 else 2, *map(readonly, (bytes_of(a["word"]), a["pairs"], a["letters"])))
        for row, edits in zip(rows.tolist(), away.tolist(), strict=True):
            known = a["word"][row].decode(errors="ignore")
            found.append((sound(known) != heard, edits, known[0] != word[0], -int(a["count"][row]), known))
        found.sort()
        return [(known, edits) for other, edits, _, _, known in found[:most] if (other, edits) == found[0][:2]]

    def shown(self, word: str) -> str:
        """The word as most often written."""
        row = int(np.searchsorted(self.arrays["word"], word.encode("utf-8", "ignore")[:WIDTH]))
        if row < len(self.arrays["word"]) and self.arrays["word"][row] == word.encode("utf-8", "ignore")[:WIDTH]:
            return self.arrays["shown"][row].decode(errors="ignore")
        return word

    def complete(self, prefix: str, k: int) -> tuple[Completion, ...]:
        """Names (themes, organisations) that begin with the prefix, and words that go on from its last word."""
        whole = fold(prefix.lstrip())[:WIDTH].encode("utf-8", "ignore")[:WIDTH]
        if not whole.strip():
            return ()
        last = whole.rsplit(b" ", 1)[-1]
        found = [
            Completion(text, kind, n)
            for kind in ("theme", "organisation")
            for text, n in self._starting(f"{kind}_", whole, k)
        ]
        before = prefix.lstrip()[: len(prefix.lstrip()) - len(prefix.lstrip().rsplit(" ", 1)[-1])]
        words = self._starting("", last, k) if last else []
        found += [Completion(before + text, "word", n) for text, n in words if n]
        seen: dict[str, Completion] = {}
        for c in sorted(found, key=lambda c: -c.count):
            seen.setdefault(fold(c.text), c)
        return tuple(seen.values())[:k]

    def _starting(self, kind: str, prefix: bytes, k: int) -> list[tuple[str, int]]:
        words, counts = self.arrays[f"{kind}word"], self.arrays[f"{kind}count"]
        low, high = np.searchsorted(words, prefix), np.searchsorted(words, prefix + b"\xff")
        rows = np.arange(low, high)
        if len(rows) > k:
            rows = rows[np.argsort(-counts[low:high], kind="stable")[:k]]
        rows = rows[np.argsort(-counts[rows], kind="stable")]
        return [(self.arrays[f"{kind}shown"][r].decode(errors="ignore"), int(counts[r])) for r in rows]


SOUNDS = (
    ("y", "ij"), ("ij", "ei"), ("ie", "i"), ("auw", "ou"), ("ouw", "ou"), ("au", "ou"), ("ch", "g"), ("ph", "f"), ("th", "t"),
    ("ce", "se"), ("ci", "si"), ("c", "k"), ("qu", "kw"), ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "f"), ("dt", "t"),
)  # fmt: skip


def sound(word: str) -> str:
    """How a Dutch word sounds, roughly: people write bakkery, electronica, vliechtuig, riol and wintmolen."""
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    word = "".join(a for a, b in zip(word, " " + word, strict=False) if a != b)
    return word.replace("d", "t")


def bytes_of(words: np.ndarray) -> np.ndarray:
    """Words S32 as uint8 [V, WIDTH]."""
    return words.view(np.uint8).reshape(-1, WIDTH)


def vocabulary(analyser: Analyser, supplies: Sequence[Supply], texts: Read, asked: Read | None = None) -> Vocabulary:
    """The words of the public supplies, with count 0 those that say nothing about a subject and are no completion, and likewise
    those of the thesaurus; `texts` are the supplies' texts as read.

    With the needs' texts, `asked`, it also holds the glossaries of both, of public and other documents alike.
    """
    counts, shown = written(supplies, texts)
    entries = {
        word: (shown[word], 0 if analyser.is_ballast(word) or analyser.is_light(word) else n) for word, n in counts.items()
        if len(word) > 2 and not word.isdigit() and word not in analyser.stopwords
    }  # fmt: skip
    for group in analyser.thesaurus.groups:
        for member, _ in group.members:
            word = plain(member)
            if " " not in member and len(word) > 2 and word not in entries:
                entries[word] = (member, 0)
    arrays = table(entries)
    names = {"theme": Counter(), "organisation": Counter()}  # type: dict[str, Counter[str]]
    for s in supplies:
        if "public" in s.labels:
            names["organisation"][s.organisation.strip()] += 1
            names["theme"].update(t.strip() for t in s.theme_words.split(","))
    for kind, found in names.items():
        arrays |= {f"{kind}_{k}": v for k, v in table({fold(n): (n, c) for n, c in found.items() if n}).items()}
    arrays["pairs"], arrays["letters"] = near_words.marked(readonly(bytes_of(arrays["word"])))
    for side, read in (("supplies", texts), ("needs", asked)):
        if asked is not None and read is not None:
            arrays |= {f"{side}_glossary_{k}": v for k, v in arrays_of(analyser, read).items()}
    return Vocabulary(arrays)


def plain(token: str) -> str:
    """The word that a token is counted as."""
    return clean(fold(token)).replace("-", "")


def written(supplies: Sequence[Supply], texts: Read) -> tuple[dict[str, int], dict[str, str]]:
    """Of the public supplies: in how many each word stands, and how it is most often written (of equals: first)."""
    public = np.array(["public" in s.labels for s in supplies], bool)
    width = texts.counts.shape[1]
    wanted = np.isin(list(SUPPLY), FIELDS)[None, :] & public[:, None]
    cells = texts.cells()
    here = (wanted & texts.plain).ravel()[cells] if len(cells) else np.zeros(0, bool)
    numbers = Numbers(zip(texts.tokens, range(len(texts.tokens)), strict=True))
    more, where = array("i"), array("q")
    for row, column in np.argwhere(wanted & ~texts.plain).tolist():  # accents are shown, though they don't count
        text = getattr(supplies[row], list(SUPPLY)[column])
        found = TOKEN.findall(text[:MAX_CHARS].lower())[:MAX_TOKENS]
        more.extend(map(numbers.__getitem__, found))
        where.extend([row * width + column] * len(found))
    cells = np.concatenate([cells[here], np.array(where, np.int64)])
    order = np.argsort(cells, kind="stable")
    tokens = np.concatenate([texts.flat[here], np.array(more, np.int32)])[order]
    words = Numbers()
    word_of = np.array([words[plain(token)] for token in numbers], np.int64)
    pairs = np.sort((cells[order] // width) * len(words) + word_of[tokens])
    counts = np.bincount(pairs[np.diff(pairs, prepend=-1) > 0] % max(len(words), 1), minlength=len(words))
    first, times = np.zeros(len(numbers), np.int64), np.bincount(tokens, minlength=len(numbers))
    first[tokens[::-1]] = np.arange(len(tokens))[::-1]
    tokens_of, names = list(numbers), list(words)
    shown: dict[str, str] = {}
    for token in np.lexsort((first, -times)).tolist():
        if times[token]:
            shown.setdefault(names[word_of[token]], tokens_of[token])
    return {word: n for word, n in zip(names, counts.tolist(), strict=True) if n}, shown


def table(entries: Mapping[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    by_bytes = {w.encode("utf-8", "ignore")[:WIDTH]: entry for w, entry in entries.items()}
    words = sorted(by_bytes)
    return {
        "word": np.array(words, f"S{WIDTH}"),
        "shown": np.array([by_bytes[w][0].encode("utf-8", "ignore")[:SHOWN] for w in words], f"S{SHOWN}"),
        "count": np.array([by_bytes[w][1] for w in words], np.int32),
    }
