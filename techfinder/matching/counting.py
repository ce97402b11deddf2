"""How many are on the subject, and which filter alone keeps how many of them out."""

import numpy as np
from numba import njit
from numba.types import Tuple, boolean, int64, uint64  # type: ignore[attr-defined]

from techfinder.matching.bounding import BLOCKS, cells_near, of_cells
from techfinder.matching.criteria import BIT
from techfinder.matching.finishing import MOST_DOUBTS, noted
from techfinder.matching.geometry import bits, borrowed, f64s, first_bit, i64s, u8s, u64s
from techfinder.matching.inverted import TEXT, frequent_of, row_of
from techfinder.matching.judging import COUNT, DOCS, OUT, POINTS, QUESTION, asked_of, barred, judged, judged_reach, of_levels, roughly

CODES = len(BIT)

COUNTED = Tuple((uint64[::1], int64[::1], int64[::1]))(
    boolean, DOCS, POINTS, u8s, BLOCKS, TEXT, u64s, QUESTION, u64s, f64s, i64s, f64s
)  # fmt: skip


@njit(nogil=True)
def on_subject(terms, factors, text, docs, themes):
    """Bits of the documents that share a word or a theme with the question."""
    places, posted, held = text[2], text[3], text[7]
    found = np.zeros((len(docs[0]) + 63) >> 6, np.uint64)
    for t in range(len(terms)):
        row = row_of(terms[t], text)
        if row < 0 or not factors[t] > 0:
            continue
        f = frequent_of(row, text)
        if f >= 0:
            found |= held[f]
        for p in range(places[row], places[row + 1]):
            found[posted[p] >> 6] |= uint64(1) << uint64(posted[p] & 63)
    theme, owner = docs[12], docs[14]
    for wanted in themes:
        for i in range(len(theme)):
            if theme[i] == wanted:
                found[owner[i] >> 6] |= uint64(1) << uint64(owner[i] & 63)
    return found


@njit(nogil=True, forceinline=True)
def perhaps_alone(b, live, own, near, blocks, asked):
    """Those of the documents `live` of block b that do not fail two filters already as far as kinds, levels and cells tell."""
    right = of_levels(b, asked[3], blocks) if asked[3] != 0 else ~uint64(0)
    reached = of_cells(b, blocks[4][b], own, near, blocks[20]) if len(blocks[19]) > 0 else ~uint64(0)
    return live & right & reached if blocks[0][b] & asked[1] == 0 else live & (right | reached)


@njit(COUNTED, cache=True, nogil=True)
def counted(counting, docs, points, travels, blocks, text, seen, question, terms, factors, known, known_km):
    """(subject, counts, doubts): what is on the subject (bits); how many of those are visible, and with `counting` per filter
    how many only it keeps out."""
    asked, sets = asked_of(question[0], question[1]), (seen, question[2], question[3], question[4], question[5])
    subject = on_subject(terms, factors, text, docs, sets[4])
    docs, points, travels, blocks, sets, known, known_km = borrowed((docs, points, travels, blocks, sets, known, known_km))
    kind, levels, since, until, weekdays, dayparts, language, places, available, org, _, _, _, start, _ = docs
    plat, plon, spot, pradius, pweek, _ = points
    counts = np.zeros(1 + CODES, np.int64)
    doubts = np.zeros(MOST_DOUBTS + 1, np.int64)
    own, near = cells_near(blocks[19], asked)
    for b in range(len(subject)):
        live = subject[b] & sets[0][b]
        counts[0] += bits(live)
        if counting:
            live = perhaps_alone(b, live, own, near, blocks, asked)
        while counting and live != 0:
            row = (b << 6) + first_bit(live)
            live &= live - uint64(1)
            fails, _ = judged(
                COUNT, kind[row], levels[row], since[row], until[row], weekdays[row], dayparts[row], language[row], places[row],
                available[row], asked,
            )  # fmt: skip
            if fails == OUT:
                continue
            fails = barred(fails, since[row], until[row], org[row], sets, asked)
            travel, first = travels[kind[row]], int64(start[row])
            if travel > 0:
                sure, f = False, 0
                if start[row + 1] - first == 1:
                    limit = pradius[first] if travel == 1 else asked[13]
                    sure, f, _, _, _ = roughly(limit, spot[first, 0], spot[first, 1], spot[first, 2], pweek[first], asked)
                if not sure:
                    f, _, _, _, doubt = judged_reach(
                        travel, first, int64(start[row + 1]), plat, plon, pradius, pweek, asked, known, known_km
                    )
                    if doubt >= 0:
                        noted(doubts, doubt)
                fails |= f
            if fails > 0 and fails & (fails - 1) == 0:
                for code in range(CODES):
                    counts[1 + code] += fails == 1 << code
    return subject, counts, doubts[1 : doubts[0] + 1]
