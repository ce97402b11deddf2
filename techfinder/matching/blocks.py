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

from techfinder.matching.bounding import SUMMARY
from techfinder.matching.bulk import Pile
from techfinder.matching.cells import cells_of
from techfinder.matching.columns import TRAVEL, TRAVELS, Arrays, kind_code
from techfinder.matching.inverted import AREA, ceilings_of
from techfinder.matching.outlines import INSIDE, INSIDE_COLUMNS, inside, outlined
from techfinder.matching.postings import Postings, readonly
from techfinder.matching.values import Supply

SHIFT, BLOCK = 6, 64
READ = frozenset(("kind", "levels", "from", "until", "point_start", "spot", "point_radius", *INSIDE_COLUMNS))
CELL_KM = 19.0


def order_of(supplies: Sequence[Supply], documents: Pile) -> np.ndarray:
    """The order in which supplies are laid, int64 [N] of places in the given sequences; ties stay as given."""
    if not supplies:
        return np.zeros(0, np.int64)
    kinds = np.array([kind_code(s.kind) for s in supplies])
    first = [min(s.points, key=lambda p: p.id) if s.points else None for s in supplies]
    levels = np.array([s.levels for s in supplies], np.uint64)
    return laid_by(kinds, levels, subjects(documents), np.array([(p.lat, p.lon) if p else (0.0, 0.0) for p in first]))


def order_by(columns: Arrays, subject: np.ndarray) -> np.ndarray:
    """The same for documents whose columns are there, with a number for the subject of each."""
    starts = columns["point_start"]
    placed, first = starts[1:] > starts[:-1], np.zeros((len(starts) - 1, 2))
    for axis, name in enumerate(("point_lat", "point_lon")):
        first[placed, axis] = columns[name][starts[:-1][placed]]
    return laid_by(columns["kind"], columns["levels"], subject, first)


def laid_by(kinds: np.ndarray, levels: np.ndarray, subject: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The order by kind, first level, subject and cell of the first place (degrees [N, 2])."""
    lowest = levels & (~levels + np.uint64(1))
    return np.lexsort((np.where(TRAVEL[kinds] == 0, 0, hilbert(places)), subject, lowest, kinds))


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


def hilbert(places: np.ndarray, bits: int = 12) -> np.ndarray:
    """Places (degrees, [N, 2]) to their cell's number along Hilbert's curve (Hilbert 1891; the usual xy-to-d steps), int64."""
    lat, lon = places.T
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
    c = {name: readonly(columns[name]) for name in READ}
    run = *(c[name] for name in ("kind", "levels", "from", "until")), TRAVELS, c["point_start"], c["spot"], c["point_radius"]
    made = dict(zip(SUMMARY, outlined(SHIFT, *run), strict=True))
    made |= {f"area_{name}": array for name, array in zip(SUMMARY, outlined(AREA, *run), strict=True)}
    made |= zip(INSIDE, inside(*(c[name] for name in INSIDE_COLUMNS)), strict=True)
    p = postings
    made |= cells_of(columns, TRAVEL)
    return made | {"ceilings": ceilings_of(*map(readonly, (p.frequent, p.offsets, p.held, p.tf, p.lengths, table)))}


def packed(mask: np.ndarray) -> np.ndarray:
    """The bits of bool [N], uint64 [B]."""
    octets = np.zeros(-(-len(mask) // BLOCK) * 8, np.uint8)
    octets[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return octets.view("<u8")


def unpacked(bits: np.ndarray, count: int) -> np.ndarray:
    """bool [count] of such bits."""
    return np.unpackbits(bits.view(np.uint8), count=count, bitorder="little").view(bool)
