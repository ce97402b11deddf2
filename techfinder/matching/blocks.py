"""Documents in blocks of 64 neighbours, and what a whole block can reach at most: why most of them are never looked at.

Supplies are laid in the order of kind, first level, subject and ~19 km cell on a Hilbert curve, so that a block holds offers
that pass or fail the same filters and are about the same. Per block b (arrays [B]):

    kinds, levels  uint64   union over its documents         since, until  int32  first and last day of any
    ways   uint8            1 some go anywhere, 2 a company travels, 4 a class travels
    x y z  float32          a centre, km from the centre of the earth   spread  float32  km from it to the farthest place
    reach, near_reach  float32   km from the centre within which a company of the block comes, and nearly comes
    every  uint64           levels that all its documents have
    by_level uint64 [B, L]  per level (bit) the documents that are for it
    plain  uint64           its documents that are free of limits in time, available and not full
    trust  float32          greatest trust (0.5 without data)   even  bool  all have the same
    themes uint64           bits of the themes' hashes (mod 64)
    theme_start  int32 [B+1]     its pairs in the column `theme`
    ceilings uint8 [F, B]   per frequent term (`postings.py`) the greatest saturated frequency in the block in steps of `STEP`,
                            rounded up; terms that are rarer are looked at directly

The first eleven are there for areas of 16 blocks too, as `area_kinds` and so on. All are bounds with slack: what they exclude
cannot be in the answer, what they admit is judged exactly. Places lie on the ellipsoid and are measured by chords, straight
lines through the earth: a triangle's sides, and never longer than the way over the ground.
"""

from collections.abc import Sequence

import numpy as np

from techfinder.matching.bulk import Pile
from techfinder.matching.cells import cells_of
from techfinder.matching.columns import EARLY, LATE, TRAVEL, Arrays, kind_code
from techfinder.matching.criteria import NEAR_KM, NEAR_SHARE
from techfinder.matching.geometry import GRAIN_KM
from techfinder.matching.inverted import AREA, ceilings_of
from techfinder.matching.postings import Postings, readonly
from techfinder.matching.values import Supply

SHIFT, BLOCK = 6, 64
CELL_KM = 19.0
FAR = 1e6  # km, farther than anything


def order_of(supplies: Sequence[Supply], documents: Pile) -> np.ndarray:
    """The order in which supplies are laid, int64 [N] of places in the given sequences; ties stay as given."""
    if not supplies:
        return np.zeros(0, np.int64)
    kinds = np.array([kind_code(s.kind) for s in supplies])
    first = [min(s.points, key=lambda p: p.id) if s.points else None for s in supplies]
    levels = np.array([(s.levels & -s.levels).bit_length() for s in supplies])
    cells = hilbert([(p.lat, p.lon) if p else (0.0, 0.0) for p in first])
    return np.lexsort((np.where(TRAVEL[kinds] == 0, 0, cells), subjects(documents), levels, kinds))


def subjects(documents: Pile) -> np.ndarray:
    """A number per document for the concept that it names most for how rare it is, so that neighbours are about the same; int64 [N]."""
    named = np.array([name.startswith("=") for name in documents.names], bool)
    at = np.flatnonzero(named[documents.terms])
    owners = np.repeat(np.arange(len(documents)), np.diff(documents.starts))[at]
    terms = documents.terms[at]
    strength = documents.tf[at] / np.sqrt(np.bincount(terms, minlength=len(named))[terms])
    order = np.lexsort((terms, -strength, owners))
    first = order[np.diff(owners[order], prepend=-1) > 0]
    found = np.full(len(documents), -1, np.int64)
    found[owners[first]] = terms[first]
    return found


def hilbert(places: Sequence[tuple[float, float]], bits: int = 12) -> np.ndarray:
    """Places (degrees) to their cell's number along Hilbert's curve (Hilbert 1891; the usual xy-to-d steps), int64."""
    lat, lon = np.array(places).T
    y = np.clip((lat + 90.0) * (111.2 / CELL_KM), 0, (1 << bits) - 1).astype(np.int64)
    x = np.clip((lon + 180.0) * (68.6 / CELL_KM), 0, (1 << bits) - 1).astype(np.int64)
    found = np.zeros(len(x), np.int64)
    side = 1 << (bits - 1)
    while side:
        right, up = (x & side) > 0, (y & side) > 0
        found += side * side * ((3 * right) ^ up)
        x, y = x & (side - 1), y & (side - 1)
        turned = ~up & right
        x, y = np.where(turned, side - 1 - x, x), np.where(turned, side - 1 - y, y)
        x, y = np.where(up, x, y), np.where(up, y, x)
        side >>= 1
    return found


def blocks_of(columns: Arrays, postings: Postings, table: np.ndarray) -> Arrays:
    """The arrays above; `table` is the saturation table that scores are made with."""
    starts = starts_at(columns, SHIFT)
    trust = np.where(np.isnan(columns["trust"]), 0.5, columns["trust"])
    areas = {f"area_{name}": array for name, array in summary(columns, AREA).items()}
    return summary(columns, SHIFT) | areas | cells_of(columns, TRAVEL[columns["kind"]]) | {
        "every": over(np.bitwise_and, columns["levels"], starts),
        "plain": packed(plain(columns)),
        "by_level": by_level(columns["levels"]),
        "trust": upward(over(np.maximum, trust, starts)),
        "even": over(np.maximum, trust, starts) == over(np.minimum, trust, starts),
        "themes": themes_in(columns, len(starts)),
        "theme_start": np.searchsorted(columns["theme_owner"], np.arange(len(starts) + 1) * BLOCK).astype(np.int32),
        "ceilings": ceilings_of(
            *map(readonly, (postings.frequent, postings.offsets, postings.held, postings.tf, postings.lengths, table))
        ),
    }


def summary(columns: Arrays, shift: int) -> Arrays:
    """What every filter may find in a run of 2^shift documents."""
    starts, travel = starts_at(columns, shift), TRAVEL[columns["kind"]]
    return {
        "kinds": over(np.bitwise_or, np.uint64(1) << columns["kind"].astype(np.uint64), starts),
        "levels": over(np.bitwise_or, columns["levels"], starts),
        "since": over(np.minimum, columns["from"], starts),
        "until": over(np.maximum, columns["until"], starts),
        "ways": over(np.bitwise_or, np.uint8(1) << travel, starts),
    } | circles(columns, len(starts), travel, shift)


def starts_at(columns: Arrays, shift: int) -> np.ndarray:
    return np.arange(0, len(columns["id"]), 1 << shift)


def over(ufunc: np.ufunc, column: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return ufunc.reduceat(column, starts) if len(starts) else column[:0].copy()


def plain(columns: Arrays) -> np.ndarray:
    """bool [N]: open every day, available and not full."""
    always = (columns["from"] <= EARLY) & (columns["until"] >= LATE) & (columns["weekdays"] == 0) & (columns["dayparts"] == 0)
    return always & columns["available"] & (columns["places"] != 0)


def packed(mask: np.ndarray) -> np.ndarray:
    """The bits of bool [N], uint64 [B]."""
    octets = np.zeros(-(-len(mask) // BLOCK) * 8, np.uint8)
    octets[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return octets.view("<u8")


def by_level(levels: np.ndarray) -> np.ndarray:
    used = int(np.bitwise_or.reduce(levels, initial=np.uint64(0)))
    found = np.zeros((-(-len(levels) // BLOCK), max(used.bit_length(), 1)), np.uint64)
    for bit in range(used.bit_length()):
        if used >> bit & 1:
            found[:, bit] = packed(levels & np.uint64(1 << bit) != 0)
    return found


def unpacked(bits: np.ndarray, count: int) -> np.ndarray:
    """bool [count] of such bits."""
    return np.unpackbits(bits.view(np.uint8), count=count, bitorder="little").view(bool)


def upward(values: np.ndarray) -> np.ndarray:
    """float32 that are no less."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))


def themes_in(columns: Arrays, count: int) -> np.ndarray:
    found = np.zeros(count, np.uint64)
    bits = np.uint64(1) << (columns["theme"] & np.uint64(63))
    np.bitwise_or.at(found, columns["theme_owner"] >> SHIFT, bits)
    return found


def circles(columns: Arrays, count: int, travel: np.ndarray, shift: int) -> Arrays:
    """Centres, spreads and reaches."""
    owner = np.repeat(np.arange(len(travel)), np.diff(columns["point_start"]))
    run, place = owner >> shift, columns["spot"][:, :3].astype(np.float64).T
    number = np.maximum(np.bincount(run, minlength=count), 1)
    centre = np.stack([np.bincount(run, p, minlength=count) / number for p in place]).astype(np.float32)
    away = np.sqrt(((place - centre.astype(np.float64)[:, run]) ** 2).sum(axis=0)) + GRAIN_KM
    radius = np.where(travel[owner] == 1, columns["point_radius"], -1.0)
    nearly = np.where(radius >= 0, radius * (1 + NEAR_SHARE) + NEAR_KM, -1.0)
    found = {"x": centre[0], "y": centre[1], "z": centre[2]}
    reaches = (("reach", np.where(radius >= 0, away + radius, -FAR)), ("near_reach", np.where(radius >= 0, away + nearly, -FAR)))
    for name, km in (("spread", away), *reaches):
        most = np.full(count, 0.0 if name == "spread" else -FAR)
        np.maximum.at(most, run, km)
        found[name] = upward(most)
    return found
