"""What filters may find in each run of documents, and which documents of each block, compiled. `blocks.py` says what the arrays are."""

from math import isnan, sqrt

import numpy as np
from numba import njit
from numba.types import Tuple, boolean, float32, int32, int64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.columns import EARLY, LATE
from techfinder.matching.criteria import NEAR_KM, NEAR_SHARE
from techfinder.matching.geometry import GRAIN_KM, bools, f64s, i32s, ro, u8s, u16s, u64s

FAR = 1e6  # km, farther than anything
ONE = np.uint64(1)

OUTLINE = Tuple((
    uint64[::1], uint64[::1], int32[::1], int32[::1], uint8[::1],
    float32[::1], float32[::1], float32[::1], float32[::1], float32[::1], float32[::1],
))  # fmt: skip


@njit(nogil=True)
def upward(value):
    """A float32 that is no less."""
    return np.nextafter(np.float32(value), np.float32(np.inf))


@njit(OUTLINE(int64, u8s, u64s, i32s, i32s, u8s, i32s, ro(float32, 2), f64s), cache=True, nogil=True)
def outlined(shift, kind, level, begin, end, travels, start, spot, radius):
    """`bounding.SUMMARY` of runs of 2^shift documents; `travels` is who travels for each kind."""
    runs = (len(kind) + (1 << shift) - 1) >> shift
    kinds, levels, ways = np.zeros(runs, np.uint64), np.zeros(runs, np.uint64), np.zeros(runs, np.uint8)
    since, until = np.empty(runs, np.int32), np.empty(runs, np.int32)
    x, y, z = np.empty(runs, np.float32), np.empty(runs, np.float32), np.empty(runs, np.float32)
    spread, reach, near_reach = np.empty(runs, np.float32), np.empty(runs, np.float32), np.empty(runs, np.float32)
    for run in range(runs):
        first, last = run << shift, min((run + 1) << shift, len(kind))
        since[run], until[run] = begin[first], end[first]
        for d in range(first, last):
            kinds[run] |= ONE << uint64(kind[d])
            levels[run] |= level[d]
            ways[run] |= uint8(1) << travels[kind[d]]
            since[run], until[run] = min(since[run], begin[d]), max(until[run], end[d])
        sx = sy = sz = 0.0
        for p in range(start[first], start[last]):
            sx, sy, sz = sx + spot[p, 0], sy + spot[p, 1], sz + spot[p, 2]
        number = max(start[last] - start[first], 1)
        x[run], y[run], z[run] = sx / number, sy / number, sz / number
        farthest, come, nearly = 0.0, -FAR, -FAR
        for d in range(first, last):
            for p in range(start[d], start[d + 1]):
                dx, dy, dz = float(spot[p, 0]) - float(x[run]), float(spot[p, 1]) - float(y[run]), float(spot[p, 2]) - float(z[run])
                away = sqrt(dx * dx + dy * dy + dz * dz) + GRAIN_KM
                farthest = max(farthest, away)
                if travels[kind[d]] == 1 and radius[p] >= 0:
                    come = max(come, away + radius[p])
                    nearly = max(nearly, away + radius[p] * (1 + NEAR_SHARE) + NEAR_KM)
        spread[run], reach[run], near_reach[run] = upward(farthest), upward(come), upward(nearly)
    return kinds, levels, since, until, ways, x, y, z, spread, reach, near_reach


INSIDE = ("every", "plain", "by_level", "trust", "even", "themes", "theme_start")
INSIDE_COLUMNS = ("levels", "from", "until", "weekdays", "dayparts", "available", "places", "trust", "theme", "theme_owner")
WITHIN = Tuple((uint64[::1], uint64[::1], uint64[:, ::1], float32[::1], boolean[::1], uint64[::1], int32[::1]))


@njit(WITHIN(u64s, i32s, i32s, u8s, u16s, bools, i32s, f64s, u64s, i32s), cache=True, nogil=True)
def inside(level, begin, end, weekdays, dayparts, available, places, trust, theme, theme_owner):
    """`INSIDE` of blocks of 64, of the documents' `INSIDE_COLUMNS`."""
    count = len(level)
    blocks, used = (count + 63) >> 6, uint64(0)
    for d in range(count):
        used |= level[d]
    width = 1
    while width < 64 and used >> uint64(width) != 0:
        width += 1
    every, plain, by_level = np.empty(blocks, np.uint64), np.zeros(blocks, np.uint64), np.zeros((blocks, width), np.uint64)
    greatest, even = np.empty(blocks, np.float32), np.empty(blocks, np.bool_)
    themes, theme_start, at = np.zeros(blocks, np.uint64), np.empty(blocks + 1, np.int32), 0
    for b in range(blocks):
        every[b] = ~uint64(0)
        most, least = -np.inf, np.inf
        for d in range(b << 6, min((b + 1) << 6, count)):
            bit, own = ONE << uint64(d & 63), 0.5 if isnan(trust[d]) else trust[d]
            every[b] &= level[d]
            most, least = max(most, own), min(least, own)
            always = begin[d] <= EARLY and end[d] >= LATE and weekdays[d] == 0 and dayparts[d] == 0
            if always and available[d] and places[d] != 0:
                plain[b] |= bit
            for n in range(width):
                if level[d] >> uint64(n) & ONE != 0:
                    by_level[b, n] |= bit
        greatest[b], even[b], theme_start[b] = upward(most), most == least, at
        while at < len(theme) and theme_owner[at] >> 6 == b:
            themes[b] |= ONE << (theme[at] & uint64(63))
            at += 1
    theme_start[blocks] = at
    return every, plain, by_level, greatest, even, themes, theme_start
