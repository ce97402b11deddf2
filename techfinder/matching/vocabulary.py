"""The words of public offers, for "Bedoel je …?", for soft correction of what nobody wrote, and for completion.

Only documents that everybody may see contribute: a word of a hidden offer is never suggested. Arrays, sorted by folded
word: word S32, shown S40 (UTF-8, as most often written), count int32 (documents), signature uint64 and length uint8.

Nearest words are sought by signature: each pair of neighbouring letters (with the word's ends) sets one of 64 bits. One
edit changes at most `PER_EDIT` bits, so words whose signatures differ in more cannot be near; what is left, nearest
signatures first, is compared letter by letter (optimal string alignment: Levenshtein with transpositions).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from techfinder.matching.analysis import TOKEN, Analyser, clean, fold
from techfinder.matching.values import Completion, Supply

WIDTH, SHOWN = 32, 40
PER_EDIT = 6
COMPARED = 60  # words that are compared letter by letter, at most
SHORTEST = 4  # letters of a word that is corrected


@dataclass(frozen=True, slots=True)
class Vocabulary:
    arrays: Mapping[str, np.ndarray]

    def nearest(self, word: str, most: int = 2) -> list[tuple[str, int]]:
        """The known words nearest to `word` and how many edits away, nearest and then most frequent first."""
        length = len(word)
        if length < SHORTEST or length > WIDTH or not len(self.arrays["word"]):
            return []
        reach = 1 if length < 6 else 2
        a = self.arrays
        bits = np.bitwise_count(a["signature"] ^ np.uint64(signature(word)))
        close = np.abs(a["length"].astype(np.int16) - length) <= reach
        rows = np.flatnonzero(close & (bits <= PER_EDIT * reach))
        if len(rows) > COMPARED:
            rows = rows[np.argsort(bits[rows], kind="stable")[:COMPARED]]
        found = []
        for row in rows:
            known = a["word"][row].decode(errors="ignore")
            edits = distance(word, known, reach)
            if edits <= reach:
                found.append((edits, known[0] != word[0], -int(a["count"][row]), known))
        found.sort()
        return [(known, edits) for edits, _, _, known in found[:most] if edits == found[0][0]]

    def shown(self, word: str) -> str:
        """The word as most often written."""
        row = int(np.searchsorted(self.arrays["word"], word.encode()[:WIDTH]))
        if row < len(self.arrays["word"]) and self.arrays["word"][row] == word.encode()[:WIDTH]:
            return self.arrays["shown"][row].decode(errors="ignore")
        return word

    def complete(self, prefix: str, k: int) -> tuple[Completion, ...]:
        """Names (themes, organisations) that begin with the prefix, and words that go on from its last word."""
        whole = fold(prefix.lstrip())[:WIDTH].encode()[:WIDTH]
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


def signature(word: str) -> int:
    bits = 0
    for pair in zip(f"^{word}", f"{word}$", strict=True):
        bits |= 1 << ((ord(pair[0]) * 37 + ord(pair[1])) * 2654435761 >> 7) % 64
    return bits


def distance(one: str, other: str, most: int) -> int:
    """Optimal string alignment distance, or `most` + 1 as soon as it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, above = list(range(len(other) + 1)), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return above[-1]


def vocabulary(analyser: Analyser, supplies: Iterable[Supply]) -> Vocabulary:
    """The words of the public supplies, and those of the thesaurus with count 0."""
    counts: Counter[str] = Counter()
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    names = {"theme": Counter(), "organisation": Counter()}  # type: dict[str, Counter[str]]
    folded = lru_cache(200_000)(lambda token: clean(fold(token)).replace("-", ""))
    for s in supplies:
        if "public" not in s.labels:
            continue
        here = set()
        for token in TOKEN.findall(f"{s.title} {s.theme_words} {s.summary} {s.body}".lower()):
            word = folded(token)
            shown[word][token] += 1
            here.add(word)
        counts.update(w for w in here if len(w) > 2 and not w.isdigit() and w not in analyser.stopwords)
        names["organisation"][s.organisation.strip()] += 1
        names["theme"].update(t.strip() for t in s.theme_words.split(","))
    for group in analyser.thesaurus.groups:
        for member, _ in group.members:
            word = folded(member)
            if " " not in member and len(word) > 2 and word not in counts:
                counts[word], shown[word] = 0, Counter({member: 1})
    arrays = table({w: (shown[w].most_common(1)[0][0], n) for w, n in counts.items()})
    for kind, found in names.items():
        arrays |= {f"{kind}_{k}": v for k, v in table({fold(n): (n, c) for n, c in found.items() if n}).items()}
    words = [w.decode(errors="ignore") for w in arrays["word"]]
    arrays["signature"] = np.array([signature(w) for w in words], np.uint64)
    arrays["length"] = np.array([len(w) for w in words], np.uint8)
    return Vocabulary(arrays)


def table(entries: Mapping[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    by_bytes = {w.encode("utf-8", "ignore")[:WIDTH]: entry for w, entry in entries.items()}
    words = sorted(by_bytes)
    return {
        "word": np.array(words, f"S{WIDTH}"),
        "shown": np.array([by_bytes[w][0].encode("utf-8", "ignore")[:SHOWN] for w in words], f"S{SHOWN}"),
        "count": np.array([by_bytes[w][1] for w in words], np.int32),
    }
