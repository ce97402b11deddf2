"""`suggest` without explanation, for whoever asks much: from the texts of a need to who fits in one compiled call (`wording.py`).

Between two questions a process does other work, which leaves nothing of ours in the processor's caches; what Python does here, every
object and function that it touches, is then a good part of the time. So what lasts longer than a question is one number (`Standing`),
and question and answer are numbers in a row that are packed and unpacked at once.
"""

from functools import lru_cache
from struct import Struct
from threading import local

import numpy as np

from techfinder.matching.addresses import Lent
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import Weights
from techfinder.matching.columns import early, language_code, late, masks_of
from techfinder.matching.fast import blend_of
from techfinder.matching.phrasebook import HOW, Phrasebook
from techfinder.matching.postings import term_hash
from techfinder.matching.ranking import SPREAD_OVER
from techfinder.matching.segment import MOST_VIEWERS, fixed
from techfinder.matching.side import Side
from techfinder.matching.terms import NEED, factors
from techfinder.matching.values import Need, Suggestion
from techfinder.matching.wording import ANSWER, HEAD, LONG_WAY, answered

BOOSTS = fixed(list(NEED.values()), np.float64)
WHOLE = (1 << 64) - 1
NOWHERE = float("nan")
MOST_ASKED, MOST_ANSWERS = 2_500, 250  # numbers of a question, and who fits it; more take the long way
HEADS = "=15Q3dQ"  # `wording.HEAD`
FITTING = Struct("=3q2d")  # `wording.ANSWER`


class Room(local):
    """Where a thread lays its question down and finds the answer; each has its own."""

    def __init__(self) -> None:
        asked, answer = np.zeros(MOST_ASKED, np.uint64), np.zeros((MOST_ANSWERS, ANSWER), np.int64)
        self.lent = Lent(asked, asked.view(np.float64), answer, answer.view(np.float64))
        self.all = asked.data, answer.data.cast("B"), self.lent.address


class Standing:
    """What all questions of a viewer share until a thing changes."""

    __slots__ = ("book", "lent", "weights")

    def __init__(self, side: Side, viewer: frozenset[str], w: Weights):
        self.book, self.weights = book_of(side), w
        segments, held = side.addresses(viewer)
        known = side.segments[0].postings.hashes is side.statistics.hashes
        self.lent = Lent(segments, weights_of(w), BOOSTS, np.array([known], np.int64), also=held)


ROOM = Room()


def first_fits(side: Side, need: Need, today: int, k: int, viewer: frozenset[str], w: Weights) -> tuple[Suggestion, ...] | None:
    """The first `k` without reasons; None where only the long way is sure."""
    standing = side.standing.get(viewer)
    if standing is None or standing.book.full or standing.weights is not w:
        if len(side.standing) > MOST_VIEWERS:
            side.standing.clear()
        standing = side.standing[viewer] = Standing(side, viewer, w)
    book = standing.book
    words = book.words((need.title, need.theme_words, need.description))
    themes, closed, blocked = need.themes, need.closed, need.blocked
    lists = [*hashes_of(themes)] if themes else []
    if closed or blocked:
        lists += [*(a.toordinal() for a, _ in closed), *(b.toordinal() for _, b in closed), *(i & WHOLE for i in blocked)]
    size = len(lists) + len(words)
    if size > MOST_ASKED - HEAD or k > MOST_ANSWERS:
        return None
    since, until, travel = early(need.period_from), late(need.period_until), need.max_travel_km
    lat, lon = need.lat, need.lon
    if lat is None or lon is None:
        lat = lon = NOWHERE
    question, answer, room = ROOM.all
    pack_of(size)(
        question, 0, *masks_of(need.kinds), need.levels, need.near_levels, since if since > today else today, until, today,
        need.weekdays & 0x7F, need.dayparts & 0xFFFF, language_code(need.language), size - len(words) - 2 * len(closed) - len(blocked),
        len(closed), len(blocked), len(words), lat, lon, -1.0 if travel is None else travel, k, *lists, *words,
    )  # fmt: skip
    shown = book.shown  # held until the answer is there: another thread may put a greater one in its place
    n = answered(standing.lent.address, shown.address, room)
    if n == LONG_WAY:
        return None
    return tuple([
        make(Suggestion, (i, org, score, km, point, (), ()) if km == km else (i, org, score, None, None, (), ()))
        for i, org, point, score, km in FITTING.iter_unpack(answer[: n * FITTING.size])
    ])  # fmt: skip


make = tuple.__new__  # … what `Suggestion` calls itself


@lru_cache(1_000)
def hashes_of(themes: tuple[str, ...]) -> tuple[int, ...]:
    """Of their terms, each once."""
    return tuple(sorted({term_hash("#" + t) for t in themes}))


@lru_cache(1_000)
def pack_of(size: int):
    """Lays a question with so many numbers behind its head into an array."""
    return Struct(f"{HEADS}{size}Q").pack_into


def book_of(side: Side) -> Phrasebook:
    """Of the generation, for all its viewers."""
    kept = side.statistics.derived
    book = kept.get("phrasebook")
    if book is None or book.full:
        book = kept["phrasebook"] = Phrasebook(analyser(), side.statistics)
    return book


def weights_of(w: Weights) -> np.ndarray:
    """As `wording.FACTORS` and `OF_BLEND` say."""
    by_how = factors(w.query)
    powers = [w.spread**n for n in range(SPREAD_OVER)]
    return fixed([*(by_how[how] for how in HOW), w.query.light, w.query.repeat, *blend_of(w), *powers], np.float64)
