"""What the compiled kernels share: types of arrays, bits, kilometres over the ellipsoid, ceilings of impact.

Numba compiles for explicit signatures and keeps the result beside the module, so that serving never compiles; `nogil`
lets other threads go on. No `fastmath`: every sum is in the order that `ranking.features` states.
"""

from math import atan, atan2, cos, floor, isnan, radians, sin, sqrt, tan
from typing import Any

import numpy as np
from llvmlite.ir import Constant, FunctionType, IntType, VoidType
from numba import njit, types
from numba.extending import intrinsic
from numba.types import Array, Tuple, float64, int32, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.distance import DECIMETRES, ERROR_KM, LIMIT_KM, A, B, F

GRAIN_KM = 0.0006  # what a chord between places in float32 may be off, and what rounding to the decimetre adds
TIGHTEST_KM = 6335.4  # the least radius of curvature of WGS-84, b²/a
BEND = 1.05 / (24 * TIGHTEST_KM**2)  # see `farthest`
NEARBY_KM = 2000.0
STRAIGHT_KM = 150.0
FARTHEST_KM = 21_000.0  # more than half the way round
STEP = 2.2 / 255  # of a ceiling; no saturated frequency reaches K1 + 1


def ro(dtype, dimensions=1):
    """The type of an array that is only read."""
    return Array(dtype, dimensions, "C", readonly=True)


i64s, f64s, u64s, u8s, bools = ro(int64), ro(float64), ro(uint64), ro(types.uint8), ro(types.boolean)
i32s, u16s, f32s = ro(int32), ro(types.uint16), ro(types.float32)


def _first_bit(_, word):
    """The place of the lowest bit that is set, of a word that is not 0."""
    return int64(uint64), lambda context, builder, signature, values: builder.cttz(values[0], Constant(IntType(1), 1))


def _borrowed(_, thing):
    """The same arrays, in tuples or not, whose users are not counted: for loops in which handing them on would cost more than the work.

    Only for what Python holds until the compiled function is back. What compiled code made itself may be freed in mid-loop: the
    compiler takes the counts of caller and callee together, and sees no user.
    """

    def lent(context, builder, type_, value):
        if isinstance(type_, types.BaseTuple):
            parts = [lent(context, builder, t, builder.extract_value(value, i)) for i, t in enumerate(type_.types)]
            return context.make_tuple(builder, type_, parts)
        if not isinstance(type_, Array):
            return value
        array = context.make_array(type_)(context, builder, value)
        array.meminfo, array.parent = Constant(array.meminfo.type, None), Constant(array.parent.type, None)
        return array._getvalue()

    return thing(thing), lambda context, builder, signature, values: lent(context, builder, thing, values[0])


def _fetched(_, array, at):
    """Have entry `at` of an array, counted over its rows, brought near without waiting for it."""

    def made(context, builder, signature, values):
        near, byte, number = builder.module.declare_intrinsic, IntType(8).as_pointer(), IntType(32)
        data = context.make_array(array)(context, builder, values[0]).data
        arguments = [builder.bitcast(builder.gep(data, [values[1]]), byte), *(Constant(number, n) for n in (0, 3, 1))]
        builder.call(near("llvm.prefetch", [byte], FunctionType(VoidType(), [byte, number, number, number])), arguments)
        return context.get_dummy_value()

    return types.void(array, int64), made


first_bit: Any = intrinsic(_first_bit)
fetched: Any = intrinsic(_fetched)
borrowed: Any = intrinsic(_borrowed)


@njit(types.int64(uint64), cache=True, nogil=True)
def bits(x):
    """Number of bits set (compilers know this for one instruction)."""
    x = x - ((x >> uint64(1)) & uint64(0x5555555555555555))
    x = (x & uint64(0x3333333333333333)) + ((x >> uint64(2)) & uint64(0x3333333333333333))
    x = (x + (x >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return int64((x * uint64(0x0101010101010101)) >> uint64(56))


@njit(float64(float64), cache=True, nogil=True)
def farthest(chord):
    """The most kilometres over the ellipsoid between two places `chord` km apart in a straight line; the least is `chord`.

    A curve that bends nowhere more than a circle of radius R has, by Schur's theorem, no shorter chord than that circle's arc
    of the same length: s ≤ 2R·asin(c/2R) = c·(1 + c²/24R² + 3c⁴/640R⁴ + …), and 5 % over the second term covers the rest.
    """
    return chord * (1 + BEND * chord * chord) if chord < NEARBY_KM else FARTHEST_KM


@njit(Tuple((float64, float64))(float64), cache=True, nogil=True)
def reduced(lat):
    """Sine and cosine of the reduced latitude."""
    u = atan((1 - F) * tan(radians(lat)))
    return sin(u), cos(u)


@njit(float64(float64, float64, float64, float64), cache=True, nogil=True)
def ellipsoid(lat1, lon1, lat2, lon2):
    """Kilometres between two places: Vincenty's inverse, as `distance._vincenty`; nan where it doesn't converge."""
    s1, c1 = reduced(lat1)
    s2, c2 = reduced(lat2)
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


@njit(Tuple((float64, float64, float64))(float64, float64), cache=True, nogil=True)
def position(lat, lon):
    """As `distance.positions`, of one place."""
    p, q = radians(lat), radians(lon)
    n = A / sqrt(1 - F * (2 - F) * sin(p) ** 2)
    return n * cos(p) * cos(q), n * cos(p) * sin(q), n * (1 - F) ** 2 * sin(p)


@njit(nogil=True, forceinline=True)
def straight(x, y, z, there):
    """Kilometres over the ellipsoid to `there`, a `position`, from the chord; nan where that is longer than `STRAIGHT_KM`.

    Between two places xᵀQx = 1 (Q = diag(1/a², 1/a², 1/b²)) with chord d and middle m, the ground bends by
    κ = dᵀQd/d² · √(1 − dᵀQd/4) / |Qm| in the direction of d, and the way is nearly the arc of a circle that bends so:
    s = 2/κ · asin(κd/2) = d·(1 + κ²d²/24 + 3κ⁴d⁴/640 + 5κ⁶d⁶/7168 + …). How κ changes on the way cancels but for d⁵: up to
    `STRAIGHT_KM` the error is less than `ERROR_KM`, as Vincenty's, at a sixth of its cost.
    """
    flat, up = (there[0] - x) ** 2 + (there[1] - y) ** 2, (there[2] - z) ** 2
    square = flat + up
    if not square <= STRAIGHT_KM * STRAIGHT_KM:
        return np.nan
    if square == 0.0:
        return 0.0
    bent = flat / A**2 + up / B**2
    normal = ((x + there[0]) ** 2 + (y + there[1]) ** 2) / (4 * A**4) + (z + there[2]) ** 2 / (4 * B**4)
    k = bent * bent * (1 - bent / 4) / (square * normal)
    return sqrt(square) * (1 + k * (1 / 24 + k * (3 / 640 + k * (5 / 7168))))


@njit(nogil=True)
def way(x, y, z, lat1, lon1, lat2, lon2):
    """Kilometres between two places, of which the first is the `position` x, y, z."""
    km = straight(x, y, z, position(lat2, lon2))
    return ellipsoid(lat1, lon1, lat2, lon2) if isnan(km) else km


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
