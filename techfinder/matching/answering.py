"""Which words of which documents answer a question best, by their numbers; compiled for explicit signatures."""

import numpy as np
from numba import njit
from numba.types import Tuple, float64, int64  # type: ignore[attr-defined]

from techfinder.matching.geometry import f32s, f64s, i32s, i64s, ro, u8s, u64s
from techfinder.matching.inverted import row_of

SLOTS = 1 << 11  # words that answer are looked up by the last bits of their numbers
ONE = np.uint64(1)

GLOSSARY = Tuple((u64s, i32s, i32s, f32s, u8s))  # key, key_at, word, weight, how
BEST = Tuple((int64[:, ::1], float64[::1], int64[:, ::1]))(
    i32s, i64s, i64s, i64s, int64, u64s, i64s, i64s, f64s, ro(u64s.dtype, 2), i64s, GLOSSARY, i64s, int64
)  # fmt: skip


@njit(nogil=True, forceinline=True)
def is_in(word, marked):
    """Whether a word is in a set of bits."""
    return word >> 6 < len(marked) and marked[word >> 6] >> np.uint64(word & 63) & ONE != 0


@njit(nogil=True)
def listed(hashes, marked, glossary):
    """(first, after, of, at): the words marked that bring one of these terms, as entries: the term's place in `hashes`, and the
    word's in the glossary. `first` [SLOTS] is an entry of a word with these last bits, `after` the next of each; -1: no more."""
    key_at, word = glossary[1], glossary[2]
    rows, n = np.empty(len(hashes), np.int64), 0
    for t in range(len(hashes)):
        rows[t] = row_of(hashes[t], glossary)
        for p in range(key_at[rows[t]], key_at[rows[t] + 1]) if rows[t] >= 0 else range(0):
            n += is_in(word[p], marked)
    first, after, of, at = np.full(SLOTS, -1, np.int32), np.empty(n, np.int32), np.empty(n, np.int64), np.empty(n, np.int64)
    n = 0
    for t in range(len(hashes)):
        for p in range(key_at[rows[t]], key_at[rows[t] + 1]) if rows[t] >= 0 else range(0):
            if is_in(word[p], marked):
                slot = word[p] & (SLOTS - 1)
                of[n], at[n], after[n], first[slot] = t, p, first[slot], n
                n += 1
    return first, after, of, at


@njit(nogil=True)
def pair_of(word, second, begin, follow, lengths, words):
    """The pair whose words these two are and that has the longest phrase; -1 when there is none."""
    found, b = -1, begin[0][word & (SLOTS - 1)]
    while b >= 0:
        if words[begin[3][b]] == word:
            e = follow[0][second & (SLOTS - 1)]
            while e >= 0:
                pair = begin[2][b]
                if words[follow[3][e]] == second and follow[2][e] == pair and (found < 0 or lengths[pair] > lengths[found]):
                    found = pair
                e = follow[1][e]
        b = begin[1][b]
    return found


@njit(BEST, cache=True, nogil=True)
def best(words, counts, starts, named, asked, hashes, questions, strengths, weights, pairs, lengths, glossary, how_strengths, literal):
    """(answers, heavy, phrases): which words of the question each document answers, and where phrases may begin that answer.

    `words` int32 are those of all documents, their fields one after the other; `counts` how many in each field; document d has
    the fields `starts[d]` … `starts[d + 1]` - 1, and with `named[d]` the last is of names, which stand for themselves only
    (`literal`). Term `hashes[t]` is of the question's word `questions[t]` (of `asked`), with `strengths[t]` and `weights[t]`; a phrase
    may begin with words that bring the two `pairs[:, n]` and has `lengths[n]` words at most.

    `answers` int64 [A, 5]: document, word of the question, strength, twice the field and the number of the word that answers most
    strongly (the least strength, then the greatest weight, the first of equals), and beside it the weight, below 0. `phrases`
    int64 [P, 5]: document, place in `words`, how many words to look at, the odd number between its field and the next, the pair.
    """
    bring, hows = glossary[2], glossary[4]
    marked = np.zeros(((words.max() if len(words) > 0 else 0) >> 6) + 1, np.uint64)
    for word in words:
        marked[word >> 6] |= ONE << np.uint64(word & 63)
    terms = listed(hashes, marked, glossary)
    begin, follow = listed(pairs[0], marked, glossary), listed(pairs[1], marked, glossary)
    documents, n, p, last = len(starts) - 1, 0, 0, 0
    answers, heavy = np.empty((documents * asked, 5), np.int64), np.empty(documents * asked)
    phrases = np.empty((len(words), 5), np.int64)
    strength, weight, place, number = np.empty(asked, np.int64), np.empty(asked), np.empty(asked, np.int64), np.empty(asked, np.int64)
    for d in range(documents):
        strength[:] = -1
        for f in range(starts[d], starts[d + 1]):
            names, at = named[d] != 0 and f == starts[d + 1] - 1, last
            last += counts[f]
            for i in range(at, last):
                word = words[i]
                e = terms[0][word & (SLOTS - 1)]
                while e >= 0:
                    where, t = terms[3][e], terms[2][e]
                    if bring[where] == word and not (names and hows[where] != literal):
                        q, own = questions[t], max(how_strengths[hows[where]], strengths[t])
                        less = -(weights[t] * float64(glossary[3][where]))
                        if strength[q] < 0 or own < strength[q] or (own == strength[q] and less < weight[q]):
                            strength[q], weight[q], place[q], number[q] = own, less, 2 * (f - starts[d]), word
                    e = terms[1][e]
                if i + 1 < last and not names and begin[0][word & (SLOTS - 1)] >= 0:
                    pair = pair_of(word, words[i + 1], begin, follow, lengths, bring)
                    if pair >= 0:
                        phrases[p, 0], phrases[p, 1], phrases[p, 2] = d, i, min(lengths[pair], last - i)
                        phrases[p, 3], phrases[p, 4] = 2 * (f - starts[d]) + 1, pair
                        p += 1
        for q in range(asked):
            if strength[q] >= 0:
                answers[n, 0], answers[n, 1], answers[n, 2], answers[n, 3], answers[n, 4] = d, q, strength[q], place[q], number[q]
                heavy[n] = weight[q]
                n += 1
    return answers[:n].copy(), heavy[:n].copy(), phrases[:p].copy()
