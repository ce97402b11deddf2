"""Which blocks can hold anything, and how much: the bounds by which the kernel looks at few of the documents.

All of it is by blocks of 64 documents, as `blocks.py` makes them; every bound has slack, so that rounding excludes nothing.
"""

from math import sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, float64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.criteria import NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import MEAN
from techfinder.matching.geometry import GRAIN_KM, SPHERE, STEP, bits, ceiling, f32s, i32s, i64s, ro, u8s, u64s

BUCKETS = 1024
SLACK = 1e-9  # more than rounding can add to a bound

TEXT = Tuple((u64s, i64s, i32s, u8s, u8s, ro(float64, 2)))  # hashes, offsets, docs, tf, lengths, table
BLOCKS = Tuple((u64s, u64s, i32s, i32s, u8s, f32s, f32s, f32s, f32s, f32s, f32s, f32s, u64s, i32s, i32s, ro(uint8, 2)))
BLOCK_COLUMNS = (
    "kinds", "levels", "since", "until", "ways", "x", "y", "z", "spread", "reach", "near_reach", "trust", "themes", "theme_start",
    "frequent", "ceilings",
)  # fmt: skip


@njit(cache=True, nogil=True)
def looked_up(terms, text):
    """Rows of the lexicon, int64 [T]; -1 for terms that are not there."""
    hashes = text[0]
    rows = np.full(len(terms), -1, np.int64)
    for t in range(len(terms)):
        i = np.searchsorted(hashes, terms[t])
        if i < len(hashes) and hashes[i] == terms[t]:
            rows[t] = i
    return rows


@njit(cache=True, nogil=True, forceinline=True)
def block_passes(mode, kinds, levels, since, until, ways, spread, reach, near_reach, chord, class_chord, near_class, asked):
    """Whether any document of the block can fit, or nearly fit: no more filters than `mode` allows reject it whole."""
    _, accepted, nearly_accepted, n_levels, n_near, n_since, n_until, today = asked[:8]
    failing = 0
    if kinds & accepted == 0:
        failing += 1 if kinds & nearly_accepted != 0 else 2
    if n_levels != 0 and levels & n_levels == 0:
        failing += 1 if levels & n_near != 0 else 2
    if failing > mode or until < today:
        return False
    gap = max(since, n_since) - min(until, n_until)
    if gap > 0:
        failing += 1 if gap <= NEAR_DAYS else 2
    if ways & 1 == 0 and not ((ways & 2 != 0 and chord <= reach) or (ways & 4 != 0 and chord - spread <= class_chord)):
        nearly = (ways & 2 != 0 and chord <= near_reach) or (ways & 4 != 0 and chord - spread <= near_class)
        failing += 1 if nearly else 2
    return failing <= mode


@njit(cache=True, nogil=True, forceinline=True)
def block_rest(kinds, levels, ways, low_chord, trust, own, asked):
    """The most that a document of the block can have besides its words."""
    wanted, n_levels, d0, anywhere = asked[0], asked[3], asked[24], asked[25]
    near = 0.0
    if ways & 6 != 0:
        low = MEAN * low_chord * (1 - SPHERE) - GRAIN_KM
        near = d0 / (d0 + low) if low > 0 else 1.0
    if ways & 1 != 0:
        near = max(near, anywhere)
    level = bits(levels & n_levels) / bits(n_levels) if n_levels != 0 else 1.0
    kind = 1.0 if kinds & wanted != 0 else 0.0
    return asked[18] * near + asked[19] * own + asked[20] * level + asked[21] * kind + asked[22] * trust


@njit(cache=True, nogil=True)
def candidates(mode, blocks, asked, themes):
    """(numbers, rest, about): the blocks that pass, ascending, the most they can have besides words, and whether a theme may match."""
    kinds, levels, since, until, ways, x, y, z, spread, reach, near_reach, trust, theme_bits, _, _, _ = blocks
    max_travel = asked[13]
    scale = 1 / (MEAN * (1 - SPHERE))
    class_chord = near_class = -8.0
    if max_travel >= 0:
        class_chord = (max_travel + GRAIN_KM) * scale
        near_class = (max_travel * (1 + NEAR_SHARE) + NEAR_KM + GRAIN_KM) * scale
    sought = uint64(0)
    for theme in themes:
        sought |= uint64(1) << (theme & uint64(63))
    count = len(kinds)
    numbers, rest, about = np.empty(count, np.int64), np.empty(count, np.float64), np.empty(count, np.bool_)
    n = 0
    for b in range(count):
        chord = sqrt((x[b] - asked[14]) ** 2 + (y[b] - asked[15]) ** 2 + (z[b] - asked[16]) ** 2)
        if block_passes(
            mode, kinds[b], levels[b], since[b], until[b], ways[b], spread[b], reach[b], near_reach[b], chord,
            class_chord, near_class, asked,
        ):  # fmt: skip
            numbers[n], about[n] = b, theme_bits[b] & sought != 0
            own = 0.5 if sought == 0 else (1.0 if about[n] else 0.0)
            rest[n] = block_rest(kinds[b], levels[b], ways[b], chord - spread[b], trust[b], own, asked)
            n += 1
    return numbers[:n], rest[:n], about[:n]


@njit(cache=True, nogil=True)
def ceilings(numbers, rows, text, blocks):
    """uint8 [T, n]: the ceiling of every term in every candidate block, in steps; 0 where the term does not occur."""
    _, offsets, docs, tf, lengths, table = text
    frequent, known = blocks[14], blocks[15]
    found = np.zeros((len(rows), len(numbers)), np.uint8)
    place = np.full(len(blocks[0]), -1, np.int32)
    for j in range(len(numbers)):
        place[numbers[j]] = j
    for t in range(len(rows)):
        if rows[t] < 0:
            continue
        own = found[t]
        f = np.searchsorted(frequent, rows[t])
        if f < len(frequent) and frequent[f] == rows[t]:
            for j in range(len(numbers)):
                own[j] = known[f, numbers[j]]
            continue
        for p in range(offsets[rows[t]], offsets[rows[t] + 1]):
            j = place[docs[p] >> 6]
            if j >= 0:
                own[j] = max(own[j], ceiling(table[tf[p], lengths[docs[p]]]))
    return found


@njit(cache=True, nogil=True, forceinline=True)
def text_share(text, asked):
    """The weighted share of a sum of impacts."""
    c, mass = asked[23], asked[26]
    return asked[17] * (text / (text + c * mass) if mass > 0 else 0.0)


@njit(cache=True, nogil=True)
def text_bounds(found, factors, asked):
    """float64 [n]: the most that words can bring a document of each block; -1 where no word occurs."""
    total = np.zeros(found.shape[1], np.float64)
    for t in range(len(factors)):
        step = factors[t] * STEP
        for j in range(len(total)):
            total[j] += step * found[t, j]
    for j in range(len(total)):
        total[j] = text_share(total[j] * (1 + SLACK), asked) if total[j] > 0 else -1.0
    return total


@njit(cache=True, nogil=True, forceinline=True)
def bucket(score):
    return min(BUCKETS - 1, max(0, int(score * BUCKETS)))


@njit(cache=True, nogil=True)
def by_bucket(bound):
    """Positions by bucket of their bound, the highest first: a counting sort."""
    sizes = np.zeros(BUCKETS + 1, np.int64)
    for value in bound:
        sizes[BUCKETS - bucket(value)] += 1
    for b in range(BUCKETS):
        sizes[b + 1] += sizes[b]
    order = np.empty(len(bound), np.int64)
    for i in range(len(bound)):
        b = BUCKETS - 1 - bucket(bound[i])
        order[sizes[b]] = i
        sizes[b] += 1
    return order
