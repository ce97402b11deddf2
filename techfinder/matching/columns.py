"""What filters and blends read, as arrays: one entry a document, in document order.

Dates are proleptic ordinals (`date.toordinal`), open ends `EARLY` and `LATE`; "not stated" is -1 for money, pupils and
places, nan for trust and places on the map. Kinds are codes of `KINDS`; languages the bytes of their code in a uint64.
Sets (themes, regions, closed periods, blocked organisations) are flat pairs (owner, value), owners ascending.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import accumulate

import numpy as np

from techfinder.matching.bulk import spread
from techfinder.matching.placing import spotted
from techfinder.matching.postings import readonly, term_hash
from techfinder.matching.reach import ANSWERS, ANYWHERE, CLASS, COMPANY, NEAR_KINDS, REACH
from techfinder.matching.values import Need, Supply

KINDS = tuple(REACH)
OTHER = len(KINDS)  # the code of a kind the table lacks
ALL_KINDS = (1 << 63) - 1
EARLY, LATE = 0, 4_000_000

Arrays = dict[str, np.ndarray]
DERIVED = ("spot",)  # columns that `spots` makes of others


def kind_code(kind: str) -> int:
    return KINDS.index(kind) if kind in REACH else OTHER


def kind_mask(kinds: Iterable[str]) -> int:
    """Bits of the kinds asked for; all bits when none is."""
    return sum(1 << kind_code(k) for k in set(kinds)) or ALL_KINDS


def accepted_mask(kinds: Iterable[str]) -> int:
    """The kinds asked for and those that answer for them."""
    kinds = set(kinds)
    return kind_mask(kinds.union(*(ANSWERS.get(k, frozenset()) for k in kinds)))


TRAVEL = np.array([(ANYWHERE, COMPANY, CLASS).index(REACH[k]) for k in KINDS] + [2], np.uint8)
TRAVELS = TRAVEL.copy()  # for compiled code, which takes it as it is
TRAVELS.flags.writeable = False
NEAR_MASK = np.array(
    [sum(1 << kind_code(w) for w, near in NEAR_KINDS.items() if k in near) for k in KINDS] + [0], np.uint64
)  # per offered kind: the asked kinds that it nearly answers


def near_mask(kinds: Iterable[str]) -> int:
    """The kinds that nearly answer those asked for; all when none is asked."""
    wanted = np.uint64(kind_mask(kinds))
    return sum(1 << code for code, near in enumerate(NEAR_MASK) if near & wanted)


@lru_cache(1_000)
def masks_of(kinds: frozenset[str]) -> tuple[int, int, int]:
    """The kinds asked for, those accepted and those nearly accepted."""
    return kind_mask(kinds), accepted_mask(kinds), near_mask(kinds)


@lru_cache(1_000)
def language_code(language: str) -> int:
    return int.from_bytes(language.encode()[:8], "little")


def language_name(code: int) -> str:
    return int(code).to_bytes(8, "little").rstrip(b"\0").decode(errors="replace")


def early(day: date | None) -> int:
    return day.toordinal() if day else EARLY


def late(day: date | None) -> int:
    return day.toordinal() if day else LATE


def seconds(moment: datetime | None) -> float:
    """POSIX seconds; a naive moment is read as UTC, none as the beginning of time."""
    if moment is None:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def stated(value: int | None) -> int:
    return -1 if value is None else value


def pairs(sets: Sequence[Iterable[int]], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """(owner int32, value) for every member of every set."""
    lists = [sorted(s) for s in sets]
    owners = np.array([owner for owner, values in enumerate(lists) for _ in values], np.int32)
    return owners, np.array([v for s in lists for v in s], dtype)


def label_columns(things: Sequence[Supply] | Sequence[Need]) -> tuple[np.ndarray, list[list[str]]]:
    """A code per document into the table of distinct label sets."""
    table: dict[frozenset[str], int] = {}
    codes = [table.setdefault(t.labels, len(table)) for t in things]
    return np.array(codes, np.uint32), [sorted(s) for s in table]


def shared_columns(things: Sequence[Supply] | Sequence[Need]) -> Arrays:
    theme_owner, theme = pairs([[term_hash("#" + t) for t in set(x.themes)] for x in things], np.uint64)
    region_owner, region = pairs([x.region_ids for x in things], np.int64)
    return {
        "id": np.array([x.id for x in things], np.int64),
        "org": np.array([x.organisation_id for x in things], np.int64),
        "levels": np.array([x.levels for x in things], np.uint64),
        "from": np.array([early(x.period_from) for x in things], np.int32),
        "until": np.array([late(x.period_until) for x in things], np.int32),
        "dayparts": np.array([x.dayparts & 0xFFFF for x in things], np.uint16),
        "weekdays": np.array([x.weekdays & 0x7F for x in things], np.uint8),
        "language": np.array([language_code(x.language) for x in things], np.uint64),
        "published": np.array([seconds(x.published_at) for x in things], np.float64),
        "theme_owner": theme_owner,
        "theme": theme,
        "region_owner": region_owner,
        "region": region,
    }


def supply_columns(supplies: Sequence[Supply]) -> Arrays:
    points = [(i, p) for i, s in enumerate(supplies) for p in sorted(s.points, key=lambda p: p.id)]
    columns = shared_columns(supplies) | {
        "kind": np.array([kind_code(s.kind) for s in supplies], np.uint8),
        "cost": np.array([stated(s.cost_cents) for s in supplies], np.int64),
        "max_pupils": np.array([stated(s.max_pupils) for s in supplies], np.int32),
        "available": np.array([s.available for s in supplies], bool),
        "places": np.array([stated(s.places_left) for s in supplies], np.int32),
        "trust": np.array([np.nan if s.trust is None else s.trust for s in supplies], np.float64),
        "point_start": np.array([0, *accumulate(len(s.points) for s in supplies)], np.int32),
        "point_id": np.array([p.id for _, p in points], np.int64),
        "point_lat": np.array([p.lat for _, p in points], np.float64),
        "point_lon": np.array([p.lon for _, p in points], np.float64),
        "point_radius": np.array([-1.0 if p.radius_km is None else p.radius_km for _, p in points], np.float64),
        "point_weekdays": np.array([p.weekdays & 0x7F for _, p in points], np.uint8),
    }
    return columns | spots(columns)


def need_columns(needs: Sequence[Need]) -> Arrays:
    blocked_owner, blocked = pairs([n.blocked for n in needs], np.int64)
    closed = [(i, a.toordinal(), b.toordinal()) for i, n in enumerate(needs) for a, b in n.closed]
    return shared_columns(needs) | {
        "wanted": np.array([kind_mask(n.kinds) for n in needs], np.uint64),
        "accepted": np.array([accepted_mask(n.kinds) for n in needs], np.uint64),
        "near_levels": np.array([n.near_levels for n in needs], np.uint64),
        "pupils": np.array([stated(n.pupils) for n in needs], np.int32),
        "budget": np.array([stated(n.budget_cents) for n in needs], np.int64),
        "lat": np.array([np.nan if n.lat is None else n.lat for n in needs], np.float64),
        "lon": np.array([np.nan if n.lon is None else n.lon for n in needs], np.float64),
        "travel": np.array([-1.0 if n.max_travel_km is None else n.max_travel_km for n in needs], np.float64),
        "nothing_before": np.array([n.had_nothing_before for n in needs], bool),
        "blocked_owner": blocked_owner,
        "blocked": blocked,
        "closed_owner": np.array([c[0] for c in closed], np.int32),
        "closed_from": np.array([c[1] for c in closed], np.int32),
        "closed_until": np.array([c[2] for c in closed], np.int32),
    }


def spots(columns: Arrays) -> Arrays:
    """The starting points, derived and not stored: `placing.spotted`."""
    return {"spot": spotted(*(readonly(columns[name]) for name in ("point_lat", "point_lon", "point_radius")))}


SETS = {
    "theme_owner": ("theme",), "region_owner": ("region",), "blocked_owner": ("blocked",),
    "closed_owner": ("closed_from", "closed_until"),
}  # fmt: skip
OF_POINTS = ("point_id", "point_lat", "point_lon", "point_radius", "point_weekdays", "spot")


def joined(parts: Sequence[Arrays]) -> Arrays:
    """The columns of documents one part after the other."""
    before = np.cumsum([0, *(len(part["id"]) for part in parts)], dtype=np.int32)
    found = {}
    for name in parts[0]:
        arrays = [part[name] for part in parts]
        if name in SETS:
            arrays = [owners + first for owners, first in zip(arrays, before, strict=False)]
        elif name == "point_start":
            points = np.cumsum([0, *(starts[-1] for starts in arrays)], dtype=np.int32)
            arrays = [*(starts[:-1] + first for starts, first in zip(arrays, points, strict=False)), points[-1:]]
        found[name] = np.concatenate(arrays)
    return found


def taken(columns: Arrays, rows: np.ndarray) -> Arrays:
    """The columns of the documents at `rows`, in their order."""
    found, count = {}, len(columns["id"])
    runs = [(columns[owner], owner, names) for owner, names in SETS.items() if owner in columns]
    for owners, name, of in runs:
        starts = np.searchsorted(owners, np.arange(count + 1))
        at, counts = _runs(starts, rows)
        found[name] = np.repeat(np.arange(len(rows), dtype=np.int32), counts)
        found |= {value: columns[value][at] for value in of}
    if "point_start" in columns:
        at, counts = _runs(columns["point_start"], rows)
        found["point_start"] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        found |= {name: columns[name][at] for name in OF_POINTS}
    return found | {name: column[rows] for name, column in columns.items() if name not in found}


def _runs(starts: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of what belongs to `rows`, and how many of each."""
    counts = starts[rows + 1] - starts[rows]
    return spread(starts[rows].astype(np.int64), counts), counts
