"""Which documents of a block can be of use to somebody in a place: by the cells of a grid over all places of the offers.

One of eight offers has places all over the country, so that a circle around a block's places holds nearly everything. So beside it
(arrays; C cells, none where there are few blocks):

    circles  float64 [C, 4]  around each cell: a centre, km from the centre of the earth, and how far its corners lie from it at most
    within   uint64 [C, B]   documents whose company may come into the circle, whose class must go to a place in the cell,
                             and those that nobody travels for

All with slack, by chords: whoever stands in a circle lies no farther from a place than its centre does, and the circle's radius more.
"""

import numpy as np
from numba import njit
from numba.types import float64, uint64  # type: ignore[attr-defined]

from techfinder.matching.distance import positions
from techfinder.matching.geometry import GRAIN_KM, f64s, i64s, ro, u8s

ROWS, COLUMNS = 8, 8
FEWEST = 4  # blocks; of fewer each is looked at


def grid(lat: np.ndarray, lon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(circles, cell int64 [P] of each place)."""
    rows, row = steps(lat, ROWS)
    columns, column = steps(lon, COLUMNS)
    cell = row * COLUMNS + column
    south, west = (x.ravel() for x in np.meshgrid(rows[:-1], columns[:-1], indexing="ij"))
    north, east = (x.ravel() for x in np.meshgrid(rows[1:], columns[1:], indexing="ij"))
    centre = np.stack(positions((south + north) / 2, (west + east) / 2), axis=1)
    radius = np.zeros(len(centre))
    for corner in ((south, west), (south, east), (north, west), (north, east)):
        np.maximum(radius, away(np.stack(positions(*corner), axis=1), centre), out=radius)
    np.maximum.at(radius, cell, away(np.stack(positions(lat, lon), axis=1), centre[cell]))
    return np.column_stack([centre, radius + GRAIN_KM]), cell


def steps(degrees: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The limits of `count` equal steps, and in which of them each lies, int64."""
    limits = np.linspace(degrees.min(), degrees.max(), count + 1)
    return limits, np.clip(np.searchsorted(limits, degrees, "right") - 1, 0, count - 1)


def away(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Chords, km."""
    return np.sqrt(((one - other) ** 2).sum(axis=1))


def cells_of(columns: dict[str, np.ndarray], travels: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays above; `travels` is `columns.TRAVEL`."""
    blocks = (len(columns["kind"]) + 63) >> 6
    none = {"circles": np.zeros((0, 4)), "within": np.zeros((0, blocks), np.uint64)}
    if blocks < FEWEST:
        return none
    travel, known = travels[columns["kind"]], np.isfinite(columns["point_lat"]) & np.isfinite(columns["point_lon"])
    if not len(known) or not known.all():
        return none
    circles, cell = grid(columns["point_lat"], columns["point_lon"])
    place = np.stack(positions(columns["point_lat"], columns["point_lon"]), axis=1)
    owner = np.repeat(np.arange(len(travel)), np.diff(columns["point_start"]))
    arrays = (circles, place, columns["point_radius"], cell, owner, travel)
    for array in arrays:
        array.flags.writeable = False
    return {"circles": circles, "within": filled(*arrays)}


@njit(uint64[:, ::1](ro(float64, 2), ro(float64, 2), f64s, i64s, i64s, u8s), cache=True, nogil=True)
def filled(circles, place, radius, cell, owner, travel):
    """`within`."""
    found = np.zeros((len(circles), (len(travel) + 63) >> 6), np.uint64)
    for doc in range(len(travel)):
        if travel[doc] == 0:
            found[:, doc >> 6] |= uint64(1) << uint64(doc & 63)
    for p in range(len(owner)):
        doc = owner[p]
        bit = uint64(1) << uint64(doc & 63)
        if travel[doc] == 2:
            found[cell[p], doc >> 6] |= bit
        elif travel[doc] == 1 and radius[p] >= 0:
            for c in range(len(circles)):
                x, y, z = place[p, 0] - circles[c, 0], place[p, 1] - circles[c, 1], place[p, 2] - circles[c, 2]
                reach = radius[p] + circles[c, 3]
                if x * x + y * y + z * z <= reach * reach:
                    found[c, doc >> 6] |= bit
    return found
