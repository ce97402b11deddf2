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
from techfinder.matching.kernel import run
from techfinder.matching.phrasebook import BALLAST, HOW, LIGHT, LISTED, NUMBER, ROW
from techfinder.matching.terms import MAX_QUERY_WORDS

MOST_TERMS = 256
ANSWERED, LONG_WAY = 0, 1
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
        weight, number, i = boost * parts[at, 2] * factors[mark & 3], mark >> NUMBER, 0
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
def gathered(with_ballast, counts, words, boosts, factors, light, repeat, book, found, weights):
    """The number of terms of all words and phrases, `terms.query_terms`; past `MOST_TERMS` when there is no room."""
    entries, nodes = book[0], book[3]
    begin, n, heard, firsts = 0, 0, 0, nodes[1, 0]
    for s in range(len(counts)):
        end = begin + int64(counts[s])
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
        begin = end
    return n


@njit(nogil=True, forceinline=True)
def plain(n, book, found):
    """Whether `spelling.corrected` leaves the terms as they are: what the lexicon lacks stands in the generation."""
    entries, terms = book[:2]
    for i in range(n):
        entry, mark = found[i, 2], terms[found[i, 1], 1]
        if entries[entry, 2] & LISTED != 0 or (mark >> ROW) & ((1 << (NUMBER - ROW)) - 1) != 0:
            continue
        first = 0
        while found[first, 2] != entry:
            first += 1
        if first != i:
            continue  # … the first of its word did
        if mark & 3 == WORD:
            return False
        other = i + 1
        while other < n and (found[other, 2] != entry or (terms[found[other, 1], 1] >> ROW) & ((1 << (NUMBER - ROW)) - 1) == 0):
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


HEAD = 14  # whole numbers of a question before its lists: the first eleven of `judging.ASKED`; asked themes, closed periods, blocked
OF_TERMS = len(HOW) + 2  # of the weights: factors in the order of `HOW`, of light words, of repetition
OF_BLEND = 9  # … weights of the shares, c, d0, anywhere; then the powers of spread
ANSWER = Tuple((int64, int64[:, ::1], float64[:, ::1]))


@njit(ANSWER(int64, int64, ro(int64, 2), i64s, u64s, float64, float64, float64, f64s, f64s), cache=True, nogil=True)
def answered(k, room, segments, row, question, lat, lon, travel, weights, boosts):
    """(`ANSWERED` or `LONG_WAY`, (id, organisation, point) and (score, km) of the first `k` that fit).

    `row` are the addresses of a `BOOK`; `question` uint64 [n] is `HEAD`, themes, beginnings and ends of closed periods, who is blocked,
    how many words each text has, and their entries in the book.
    """
    book = book_of(row, 0)
    themes, closed, blocked = int64(question[11]), int64(question[12]), int64(question[13])
    factors, light, repeat = weights[: len(HOW)], weights[len(HOW)], weights[len(HOW) + 1]
    at = HEAD + themes + 2 * closed + blocked
    counts, words = question[at : at + len(boosts)], question[at + len(boosts) :]
    found, weighed, n = np.empty((MOST_TERMS, 3), np.int64), np.empty((MOST_TERMS, 2), np.float64), 0
    for with_ballast in (False, True):
        if n == 0:
            n = gathered(with_ballast, counts, words, boosts, factors, light, repeat, book, found, weighed)
    if n > MOST_TERMS or not plain(n, book, found):
        return LONG_WAY, np.empty((0, 3), np.int64), np.empty((0, 2), np.float64)
    hashes, each, others, mass = np.empty(n, np.uint64), np.empty(n, np.float64), np.empty(16, np.float64), 0.0
    for i in range(n):
        hashes[i] = uint64(book[1][found[i, 1], 0])
        each[i] = weighed[i, 0] * book[2][found[i, 1], 3]
        mass += each[i]
    others[0], others[1], others[2] = lat, lon, travel
    others[3], others[4], others[5] = position(lat, lon)
    others[6:15], others[15] = weights[OF_TERMS : OF_TERMS + OF_BLEND], mass
    at = HEAD + themes
    asked = (
        question[:11], others, copied(question[at : at + closed]), copied(question[at + closed : at + 2 * closed]),
        copied(question[at + 2 * closed : at + 2 * closed + blocked]), question[HEAD:at], weights[OF_TERMS + OF_BLEND :],
    )  # fmt: skip
    nobody = np.empty(0, np.int64)
    whole, real, doubts = run(FITS, max(k, 1), room, segments, asked, hashes, each, nobody, others[:0])
    if len(doubts) > 0:
        return LONG_WAY, np.empty((0, 3), np.int64), np.empty((0, 2), np.float64)
    n = min(k, len(whole))
    who, what = np.empty((n, 3), np.int64), np.empty((n, 2), np.float64)
    for i in range(n):
        who[i, 0], who[i, 1], who[i, 2] = whole[i, IDS], whole[i, ORGS], whole[i, POINTS]
        what[i, 0], what[i, 1] = real[i, LEAST], real[i, KM]
    return ANSWERED, who, what
