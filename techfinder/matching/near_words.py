"""Which of many words are within a few edits of one, compiled for explicit signatures.

A word has two marks of 64 bits: `pairs`, one bit for each pair of neighbouring letters (with the word's ends), and `letters`, one
for each letter that it holds and one more for each that it holds twice. An edit that puts one letter for another changes four pairs and
two letters at most, one that adds or takes a letter three and one, one that turns two neighbours round six and none. So words
whose marks differ in more than `PER_EDIT` bits for each edit, or `PER_EDIT_LETTERS` of the second mark alone, cannot be near: of 80,000
some 30 are left, which are compared letter by letter (optimal string alignment: Levenshtein with transpositions).

Words are UTF-8, uint8 [V, WIDTH] with zeros behind; letters are code points.
"""

import numpy as np
from numba import njit
from numba.types import Tuple, int32, int64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.geometry import bits, i64s, ro, u64s

WIDTH = 32
PER_EDIT, PER_EDIT_LETTERS = 6, 2
BEGIN, END = ord("^"), ord("$")
ONE = np.uint64(1)


@njit(nogil=True)
def spelt(word, letters):
    """How many letters a word has; they go into `letters`. One that was cut off at the end does not count."""
    n = at = 0
    while at < len(word) and word[at] != 0:
        lead = int64(word[at])
        size = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        if at + size > len(word):
            break
        code = lead if size == 1 else lead & (0x7F >> size)
        for i in range(at + 1, at + size):
            code = code << 6 | (int64(word[i]) & 0x3F)
        letters[n] = code
        n += 1
        at += size
    return n


@njit(nogil=True)
def marks(letters, count):
    """The marks of the first `count` letters: of pairs and of letters."""
    pairs, once, twice, left = uint64(0), uint64(0), uint64(0), BEGIN
    for i in range(count + 1):
        right = letters[i] if i < count else END
        mixed = (uint64(left) * uint64(37) + uint64(right)) * uint64(2654435761)
        pairs |= ONE << ((mixed >> uint64(7)) & uint64(63))
        if i < count:
            bit = ONE << uint64(right & 31)
            twice |= once & bit
            once |= bit
        left = right
    return pairs, once | twice << uint64(32)


@njit(Tuple((uint64[::1], uint64[::1]))(ro(uint8, 2)), cache=True, nogil=True)
def marked(words):
    """The marks of words, both uint64 [V]."""
    pairs, letters = np.empty(len(words), np.uint64), np.empty(len(words), np.uint64)
    own = np.empty(WIDTH, np.int64)
    for w in range(len(words)):
        pairs[w], letters[w] = marks(own, spelt(words[w], own))
    return pairs, letters


@njit(nogil=True)
def edits(one, first, other, second, most, rows):
    """The edits between the first `first` letters of `one` and the first `second` of `other`; `most` + 1 as soon as they are more.

    `rows` int64 [3, WIDTH + 2] is room for the last three rows of the table, of which only what lies within `most` of its diagonal
    can count.
    """
    begin = 0
    while begin < first and begin < second and one[begin] == other[begin]:
        begin += 1
    while first > begin and second > begin and one[first - 1] == other[second - 1]:
        first -= 1
        second -= 1
    first, second = first - begin, second - begin
    if abs(first - second) > most:
        return most + 1
    for j in range(second + 1):
        rows[0, j] = j
    for i in range(1, first + 1):
        before, above, row = rows[(i - 2) % 3], rows[(i - 1) % 3], rows[i % 3]
        low, high = max(1, i - most), min(second, i + most)
        row[low - 1] = i if low == 1 else most + 1
        row[high + 1] = most + 1
        least, a = row[low - 1], one[begin + i - 1]
        for j in range(low, high + 1):
            b = other[begin + j - 1]
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (0 if a == b else 1))
            if i > 1 and j > 1 and a == other[begin + j - 2] and one[begin + i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
            least = min(least, cost)
        if least > most:
            return most + 1
    return rows[first % 3, second]


@njit(Tuple((int32[::1], int64[::1]))(i64s, int64, ro(uint8, 2), u64s, u64s), cache=True, nogil=True)
def near(word, most, words, pairs, letters):
    """(rows, edits) of the words that are at most `most` edits from that of the letters `word`; `marked` made the last two."""
    own_pairs, own_letters = marks(word, len(word))
    found, away, n = np.empty(len(words), np.int32), np.empty(len(words), np.int64), 0
    other, rows = np.empty(WIDTH, np.int64), np.empty((3, WIDTH + 2), np.int64)
    for w in range(len(words)):
        differ = bits(letters[w] ^ own_letters)
        if differ > PER_EDIT_LETTERS * most or differ + bits(pairs[w] ^ own_pairs) > PER_EDIT * most:
            continue
        distance = edits(word, len(word), other, spelt(words[w], other), most, rows)
        if distance <= most:
            found[n], away[n] = w, distance
            n += 1
    return found[:n].copy(), away[:n].copy()
