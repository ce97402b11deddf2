"""Which blocks can hold anything, and how much: the bounds by which the kernel looks at few of the documents.

All of it is by blocks of 64 documents and areas of 16 blocks, as `blocks.py` makes them; every bound has slack, so that rounding
excludes nothing.
"""

from math import sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, float64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.criteria import NEAR_DAYS, NEAR_KM, NEAR_SHARE
from techfinder.matching.geometry import GRAIN_KM, STEP, bits, bools, ceiling, f32s, i32s, ro, u8s, u64s
from techfinder.matching.inverted import BLOCKS_IN_AREA

BUCKETS = 1024
SLACK = 1e-9  # more than rounding can add to a bound

SUMMARY = ("kinds", "levels", "since", "until", "ways", "x", "y", "z", "spread", "reach", "near_reach")
AREAS = Tuple((u64s, u64s, i32s, i32s, u8s, f32s, f32s, f32s, f32s, f32s, f32s))
AREA_COLUMNS = tuple(f"area_{name}" for name in SUMMARY)
BLOCKS = Tuple((*AREAS.types, u64s, u64s, ro(uint64, 2), f32s, u64s, i32s, ro(uint8, 2), bools, ro(float64, 2), ro(uint64, 2)))
BLOCK_COLUMNS = (*SUMMARY, "every", "plain", "by_level", "trust", "themes", "theme_start", "ceilings", "even", "circles", "within")


@njit(nogil=True, forceinline=True)
def passes(mode, kinds, levels, since, until, ways, chord, spread, reach, near_reach, asked):
    """Whether any document of the run can fit, or nearly fit: no more filters than `mode` allows reject it whole."""
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
    if ways & 1 == 0:
        limit = asked[13]
        if not ((ways & 2 != 0 and chord <= reach) or (ways & 4 != 0 and limit >= 0 and chord - spread <= limit)):
            wide = limit * (1 + NEAR_SHARE) + NEAR_KM
            nearly = (ways & 2 != 0 and chord <= near_reach) or (ways & 4 != 0 and limit >= 0 and chord - spread <= wide)
            failing += 1 if nearly else 2
    return failing <= mode


@njit(nogil=True, forceinline=True)
def most_besides(kinds, levels, ways, low, trust, own, asked):
    """The most that a document of the block can have besides its words; `low`: km to the nearest of its places, at least."""
    wanted, n_levels, d0, anywhere = asked[0], asked[3], asked[24], asked[25]
    near = 0.0
    if ways & 6 != 0:
        near = d0 / (d0 + low) if low > 0 else 1.0
    if ways & 1 != 0:
        near = max(near, anywhere)
    level = bits(levels & n_levels) / bits(n_levels) if n_levels != 0 else 1.0
    kind = 1.0 if kinds & wanted != 0 else 0.0
    return asked[18] * near + asked[19] * own + asked[20] * level + asked[21] * kind + asked[22] * trust


@njit(nogil=True, forceinline=True)
def nearest_of(b, blocks, asked):
    """Km to the nearest place of block b, at least; below 0 inside the circle around them."""
    x, y, z = blocks[5][b] - asked[14], blocks[6][b] - asked[15], blocks[7][b] - asked[16]
    return sqrt(x * x + y * y + z * z) - blocks[8][b] - GRAIN_KM


@njit(nogil=True)
def cells_near(circles, asked):
    """(own, near): the cells whose circle the asker stands in, and those whose circle the class may come into."""
    own, near, limit = np.empty(len(circles), np.int64), np.empty(len(circles), np.int64), asked[13]
    n = m = 0
    for c in range(len(circles)):
        away = sqrt((circles[c, 0] - asked[14]) ** 2 + (circles[c, 1] - asked[15]) ** 2 + (circles[c, 2] - asked[16]) ** 2)
        if away <= circles[c, 3]:
            own[n] = c
            n += 1
        if limit >= 0 and away <= circles[c, 3] + limit:
            near[m] = c
            m += 1
    return own[:n], near[:m]


@njit(nogil=True, forceinline=True)
def of_cells(b, ways, own, near, within):
    """The documents of block b that may be within reach, as bits."""
    found = uint64(0)
    if ways & 3 != 0 or len(near) == 0:
        found = ~uint64(0)
        for c in own:
            found &= within[c, b]
    if ways & 4 != 0:
        for c in near:
            found |= within[c, b]
    return found


@njit(nogil=True)
def candidates(mode, areas, blocks, asked, themes, seen):
    """(numbers, rest, about, alive): the blocks that pass, ascending, the most they can have besides words, whether a theme may match,
    and which of their documents there are as far as viewer and, with mode 0, reach go."""
    a_kinds, a_levels, a_since, a_until, a_ways, ax, ay, az, a_spread, a_reach, a_near = areas
    kinds, levels, since, until, ways, x, y, z, spread, reach, near_reach, _, _, _, trust, theme_bits = blocks[:16]
    circles, within = blocks[19], blocks[20]
    own, near = cells_near(circles, asked)
    by_cell = mode == 0 and len(circles) > 0
    sought = uint64(0)
    for theme in themes:
        sought |= uint64(1) << (theme & uint64(63))
    count = len(kinds)
    numbers, rest, about = np.empty(count, np.int32), np.empty(count, np.float64), np.empty(count, np.bool_)
    alive, n = np.empty(count, np.uint64), 0
    for a in range(len(a_kinds)):
        chord = sqrt((ax[a] - asked[14]) ** 2 + (ay[a] - asked[15]) ** 2 + (az[a] - asked[16]) ** 2)
        if not passes(
            mode, a_kinds[a], a_levels[a], a_since[a], a_until[a], a_ways[a], chord, a_spread[a], a_reach[a], a_near[a], asked
        ):
            continue
        for b in range(a * BLOCKS_IN_AREA, min((a + 1) * BLOCKS_IN_AREA, count)):
            chord = sqrt((x[b] - asked[14]) ** 2 + (y[b] - asked[15]) ** 2 + (z[b] - asked[16]) ** 2)
            if passes(mode, kinds[b], levels[b], since[b], until[b], ways[b], chord, spread[b], reach[b], near_reach[b], asked):
                alive[n] = seen[b] & of_cells(b, ways[b], own, near, within) if by_cell else seen[b]
                if alive[n] == 0:
                    continue
                numbers[n], about[n] = b, theme_bits[b] & sought != 0
                themed = 0.5 if sought == 0 else (1.0 if about[n] else 0.0)
                low = chord - spread[b] - GRAIN_KM
                rest[n] = most_besides(kinds[b], levels[b], ways[b], low, trust[b], themed, asked)
                n += 1
    return numbers[:n], rest[:n], about[:n], alive[:n]


@njit(nogil=True)
def ceilings(numbers, rows, often, text, blocks):
    """(ceilings, spots): uint8 and int32 [T, n], per term and candidate block its ceiling in steps, 0 where it does not occur, and
    for terms that are not frequent the place in `docs` of its first document there. `often`: rows in `held`, -1 for others."""
    _, offsets, places, docs, tf, lengths, _, _, _, table = text
    known = blocks[17]
    found, spots = np.zeros((len(rows), len(numbers)), np.uint8), np.empty((len(rows), len(numbers)), np.int32)
    if len(numbers) == 0:
        return found, spots
    for t in range(len(rows)):
        if rows[t] < 0:
            continue
        own, spot = found[t], spots[t]
        if often[t] >= 0:
            for j in range(len(numbers)):
                own[j] = known[often[t], numbers[j]]
            continue
        p, stop, j = places[rows[t]], places[rows[t] + 1], 0
        shift = offsets[rows[t]] - p
        while p < stop:
            b = docs[p] >> 6
            while j < len(numbers) and numbers[j] < b:
                j += 1
            if j == len(numbers):
                break
            if numbers[j] > b:
                p = leapt(docs, p, stop, numbers[j] << 6)
                continue
            if own[j] == 0:
                spot[j] = p
            own[j] = max(own[j], ceiling(table[tf[shift + p], lengths[docs[p]]]))
            p += 1
    return found, spots


@njit(nogil=True)
def leapt(docs, p, stop, least):
    """The first place from `p` on whose document is no less than `least`: growing leaps, then halving."""
    step = 1
    while p + step < stop and docs[p + step] < least:
        p += step
        step *= 2
    end = min(stop, p + step)
    while p < end:
        middle = (p + end) >> 1
        if docs[middle] < least:
            p = middle + 1
        else:
            end = middle
    return p


@njit(nogil=True, forceinline=True)
def text_share(text, asked):
    """The weighted share of a sum of impacts."""
    c, mass = asked[23], asked[26]
    return asked[17] * (text / (text + c * mass) if mass > 0 else 0.0)


@njit(nogil=True)
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


@njit(nogil=True, forceinline=True)
def bucket(score):
    return min(BUCKETS - 1, max(0, int(score * BUCKETS)))


@njit(nogil=True)
def by_bucket(bound):
    """Positions by bucket of their bound, the highest first: a counting sort."""
    order, places = np.empty(len(bound), np.int64), np.zeros(BUCKETS, np.int32)
    for value in bound:
        places[BUCKETS - 1 - bucket(value)] += 1
    before = np.int32(0)
    for b in range(BUCKETS):
        count = places[b]
        places[b] = before
        before += count
    for i in range(len(bound)):
        b = BUCKETS - 1 - bucket(bound[i])
        order[places[b]] = i
        places[b] += 1
    return order
