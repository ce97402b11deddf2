"""Documents in blocks of 64 neighbours, and what a whole block can reach at most: why most of them are never looked at.

Supplies are laid in the order of kind, how far they travel, first level, ~19 km cell on a Hilbert curve and subject, so that
a block holds offers that pass or fail the same filters. Per block b (arrays [B]):

    kinds, levels  uint64   union over its documents         since, until  int32  first and last day of any
    ways   uint8            1 some go anywhere, 2 a company travels, 4 a class travels
    x y z  float32          a centre on the unit sphere       spread  float32  chord from it to its farthest point
    reach, near_reach  float32   chord from the centre within which a company of the block comes, and nearly comes
    trust  float32          greatest trust (0.5 without data)   themes uint64  bits of the themes' hashes (mod 64)
    theme_start  int32 [B+1]     its pairs in the column `theme`
    ceilings uint8 [F, B]   per frequent term (`frequent`, int32 [F] rows of the lexicon) the greatest saturated frequency
                            in the block in steps of `STEP`, rounded up; terms that are rarer are looked at directly

All are bounds with slack: what they exclude cannot be in the answer, what they admit is judged exactly. Chords are straight
lines through the unit sphere: a triangle's sides, and never longer than the arc.
"""

from collections.abc import Sequence

import numpy as np

from techfinder.matching.bulk import Pile
from techfinder.matching.columns import TRAVEL, Arrays, kind_code
from techfinder.matching.criteria import NEAR_KM, NEAR_SHARE
from techfinder.matching.distance import MEAN
from techfinder.matching.geometry import GRAIN_KM, SPHERE, ceilings_of
from techfinder.matching.postings import Postings
from techfinder.matching.values import Supply

SHIFT, BLOCK = 6, 64
CELL_KM = 19.0
FAR = 8.0  # a chord longer than any
BANDS_KM = (20.0, 50.0)
LEAST_FREQUENT, SHARE_FREQUENT = 256, 128  # a term has ceilings from so many documents, or one in so many


def order_of(supplies: Sequence[Supply], documents: Pile) -> np.ndarray:
    """The order in which supplies are laid, int64 [N] of places in the given sequences; ties stay as given."""
    if not supplies:
        return np.zeros(0, np.int64)
    kinds = np.array([kind_code(s.kind) for s in supplies])
    first = [min(s.points, key=lambda p: p.id) if s.points else None for s in supplies]
    radius = np.array([p.radius_km or 0.0 if p else 0.0 for p in first])
    bands = np.where(TRAVEL[kinds] == 1, np.searchsorted(BANDS_KM, radius), 0)
    levels = np.array([(s.levels & -s.levels).bit_length() for s in supplies])
    cells = hilbert([(p.lat, p.lon) if p else (0.0, 0.0) for p in first])
    return np.lexsort((subjects(documents), np.where(TRAVEL[kinds] == 0, 0, cells), levels, bands, kinds))


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
    count = len(columns["id"])
    starts = np.arange(0, count, BLOCK)
    if not count:
        starts = np.zeros(0, np.int64)
    travel = TRAVEL[columns["kind"]]
    kinds = np.uint64(1) << columns["kind"].astype(np.uint64)
    trust = np.where(np.isnan(columns["trust"]), 0.5, columns["trust"])
    blocks = {
        "kinds": over(np.bitwise_or, kinds, starts),
        "levels": over(np.bitwise_or, columns["levels"], starts),
        "since": over(np.minimum, columns["from"], starts),
        "until": over(np.maximum, columns["until"], starts),
        "ways": over(np.bitwise_or, np.uint8(1) << travel, starts),
        "trust": upward(over(np.maximum, trust, starts)),
        "themes": themes_in(columns, len(starts)),
        "theme_start": np.searchsorted(columns["theme_owner"], np.arange(len(starts) + 1) * BLOCK).astype(np.int32),
    }
    blocks |= circles(columns, len(starts), travel)
    df = np.diff(postings.offsets)
    frequent = np.flatnonzero(df >= max(LEAST_FREQUENT, count // SHARE_FREQUENT)).astype(np.int32)
    found = ceilings_of(frequent, len(starts), postings.offsets, postings.docs, postings.tf, postings.lengths, table)
    return blocks | {"frequent": frequent, "ceilings": found}


def over(ufunc: np.ufunc, column: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return ufunc.reduceat(column, starts) if len(starts) else column[:0].copy()


def upward(values: np.ndarray) -> np.ndarray:
    """float32 that are no less."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))


def themes_in(columns: Arrays, count: int) -> np.ndarray:
    found = np.zeros(count, np.uint64)
    bits = np.uint64(1) << (columns["theme"] & np.uint64(63))
    np.bitwise_or.at(found, columns["theme_owner"] >> SHIFT, bits)
    return found


def chord_of(km: np.ndarray) -> np.ndarray:
    """The chord that no two places within `km` (geodesic) exceed; -FAR for a negative limit."""
    return np.where(km >= 0, (km + GRAIN_KM) / (MEAN * (1 - SPHERE)), -FAR)


def circles(columns: Arrays, count: int, travel: np.ndarray) -> Arrays:
    """Centres, spreads and reaches."""
    owner = np.repeat(np.arange(len(travel)), np.diff(columns["point_start"]))
    block = owner >> SHIFT
    place = np.stack([columns[c].astype(np.float64) for c in ("px", "py", "pz")])
    number = np.maximum(np.bincount(block, minlength=count), 1)
    centre = np.stack([np.bincount(block, p, minlength=count) / number for p in place])
    size = np.sqrt((centre**2).sum(axis=0))
    centre = (centre / np.where(size > 0, size, 1.0)).astype(np.float32)
    away = np.sqrt(((place - centre.astype(np.float64)[:, block]) ** 2).sum(axis=0))
    company = travel[owner] == 1
    radius = np.where(company, columns["point_radius"].astype(np.float64), -1.0)
    nearly = np.where(radius >= 0, radius * (1 + NEAR_SHARE) + NEAR_KM, -1.0)
    found = {"x": centre[0], "y": centre[1], "z": centre[2]}
    for name, chords in (("spread", away), ("reach", away + chord_of(radius)), ("near_reach", away + chord_of(nearly))):
        most = np.full(count, 0.0 if name == "spread" else -FAR)
        np.maximum.at(most, block, chords)
        found[name] = upward(most * (1 + 1e-6) if name == "spread" else most + 1e-7)
    return found


