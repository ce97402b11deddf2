"""From the words of a question to its terms, compiled: what `terms.query_terms`, `spelling.corrected` and `matcher.question` say, and
the first that fit with them. `phrasebook.py` says what is known of words.

Whoever asks in words that may be misspelt, or in more terms than `MOST_TERMS`, is told so and takes the long way.
"""

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int32, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.addresses import taking
from techfinder.matching.finishing import IDS, KM, LEAST, ORGS, POINTS
from techfinder.matching.geometry import f64s, i64s, position, ro, u64s
from techfinder.matching.judging import FITS
from techfinder.matching.kernel import held, raced
from techfinder.matching.phrasebook import BALLAST, END, HOW, LIGHT, LISTED, NUMBER
from techfinder.matching.ranking import SPREAD_OVER
from techfinder.matching.terms import MAX_QUERY_WORDS

MOST_TERMS = 256
LONG_WAY = -1
WORD = HOW.index("word")
BOOK = Tuple((ro(int32, 2), ro(int64, 2), ro(float64, 2), ro(int32, 2), ro(int32, 2)))  # entries, terms twice, nodes, branches
book_of = taking(BOOK)


@njit(nogil=True, forceinline=True)
def collected(entry, boost, factors, repeat, book, n, found, weights):
    """The number of terms after those of an entry, `terms._collect`; past `MOST_TERMS` when there is no room.

    found   int64 [MOST_TERMS, 3]    a term's number, its place in the book, and the entry that brought it
    weights float64 [MOST_TERMS, 2]  its weight, and the greatest that one word brought
    """
    entries, terms, parts = book[:3]
    for at in range(entries[entry, 0], entries[entry, 0] + entries[entry, 1]):
        mark = terms[at, 1]
        weight, number, i = boost * parts[at, 4] * factors[mark & 3], mark >> NUMBER, 0
        while i < n and found[i, 0] != number:
            i += 1
        if i < n:
            before = weights[i, 1]
            high, low = max(weight, before), min(weight, before)
            weights[i, 0] = weights[i, 0] + (high - before) + low * repeat if weight > before else weights[i, 0] + weight * repeat
            weights[i, 1] = high
            continue
        if n == MOST_TERMS:
            return n + 1
        found[n, 0], found[n, 1], found[n, 2] = number, at, entry
        weights[n, 0], weights[n, 1] = weight, weight
        n += 1
    return n


@njit(nogil=True, forceinline=True)
def branched(node, letter, book):
    """The node that a letter leads to; -1 where no phrase goes on."""
    nodes, branches = book[3], book[4]
    for i in range(nodes[node, 0], nodes[node + 1, 0]):
        if branches[i, 0] == letter:
            return int64(branches[i, 1])
    return int64(-1)


@njit(nogil=True)
def gathered(with_ballast, words, boosts, factors, light, repeat, book, found, weights):
    """The number of terms of all words and phrases, `terms.query_terms`; past `MOST_TERMS` when there is no room, or when `words` are
    not as many texts as there are boosts."""
    entries, nodes = book[0], book[3]
    begin, n, heard, firsts = 0, 0, 0, nodes[1, 0]
    for s in range(len(boosts)):
        end = begin
        while end < len(words) and words[end] != END:
            end += 1
        for i in range(begin, end):
            entry = int64(words[i])
            marks = entries[entry, 2]
            if entries[entry, 1] == 0 or heard >= MAX_QUERY_WORDS:
                continue
            heard += 1
            if with_ballast or marks & BALLAST == 0:
                boost = boosts[s] * light if marks & LIGHT != 0 else boosts[s]
                n = collected(entry, boost, factors, repeat, book, n, found, weights)
                if n > MOST_TERMS:
                    return n
        for i in range(begin, end):
            node = int64(entries[int64(words[i]), 3])
            if node == 0 or node > firsts:
                continue
            for j in range(i + 1, end):
                letter = entries[int64(words[j]), 3]
                node = branched(node, letter, book) if letter > 0 else -1
                if node < 0 or heard >= MAX_QUERY_WORDS:
                    break
                if nodes[node, 1] > 0:
                    heard += 1
                    n = collected(int64(nodes[node, 1]), boosts[s], factors, repeat, book, n, found, weights)
                    if n > MOST_TERMS:
                        return n
        begin = end + 1
    return n if begin == len(words) + 1 else MOST_TERMS + 1


@njit(nogil=True, forceinline=True)
def plain(n, book, found):
    """Whether `spelling.corrected` leaves the terms as they are: what the lexicon lacks stands in the generation."""
    entries, terms = book[:2]
    for i in range(n):
        entry, at = found[i, 2], found[i, 1]
        if entries[entry, 2] & LISTED != 0 or terms[at, 2] >= 0:
            continue
        first = 0
        while found[first, 2] != entry:
            first += 1
        if first != i:
            continue  # … the first of its word did
        if terms[at, 1] & 3 == WORD:
            return False
        other = i + 1
        while other < n and (found[other, 2] != entry or terms[found[other, 1], 2] < 0):
            other += 1
        if other == n:
            return False
    return True


@njit(nogil=True)
def copied(numbers):
    """As int64."""
    made = np.empty(len(numbers), np.int64)
    for i in range(len(numbers)):
        made[i] = int64(numbers[i])
    return made


# Of a question, uint64: the first eleven of `judging.ASKED`; then how many asked themes, closed periods, blocked organisations and
# words there are, the bits of three float64, latitude, longitude and travel, and how many are asked for. Behind this head come
# themes, beginnings and ends of closed periods, who is blocked, and the words' entries in the book, `END` between those of two texts
HEAD = 19
FACTORS = len(HOW) + 2  # of the weights: factors in the order of `HOW`, of light words, of repetition
OF_BLEND = 9  # … weights of the shares, c, d0, anywhere; then the powers of spread
ANSWER = 5  # int64 of one that fits: id, organisation, point, and the bits of score and km
STANDING = Tuple((ro(int64, 2), f64s, f64s, i64s))  # segments, weights, boosts, whether the book knows the first segment's rows
ROOM = Tuple((u64s, f64s, int64[:, ::1], float64[:, ::1]))  # question twice, answer twice
standing_of, room_of = taking(STANDING), taking(ROOM)


@njit(int64(int64, int64, int64), cache=True, nogil=True)
def answered(at_standing, at_book, at_room):
    """How many fit and stand in the answer, best first; `LONG_WAY` where only that is sure. All three are addresses: of a `STANDING`, a
    `BOOK` and a `ROOM`."""
    segments, weights, boosts, known = standing_of(at_standing, 0)
    question, reals, who, what = room_of(at_room, 0)
    book = book_of(at_book, 0)
    themes, closed, blocked, words = int64(question[11]), int64(question[12]), int64(question[13]), int64(question[14])
    k = int64(question[18])
    factors, light, repeat = weights[: len(HOW)], weights[len(HOW)], weights[len(HOW) + 1]
    at = HEAD + themes + 2 * closed + blocked
    entries = question[at : at + words]
    found, weighed, n = np.empty((MOST_TERMS, 3), np.int64), np.empty((MOST_TERMS, 2), np.float64), 0
    for with_ballast in (False, True):
        if n == 0:
            n = gathered(with_ballast, entries, boosts, factors, light, repeat, book, found, weighed)
    if n > MOST_TERMS or not plain(n, book, found):
        return LONG_WAY
    hashes, each, others, mass = np.empty(n, np.uint64), np.empty(n, np.float64), np.empty(16, np.float64), 0.0
    rows, often = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        term = book[1][found[i, 1]]
        hashes[i], rows[i], often[i] = uint64(term[0]), term[2], term[3]
        each[i] = weighed[i, 0] * book[2][found[i, 1], 5]
        mass += each[i]
    others[0], others[1], others[2] = reals[15], reals[16], reals[17]
    others[3], others[4], others[5] = position(reals[15], reals[16])
    others[6:15], others[15] = weights[FACTORS : FACTORS + OF_BLEND], mass
    at = HEAD + themes
    asked = (
        question[:11], others, copied(question[at : at + closed]), copied(question[at + closed : at + 2 * closed]),
        copied(question[at + 2 * closed : at + 2 * closed + blocked]), question[HEAD:at], weights[FACTORS + OF_BLEND :],
    )  # fmt: skip
    nobody = np.empty(0, np.int64)
    if known[0] == 0:
        rows = often = nobody
    whole, real, doubts = raced(FITS, max(k, 1), max(k, SPREAD_OVER), segments, asked, hashes, each, rows, often, nobody, others[:0])
    held(hashes, each, rows, often, nobody, others, asked)
    if len(doubts) > 0:
        return LONG_WAY
    n = min(k, len(whole))
    for i in range(n):
        who[i, 0], who[i, 1], who[i, 2] = whole[i, IDS], whole[i, ORGS], whole[i, POINTS]
        what[i, 3], what[i, 4] = real[i, LEAST], real[i, KM]
    return n
