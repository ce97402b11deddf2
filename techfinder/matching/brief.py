"""`suggest` without explanation, for whoever asks much: from the texts of a need to who fits in one compiled call (`wording.py`)."""

from functools import lru_cache
from math import isnan, nan

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights
from techfinder.matching.columns import early, language_code, late, masks_of
from techfinder.matching.fast import blend_of
from techfinder.matching.phrasebook import HOW, Phrasebook
from techfinder.matching.postings import term_hash
from techfinder.matching.ranking import SPREAD_OVER
from techfinder.matching.segment import fixed
from techfinder.matching.side import Side
from techfinder.matching.terms import NEED, factors
from techfinder.matching.values import Need, Suggestion
from techfinder.matching.wording import LONG_WAY, answered

BOOSTS = fixed(list(NEED.values()), np.float64)
WHOLE = (1 << 64) - 1


def first_fits(side: Side, need: Need, today: int, k: int, viewer: frozenset[str], w: Weights) -> tuple[Suggestion, ...] | None:
    """The first `k` without reasons; None where only the long way is sure."""
    book = book_of(side)
    words = book.words((need.title, need.theme_words, need.description))
    themes = sorted({term_hash("#" + t) for t in need.themes}) if need.themes else ()
    since, until = early(need.period_from), late(need.period_until)
    closed, blocked = need.closed, need.blocked
    question = np.array([
        *masks_of(need.kinds), need.levels, need.near_levels, since if since > today else today, until, today,
        need.weekdays & 0x7F, need.dayparts & 0xFFFF, language_code(need.language), len(themes), len(closed), len(blocked), *themes,
        *[a.toordinal() for a, _ in closed], *[b.toordinal() for _, b in closed], *[i & WHOLE for i in blocked], *words,
    ], np.uint64)  # fmt: skip
    question.flags.writeable = False
    lat, lon = need.lat, need.lon
    if lat is None or lon is None:
        lat = lon = nan
    travel, room = need.max_travel_km, k if k > SPREAD_OVER else SPREAD_OVER
    segments, _held = side.addresses(viewer)
    row, _arrays = book.arrays()
    status, who, what = answered(
        k, room, segments, row, question, lat, lon, -1.0 if travel is None else travel, weights_of(w), BOOSTS
    )
    if status == LONG_WAY:
        return None
    return tuple([
        Suggestion(i, org, score, None, None) if isnan(km) else Suggestion(i, org, score, km, point)
        for (i, org, point), (score, km) in zip(who.tolist(), what.tolist(), strict=True)
    ])  # fmt: skip


def book_of(side: Side) -> Phrasebook:
    """Of the generation, for all its viewers."""
    kept = side.statistics.derived
    book = kept.get("phrasebook")
    if book is None or book.full:
        book = kept["phrasebook"] = Phrasebook(analyser(), side.statistics)
    return book


@lru_cache(8)
def weights_of(w: Weights) -> np.ndarray:
    """As `wording.OF_TERMS` and `OF_BLEND` say."""
    by_how = factors(w.query)
    powers = [w.spread**n for n in range(SPREAD_OVER)]
    return fixed([*(by_how[how] for how in HOW), w.query.light, w.query.repeat, *blend_of(w), *powers], np.float64)
