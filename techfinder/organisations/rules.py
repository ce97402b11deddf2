"""The states of an organisation, and what may be asked of its fields.

::

    pending ──approve──▶ approved ◀──approve── blocked
      │ ▲                   └──────block────────▲
      │ └──submit── returned
      ├──return──────▲
      └──reject──▶ rejected

    approved ──reconsider──▶ pending   (a coordinator takes back an approval of a moment ago)

A school from DUO's register begins as approved; a company, and a school that a teacher adds, begin as pending.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.nl import brin as nl_brin

from techfinder.core.errors import RuleBroken
from techfinder.geo import locate
from techfinder.geo.postcodes import split_postcode

Decision = Literal["approved", "returned", "rejected", "blocked"]
APPROVE, RETURN, REJECT, BLOCK, SUBMIT, RECONSIDER = "approve", "return", "reject", "block", "submit", "reconsider"
TRANSITIONS: dict[tuple[str, str], str] = {
    ("pending", APPROVE): "approved",
    ("pending", RETURN): "returned",
    ("pending", REJECT): "rejected",
    ("returned", SUBMIT): "pending",
    ("approved", BLOCK): "blocked",
    ("approved", RECONSIDER): "pending",
    ("blocked", APPROVE): "approved",
}
STEP_TO: dict[str, str] = {"approved": APPROVE, "returned": RETURN, "rejected": REJECT, "blocked": BLOCK}
NEEDS_NOTE = frozenset({"returned", "rejected", "blocked"})
SECTORS = ("po", "so", "vo", "mbo")
MOST_OPEN_REQUESTS = 50
SECOND_THOUGHTS = timedelta(minutes=5)  # the mail about an approval waits so long, and a coordinator can take it back


def next_state(state: str, step: str) -> str:
    """The state after this step. Raises `RuleBroken` when the step does not exist from here."""
    try:
        return TRANSITIONS[(state, step)]
    except KeyError:
        raise RuleBroken("organisation.step") from None


def possible_decisions(state: str) -> tuple[str, ...]:
    """What a coordinator can decide now, in the order of the buttons."""
    return tuple(word for word, step in STEP_TO.items() if (state, step) in TRANSITIONS)


@dataclass(frozen=True)
class Location:
    """Where an organisation is: `postcode` as stored ("5701 AB" or "5701"), degrees WGS 84."""

    postcode: str | None
    place: str
    municipality: str
    province: str
    lat: float
    lon: float


def location(text: str) -> Location:
    """Read a postcode, with its place behind it when we do not know the postcode. Raises `RuleBroken` on "postcode"."""
    code, _place = split_postcode(text)
    if code is None:
        raise RuleBroken("organisation.postcode_shape", "postcode")
    found = locate(text)
    if found is None:
        raise RuleBroken("organisation.postcode_unknown", "postcode", postcode=code)
    return Location(code, found.place, found.municipality, found.province, found.lat, found.lon)


def kvk_number(text: str) -> str | None:
    """A Chamber of Commerce number as eight digits; None for an empty one. It has no check digit. Raises `RuleBroken`."""
    digits = "".join(c for c in text if c not in " .-")
    if not digits:
        return None
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise RuleBroken("organisation.kvk_shape", "kvk")
    return digits


def brin_code(text: str) -> str | None:
    """BRIN and vestigingsnummer as six characters ("05AB00"), or None when it is not one."""
    try:
        code: str = nl_brin.validate(text)
    except ValidationError:
        return None
    return code if len(code) == 6 else None


def check_last_owner(role: str, other_owners: int, others: int) -> None:
    """Somebody must stay in charge as long as somebody stays."""
    if role == "owner" and other_owners == 0 and others > 0:
        raise RuleBroken("membership.last_owner")


def check_open_requests(value: int) -> None:
    """A company takes 1 to 50 unanswered requests at once."""
    if not 1 <= value <= MOST_OPEN_REQUESTS:
        raise RuleBroken("organisation.max_open_requests", "max_open_requests")


def check_sector(value: str, known: Collection[str] = SECTORS) -> None:
    """Raises `RuleBroken` for a sector that does not exist."""
    if value not in known:
        raise RuleBroken("organisation.sector", "sector")
