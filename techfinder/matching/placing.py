"""Starting points as the kernels want them, compiled: the few of one offer cost no more than they must."""

import numpy as np
from numba import njit
from numba.types import float32  # type: ignore[attr-defined]

from techfinder.matching.geometry import f64s, position


@njit(float32[:, ::1](f64s, f64s, f64s), cache=True, nogil=True)
def spotted(lats, lons, radii):
    """float32 [P, 4]: km from the centre of the earth, three ways, and the radius."""
    found = np.empty((len(lats), 4), np.float32)
    for i in range(len(lats)):
        found[i, 0], found[i, 1], found[i, 2] = position(lats[i], lons[i])
        found[i, 3] = radii[i]
    return found
