"""Taking compounds apart in compiled code: what `compounds.py` says, over the bytes of the lexicon.

Words are UTF-8; `at` says where each of their letters begins, so that letters are counted and bytes compared. Two tables are read, laid
as in `lexicon.py`: the lexicon, and `own`, of which an entry's first byte holds marks instead (`OWN` and so on, from `FROM`) and the
rest is the lemma of a word that has `OWN`.
"""

from zlib import crc32

import numpy as np
from numba import njit
from numba.types import int64, uint32  # type: ignore[attr-defined]

from techfinder.matching.geometry import borrowed, ro, u8s
from techfinder.matching.lexicon import LISTED, PLAINED

LINKS = ("", "s", "en", "n", "e", "er", "ne", "s-", "-")
SHORTEST, LONGEST, LONGEST_PART = 6, 60, 30  # letters; what is longer is no word, and no part of one
LEAST_PART = 4  # letters of a part that is not on the list of short ones
OWN, NEVER, SHORT, SIMPLE, FROM = 1, 2, 4, 8, 32
ROOM = 4 * (LONGEST + 256)  # bytes of a lemma
NONE = 1 << 40  # dearer than any way to part a word
LINK_BYTES = np.array([[*link.encode(), *bytes(2 - len(link))] for link in LINKS], np.uint8)
LINK_LENGTHS = np.array([len(link) for link in LINKS], np.int64)
ENDINGS = np.frombuffer(b"ens", np.uint8)


def _steps() -> np.ndarray:
    """What a byte does to a CRC-32, int64 [256]: `zlib.crc32` of one byte, its first and last turning round taken back."""
    start = 0xFFFFFFFF
    return np.array([crc32(bytes([byte ^ 0xFF])) ^ start ^ (start >> 8) for byte in range(256)], np.int64)


STEPS = _steps()


@njit(nogil=True, forceinline=True)
def checked(word, first, last):
    """The CRC-32 of the bytes `first` to `last` of a word."""
    crc = int64(0xFFFFFFFF)
    for i in range(first, last):
        crc = STEPS[(crc ^ int64(word[i])) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


@njit(nogil=True, forceinline=True)
def entry_of(table, crc, word, first, last):
    """Where the rest of the entry of the bytes `first` to `last` of a word begins, -1 without one; and where its bucket ends."""
    data, starts = table
    bucket, size = crc & (len(starts) - 2), last - first
    p, stop = int64(starts[bucket]), int64(starts[bucket + 1])
    while p + size + 2 < stop:
        i = 0
        while i < size and data[p + 1 + i] == word[first + i]:
            i += 1
        if i == size and data[p + 1 + size] == 0:
            return p + size + 2, stop
        p += 1
        while p < stop and data[p] != 10:
            p += 1
    return int64(-1), stop


@njit(nogil=True)
def written(data, p, stop, lemma, size):
    """The length of a lemma of which `size` bytes are there, when what an entry adds from `p` is there too."""
    while p < stop and data[p] != 10:
        lemma[size] = data[p]
        size, p = size + 1, p + 1
    return size


@njit(nogil=True)
def listed_lemma(listed, word, at, first, last, lemma):
    """(length in bytes, whether the list has the word itself) of the lexicon's lemma of some letters; -1 without one."""
    data = listed[0]
    p, stop = entry_of(listed, checked(word, at[first], at[last]), word, at[first], at[last])
    if p < 0:
        return int64(-1), False
    how = int64(data[p])
    whole = how < PLAINED
    end = at[last - (how - (LISTED if whole else PLAINED))]
    lemma[: end - at[first]] = word[at[first] : end]
    return written(data, p + 1, stop, lemma, end - at[first]), whole


@njit(nogil=True)
def marks_of(own, word, first, last):
    """The marks of some bytes of a word, 0 without."""
    p = entry_of(own, checked(word, first, last), word, first, last)[0]
    return int64(own[0][p]) - FROM if p >= 0 else int64(0)


@njit(nogil=True)
def is_part(listed, own, word, at, first, last):
    """Whether the letters `first` to `last` can be a part."""
    begin, end = at[first], at[last]
    crc = checked(word, begin, end)
    p = entry_of(own, crc, word, begin, end)[0]
    marks = int64(own[0][p]) - FROM if p >= 0 else int64(0)
    if marks & NEVER != 0:
        return False
    if last - first < LEAST_PART:
        return marks & SHORT != 0
    return marks & OWN != 0 or entry_of(listed, crc, word, begin, end)[0] >= 0


@njit(nogil=True)
def begins(one, first, last, other, size):
    """Whether the bytes `first` to `last` of one begin with the `size` bytes of the other."""
    same = 0
    while same < size and first + same < last and one[first + same] == other[same]:
        same += 1
    return same == size


@njit(nogil=True)
def keeps_meaning(listed, own, word, at, first, whole, size, lemma):
    """Whether `whole`, the lemma (of `size` bytes) of a word, is its front plus the lemma of its last part; `lemma` is room."""
    last, end = len(at) - 1, at[len(at) - 1]
    length, (p, stop) = int64(-1), entry_of(own, checked(word, at[first], end), word, at[first], end)
    if p >= 0 and (int64(own[0][p]) - FROM) & OWN != 0:
        length = written(own[0], p + 1, stop, lemma, int64(0))
    else:
        length = listed_lemma(listed, word, at, first, last, lemma)[0]
    part = word[at[first] : end]
    if length <= 0:
        length = len(part)
        lemma[:length] = part
    if size == end and begins(word, 0, end, whole, size):
        plural = part[len(part) - 1] == ENDINGS[2] or (part[len(part) - 2] == ENDINGS[0] and part[len(part) - 1] == ENDINGS[1])
        return not plural or (length == len(part) and begins(part, 0, length, lemma, length))
    front = at[first]
    if not begins(whole, 0, size, word, front):
        return False
    rest = whole[front:size]
    if len(rest) == len(part) and begins(part, 0, len(part), rest, len(rest)):
        return True
    return begins(lemma, 0, length, rest, len(rest))


@njit(nogil=True)
def extended(costs, froms, ends, word, at, first, last):
    """Lay a part, letters `first` to `last`, behind the best way to part what stands before it, with each link that follows."""
    count = len(at) - 1
    price = costs[first] + 10 + (2 if last - first < LEAST_PART else 0)
    for n in range(len(LINK_LENGTHS)):
        size = LINK_LENGTHS[n]
        if size > 0 and (last + size >= count or not begins(word, at[last], at[count], LINK_BYTES[n], size)):
            continue
        # few parts first, then few linking letters, then long last parts (left-to-right order settles that)
        if price + size < costs[last + size]:
            costs[last + size], froms[last + size], ends[last + size] = price + size, first, last


@njit(int64[:, ::1](u8s, u8s, ro(uint32), u8s, ro(uint32)), cache=True, nogil=True)
def parted(word, listed_data, listed_starts, own_data, own_starts):
    """The parts of a word, as the letters that they begin with and end before; none of a simple word."""
    none = np.empty((0, 2), np.int64)
    listed, own = borrowed((listed_data, listed_starts)), borrowed((own_data, own_starts))
    at, count = np.empty(LONGEST + 2, np.int64), 0
    for i in range(len(word)):
        if word[i] & 0xC0 != 0x80:
            if count > LONGEST:
                return none
            at[count] = i
            count += 1
    at[count] = len(word)
    at = at[: count + 1]
    if not SHORTEST <= count <= LONGEST or marks_of(own, word, 0, len(word)) & SIMPLE != 0:
        return none
    whole, lemma = np.empty(ROOM, np.uint8), np.empty(ROOM, np.uint8)
    size, known = listed_lemma(listed, word, at, 0, count, whole)
    if known and marks_of(own, whole, 0, size) & SIMPLE != 0:
        return none
    lasts, n = np.empty(LONGEST, np.int64), 0
    for first in range(max(1, count - LONGEST_PART), count - 1):
        fits = is_part(listed, own, word, at, first, count)
        if fits and (not known or keeps_meaning(listed, own, word, at, first, whole, size, lemma)):
            lasts[n] = first
            n += 1
    if n == 0:
        return none
    costs, froms, ends = np.full(count + 1, NONE, np.int64), np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    costs[0] = 0
    for last in range(3, lasts[n - 1] + 1):
        for first in range(max(0, last - LONGEST_PART), last - 1):
            if costs[first] < NONE and is_part(listed, own, word, at, first, last):
                extended(costs, froms, ends, word, at, first, last)
    for i in range(n):
        if costs[lasts[i]] < NONE:
            extended(costs, froms, ends, word, at, lasts[i], count)
    if costs[count] == NONE:
        return none
    here, n = count, 0
    while here > 0:
        here = froms[here]
        n += 1
    found, here = np.empty((n, 2), np.int64), count
    while here > 0:
        n -= 1
        found[n, 0], found[n, 1] = froms[here], ends[here]
        here = froms[here]
    return found
