"""Which words of which documents answer a question best, by their numbers; compiled for explicit signatures."""

import numpy as np
from numba import njit
from numba.types import Tuple, int64, uint8  # type: ignore[attr-defined]

from techfinder.matching.geometry import i32s, i64s

SIEVE = 1 << 14  # a word whose number's last bits are nobody's is passed over at once

BEST = Tuple((int64[:, ::1], int64[:, ::1], int64[::1]))(i32s, i64s, i64s, int64, i64s, i64s, i64s, i64s, i64s, i64s, i64s)


@njit(cache=True, nogil=True)
def first_of(numbers, number):
    """The place of the first entry of `number` in ascending `numbers`; their length when there is none."""
    at = np.searchsorted(numbers, number)
    return at if at < len(numbers) and numbers[at] == number else len(numbers)


@njit(cache=True, nogil=True)
def in_a_row(word, after, begin, begin_pair, follow, follow_pair):
    """Whether the two are the first and the second of a pair."""
    b = first_of(begin, word)
    while b < len(begin) and begin[b] == word:
        e = first_of(follow, after)
        while e < len(follow) and follow[e] == after:
            if follow_pair[e] == begin_pair[b]:
                return True
            e += 1
        b += 1
    return False


@njit(BEST, cache=True, nogil=True)
def best(words, counts, starts, asked, numbers, questions, ranks, begin, begin_pair, follow, follow_pair):
    """(ranks, positions, phrases): of each document and word of the question the best rank (the least; -1: none) and the
    position in `words` where it stands first; and the positions where two words in a row may begin a phrase that answers.

    `words` int32 are those of all documents, their fields one after the other; `counts` how many in each field; document d has
    the fields `starts[d]` … `starts[d + 1]` - 1. Word `numbers[e]` (ascending) answers the question's word `questions[e]`
    with `ranks[e]`. A phrase of pair n begins with a word of `begin` where `begin_pair` is n, and one of `follow` likewise.
    """
    documents = len(starts) - 1
    found, where = np.full((documents, asked), -1, np.int64), np.full((documents, asked), -1, np.int64)
    phrases, n = np.empty(len(words), np.int64), 0
    sieve = np.zeros(SIEVE, np.uint8)
    for number in numbers:
        sieve[number & (SIEVE - 1)] |= uint8(1)
    for number in begin:
        sieve[number & (SIEVE - 1)] |= uint8(2)
    at = 0
    for d in range(documents):
        for f in range(starts[d], starts[d + 1]):
            last = at + counts[f]
            while at < last:
                word = words[at]
                mark = sieve[word & (SIEVE - 1)]
                if mark & 1 != 0:
                    e = first_of(numbers, word)
                    while e < len(numbers) and numbers[e] == word:
                        q = questions[e]
                        if found[d, q] < 0 or ranks[e] < found[d, q]:
                            found[d, q], where[d, q] = ranks[e], at
                        e += 1
                if mark & 2 != 0 and at + 1 < last and in_a_row(word, words[at + 1], begin, begin_pair, follow, follow_pair):
                    phrases[n] = at
                    n += 1
                at += 1
    return found, where, phrases[:n].copy()
