"""Many texts at once: what `terms.document` says of each, made with one dictionary of tokens and arrays for the rest.

Every distinct token is analysed once; its terms are then a row of numbers, and a document is the sum of its tokens' rows.
Weights and boosts are sums of powers of two, so the sums are exact in any order and equal `terms.document` to the last bit.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from techfinder.matching.analysis import MAX_CHARS, MAX_TOKENS, TOKEN, Analyser, Term, clean, fold
from techfinder.matching.terms import EIGHTHS, NAMES, NEED, SUPPLY, TOP, Document
from techfinder.matching.values import Need, Supply

HOWS = ("word", "part", "synonym", "related")
WORD = HOWS.index("word")
AT_ONCE = 4_096  # documents whose sums are made together: bounds the memory


@dataclass(frozen=True, slots=True)
class Pile(Sequence[Document]):
    """Documents as arrays. `names` [T] are the terms; document i has the terms `terms[starts[i]:starts[i + 1]]`.

    starts int64 [N+1], terms int32 [P] ascending per document, tf uint8 [P] in eighths, lengths int64 [N] in words.
    """

    names: Sequence[str]
    starts: np.ndarray
    terms: np.ndarray
    tf: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, row: Any) -> Any:
        part = slice(self.starts[row], self.starts[row + 1])
        keys = [self.names[t] for t in self.terms[part].tolist()]
        return Document(dict(zip(keys, self.tf[part].tolist(), strict=True)), int(self.lengths[row]))

    def __iter__(self) -> Iterator[Document]:
        return (self[row] for row in range(len(self)))

    def taken(self, order: np.ndarray) -> "Pile":
        """The documents in another order."""
        counts = np.diff(self.starts)[order]
        at = spread(self.starts[:-1][order], counts)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Pile(self.names, starts, self.terms[at], self.tf[at], self.lengths[order])


def pile_of(documents: Sequence[Document]) -> Pile:
    """Any documents as a pile."""
    if isinstance(documents, Pile):
        return documents
    ids: dict[str, int] = {}
    terms = [ids.setdefault(term, len(ids)) for d in documents for term in d.frequencies]
    tf = [n for d in documents for n in d.frequencies.values()]
    starts = np.concatenate([[0], np.cumsum([len(d.frequencies) for d in documents])]).astype(np.int64)
    lengths = np.array([d.length for d in documents], np.int64)
    return Pile(list(ids), starts, np.array(terms, np.int32), np.array(tf, np.uint8), lengths)


def spread(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """starts[0], starts[0] + 1, … (counts[0] of them), starts[1], …: int64 [Σ counts]."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()), dtype=np.int64)


class Numbers(dict[str, int]):
    """A number for every string, in order of first appearance."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Read:
    """The tokens of texts: `tokens` folded, with their joints; `flat` int32 [M] their numbers in the order of reading;
    `counts` int64 [N, F] how many per document and field; `plain` bool [N, F]: the text is ASCII; `boosts` float64 [F];
    `names` bool [F]: its words stand for themselves only;
    `made`: the outcome of `analysed`."""

    tokens: Sequence[str]
    flat: np.ndarray
    counts: np.ndarray
    plain: np.ndarray
    boosts: np.ndarray
    names: np.ndarray
    made: list["Analysed"] = field(default_factory=list, compare=False, repr=False)

    def analysed(self, analyser: Analyser) -> "Analysed":
        """The tokens through the analyser, once."""
        if not self.made:
            names, keys = Numbers(), Numbers()
            self.made.append(Analysed(names, keys, rows_of(analyser, self.tokens, names, keys)))
        return self.made[0]

    def cells(self) -> np.ndarray:
        """document · F + field of every token, int64 [M]."""
        return np.repeat(np.arange(self.counts.size), self.counts.ravel())


def read(things: Sequence[Supply] | Sequence[Need], supplies: bool) -> Read:
    """Take the texts of things apart, in the order of the fields of `terms.SUPPLY` or `terms.NEED`."""
    fields = SUPPLY if supplies else NEED
    numbers, flat, counts, plain = Numbers(), array("i"), array("q"), bytearray()
    number_of, findall = numbers.__getitem__, TOKEN.findall
    for thing in things:
        for name in fields:
            text = getattr(thing, name)
            found = findall(fold(text[:MAX_CHARS]))[:MAX_TOKENS] if text else ()
            counts.append(len(found))
            plain.append(text.isascii())
            flat.extend(map(number_of, found))
    shape = (len(things), len(fields))
    return Read(
        list(numbers),
        np.array(flat, np.int32),
        np.array(counts, np.int64).reshape(shape),
        np.frombuffer(bytes(plain), bool).reshape(shape),
        np.array(list(fields.values()), np.float64),
        names_among(fields),
    )


def names_among(fields: Iterable[str]) -> np.ndarray:
    return np.array([name in NAMES for name in fields], bool)


def unread(things: Sequence[Supply] | Sequence[Need], supplies: bool) -> Read:
    """As if their texts were empty."""
    fields = SUPPLY if supplies else NEED
    none = np.zeros((len(things), len(fields)), np.int64)
    return Read([], np.zeros(0, np.int32), none, none == 0, np.array(list(fields.values()), np.float64), names_among(fields))


@dataclass(frozen=True, slots=True)
class Rows:
    """Tokens as rows of numbers: token i has the terms `terms[starts[i]:starts[i + 1]]` (int32) with `weights` float64 and
    `hows` uint8, places in `HOWS`; `words` bool: it counts for the length; `keys` int32: the number of its key."""

    starts: np.ndarray
    terms: np.ndarray
    weights: np.ndarray
    hows: np.ndarray
    words: np.ndarray
    keys: np.ndarray


@dataclass(frozen=True, slots=True)
class Analysed:
    """The rows of tokens; `names` numbers their terms, `keys` their keys."""

    names: Numbers
    keys: Numbers
    rows: Rows


def rows_of(analyser: Analyser, tokens: Sequence[str], names: Numbers, keys: Numbers) -> Rows:
    """Every token once through the analyser; terms and keys get their numbers in `names` and `keys`."""
    made: list[tuple[Term, ...]] = []
    own = array("i")
    for token in map(clean, tokens):
        made.append(analyser.terms_of(token))
        own.append(keys[analyser.phrase_key(token)])
    return Rows(
        np.concatenate([[0], np.cumsum([len(terms) for terms in made])]).astype(np.int64),
        np.array([names[term.key] for terms in made for term in terms], np.int32),
        np.array([term.weight for terms in made for term in terms], np.float64),
        np.array([HOWS.index(term.how) for terms in made for term in terms], np.uint8),
        np.array([bool(terms) and terms[0].how == "word" for terms in made], bool),
        np.array(own, np.int32),
    )


def documents(analyser: Analyser, texts: Read) -> Pile:
    """The documents of texts, as `terms.document` makes them."""
    analysed = texts.analysed(analyser)
    names, keys, rows = analysed.names, analysed.keys, analysed.rows
    cells, (count, width) = texts.cells(), texts.counts.shape
    phrases = phrases_in(analyser, rows.keys[texts.flat], np.cumsum(texts.counts)[cells], names, keys)
    starts = np.concatenate([[0], np.cumsum(texts.counts.sum(axis=1))])
    numbers, terms, tfs = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)]
    for first in range(0, count, AT_ONCE):
        last = min(first + AT_ONCE, count)
        part, some = slice(starts[first], starts[last]), slice(*np.searchsorted(phrases[0], (starts[first], starts[last])))
        tokens = texts.flat[part]
        repeats = np.diff(rows.starts)[tokens]
        at = spread(rows.starts[:-1][tokens], repeats)
        where = np.concatenate([np.repeat(cells[part], repeats), cells[phrases[0][some]]])
        weights = np.concatenate([rows.weights[at], phrases[2][some]]) * texts.boosts[where % width]
        found = np.concatenate([rows.terms[at], phrases[1][some]])
        meant = np.concatenate([rows.hows[at] == WORD, np.zeros(some.stop - some.start, bool)]) | ~texts.names[where % width]
        owners, own_terms, own_tf = sums(where[meant] // width - first, found[meant], weights[meant], len(names))
        numbers.append(np.bincount(owners, minlength=last - first))
        terms.append(own_terms)
        tfs.append(own_tf)
    lengths = np.bincount(cells // max(width, 1), rows.words[texts.flat], minlength=count).astype(np.int64)
    ends = np.cumsum(np.concatenate(numbers))
    return Pile(
        list(names), np.concatenate([[0], ends]).astype(np.int64), np.concatenate(terms), np.concatenate(tfs), lengths
    )


def sums(owners: np.ndarray, terms: np.ndarray, weights: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(owner, term, frequency in eighths), each pair once, ascending."""
    pairs = owners * total + terms
    order = np.argsort(pairs)
    pairs = pairs[order]
    new = np.flatnonzero(np.diff(pairs, prepend=-1))
    added = np.add.reduceat(weights[order], new) if len(new) else np.zeros(0)
    owner, term = np.divmod(pairs[new], max(total, 1))
    return owner, term.astype(np.int32), np.clip(np.rint(added * EIGHTHS), 1, TOP).astype(np.uint8)


def phrases_in(
    analyser: Analyser, keys: np.ndarray, ends: np.ndarray, names: Numbers, numbers: Numbers
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(position, term, weight) of every concept that a phrase in `keys` names, positions ascending; `numbers` holds the keys'
    numbers, `ends` int64 [M] where each token's field ends."""
    thesaurus, known = analyser.thesaurus, list(numbers)
    pairs = {(numbers[a], numbers[b]) for a, b in thesaurus.pairs if a in numbers and b in numbers}
    codes = np.array(sorted(a * len(known) + b for a, b in pairs), np.int64)
    first = np.zeros(len(known), bool)
    first[[numbers[key] for key in thesaurus.firsts if key in numbers]] = True
    here = np.flatnonzero(first[keys])
    after = keys[np.minimum(here + 1, len(keys) - 1)]
    here = here[np.isin(keys[here].astype(np.int64) * len(known) + after, codes)]
    at, terms, weights = array("q"), array("i"), array("d")
    for start in here.tolist():
        row = [known[k] for k in keys[start : min(start + thesaurus.longest, int(ends[start]))].tolist()]
        for end in thesaurus.ends(row, 0):
            for code, weight, _ in thesaurus.concepts(tuple(row[:end])):
                at.append(start)
                terms.append(names[code])
                weights.append(weight)
    return np.array(at, np.int64), np.array(terms, np.int32), np.array(weights, np.float64)
