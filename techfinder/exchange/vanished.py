"""Schools that are gone from the register: reported, and closed when that is asked, never many at once.

DUO's files hold one part of education each, so absence means something only within what a file covers: a part of which
it holds at least half of the locations that we know. A closed school takes no new members and no new requests and stands
in no list to choose from; what was begun goes on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.errors import TechfinderError
from techfinder.exchange.bulk import update_rows
from techfinder.exchange.report import Line
from techfinder.organisations.models import Organisation
from techfinder.reference.levels import mask

COVERED = 0.5  # share of the known locations of a part that a file must hold to be a list of that part
CLOSE_AT_MOST = 5  # percent of a part that one file may close
ALONE = {mask([code]): code for code in ("sbo", "pro")}  # some files leave these out of their sector


class TooMany(TechfinderError):
    """So many schools are not in the file that the file itself is the likelier mistake; the text says how many."""


@dataclass(frozen=True)
class Gone:
    """A location that the register had and this file has not. `claimed`: people work there with an account."""

    id: int
    brin: str
    name: str
    part: str
    claimed: bool


def vanished(codes: Collection[str]) -> tuple[list[Gone], Counter[str]]:
    """(the open locations from earlier files that should be among these codes and are not, the known ones a covered part)."""
    o = Organisation
    rows = db.session.execute(
        select(o.id, o.brin, o.name, o.sector, o.levels, o.claimed)
        .where(o.kind == "school", o.brin.is_not(None), o.source.in_(("duo", "registered")), o.closed_at.is_(None))
        .order_by(o.brin)
    )
    known = [Gone(r.id, r.brin, r.name, ALONE.get(r.levels, r.sector), r.claimed) for r in rows]
    total = Counter(school.part for school in known)
    there = Counter(school.part for school in known if school.brin in codes)
    covered = Counter({part: n for part, n in total.items() if there[part] >= COVERED * n})
    return [school for school in known if school.part in covered and school.brin not in codes], covered


def check_share(gone: Iterable[Gone], covered: Counter[str], most: float = CLOSE_AT_MOST) -> None:
    """Raise `TooMany` when more than `most` percent of a part would close."""
    for part, n in Counter(school.part for school in gone).items():
        if n * 100 > most * covered[part]:
            raise TooMany(
                f"{n} of {covered[part]} {part} locations are not in this file, more than {most:g} %: nothing was written. "
                "Look whether the file is whole; --close-at-most allows more."
            )


def close(gone: Sequence[Gone], at: datetime) -> None:
    """They are gone from the register from now on."""
    update_rows(Organisation, {school.id: {"closed_at": at} for school in gone})
    for school in gone:
        log_change("organisation", school.id)


def lines(gone: Iterable[Gone], closed: bool) -> list[Line]:
    """One line for each, without a row: they are not in the file."""
    return [
        Line(0, s.brin, s.name, "closed" if closed else "missing", "not in this file" + ("; people work here" if s.claimed else ""))
        for s in gone
    ]
