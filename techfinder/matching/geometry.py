"""What the compiled kernels share: types of arrays, bits, kilometres over the ellipsoid, ceilings of impact.

Numba compiles for explicit signatures and keeps the result beside the module, so that serving never compiles; `nogil`
lets other threads go on. No `fastmath`: every sum is in the order that `ranking.features` states.
"""

from math import atan, atan2, cos, floor, radians, sin, sqrt, tan

import numpy as np
from numba import njit, types
from numba.types import Array, float64, int32, int64, uint8, uint64  # type: ignore[attr-defined]

from techfinder.matching.distance import DECIMETRES, ERROR_KM, LIMIT_KM, A, B, F

SPHERE = 0.006  # share by which sphere and ellipsoid may differ, anywhere
GRAIN_KM = 0.002  # and what the chord of two near points may be off
STEP = 2.2 / 255  # of a ceiling; no saturated frequency reaches K1 + 1


def ro(dtype, dimensions=1):
    """The type of an array that is only read."""
    return Array(dtype, dimensions, "C", readonly=True)


i64s, f64s, u64s, u8s, bools = ro(int64), ro(float64), ro(uint64), ro(uint8), ro(types.boolean)
i32s, u32s, u16s, f32s = ro(int32), ro(types.uint32), ro(types.uint16), ro(types.float32)


@njit(types.int64(uint64), cache=True, nogil=True)
def bits(x):
    """Number of bits set."""
    x = x - ((x >> uint64(1)) & uint64(0x5555555555555555))
    x = (x & uint64(0x3333333333333333)) + ((x >> uint64(2)) & uint64(0x3333333333333333))
    x = (x + (x >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return int64((x * uint64(0x0101010101010101)) >> uint64(56))


@njit(float64(float64, float64, float64, float64), cache=True, nogil=True)
def ellipsoid(lat1, lon1, lat2, lon2):
    """Vincenty's inverse, as `distance._vincenty`; nan where it doesn't converge."""
    u1, u2 = atan((1 - F) * tan(radians(lat1))), atan((1 - F) * tan(radians(lat2)))
    s1, c1, s2, c2 = sin(u1), cos(u1), sin(u2), cos(u2)
    start = radians(lon2 - lon1)
    lam, moved = start, 1.0
    ss = cs = sigma = ca2 = cm = 0.0
    for _ in range(12):
        sl, cl = sin(lam), cos(lam)
        ss = sqrt((c2 * sl) ** 2 + (c1 * s2 - s1 * c2 * cl) ** 2)
        cs = s1 * s2 + c1 * c2 * cl
        if ss == 0.0:
            return 0.0 if cs > 0 else np.nan
        sigma = atan2(ss, cs)
        sa = c1 * c2 * sl / ss
        ca2 = 1 - sa**2
        cm = cs - 2 * s1 * s2 / ca2 if ca2 > 0 else 0.0
        c = F / 16 * ca2 * (4 + F * (4 - 3 * ca2))
        new = start + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm**2 - 1)))
        moved = abs(new - lam)
        lam = new
        if moved <= 1e-15:
            break
    if moved > 1e-13:
        return np.nan
    k = ca2 * (A**2 - B**2) / B**2
    a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
    b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
    d = b * ss * (cm + b / 4 * (cs * (2 * cm**2 - 1) - b / 6 * cm * (4 * ss**2 - 3) * (4 * cm**2 - 3)))
    return B * a * (sigma - d)


@njit(types.boolean(float64, float64), cache=True, nogil=True)
def doubted(raw, limit):
    """As `distance.doubtful`."""
    scaled = raw * DECIMETRES
    sure = abs(scaled - floor(scaled) - 0.5) > ERROR_KM * DECIMETRES and abs(raw - limit) > LIMIT_KM
    return not sure


@njit(int64(float64), cache=True, nogil=True)
def ceiling(value):
    """The least whole number of steps that is no less than `value`, at most one more."""
    return min(255, int(value / STEP) + 1)


@njit(uint8[:, ::1](i32s, int64, i64s, i32s, u8s, u8s, ro(float64, 2)), cache=True, nogil=True)
def ceilings_of(frequent, blocks, offsets, docs, tf, lengths, table):
    """uint8 [F, B]: per frequent term and block of 64 documents its greatest saturated frequency in steps, rounded up."""
    found = np.zeros((len(frequent), blocks), np.uint8)
    for f in range(len(frequent)):
        row = found[f]
        for p in range(offsets[frequent[f]], offsets[frequent[f] + 1]):
            doc = docs[p]
            row[doc >> 6] = max(row[doc >> 6], ceiling(table[tf[p], lengths[doc]]))
    return found
