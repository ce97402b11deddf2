"""The states of an offer, and what must be filled in before it goes out. Pure.

    draft ──submit──▶ submitted ──approve──▶ published ◀──resume── paused
      ▲                 │   │                 │    └──────pause────▲
      │               reject return           └──archive──▶ archived ──copy──▶ (a new draft)
      │                 ▼   ▼
      └────edit──── rejected returned ──submit──▶ submitted

    published ──reconsider──▶ submitted   (a coordinator takes back an approval of a moment ago)

A company of which an offer was approved before publishes without waiting (submit → published at once); what a coordinator
sent back goes past the coordinator again, as does a copy of it. A working copy of a published offer goes the same way; when
it is published its content replaces the public one.
"""

from dataclasses import dataclass
from datetime import date

from techfinder.reference.kinds import kind

DRAFT, SUBMITTED, RETURNED, PUBLISHED = "draft", "submitted", "returned", "published"
PAUSED, ARCHIVED, REJECTED = "paused", "archived", "rejected"

TRANSITIONS = {
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (REJECTED, "submit"): SUBMITTED,
    (DRAFT, "publish"): PUBLISHED,
    (RETURNED, "publish"): PUBLISHED,
    (SUBMITTED, "approve"): PUBLISHED,
    (SUBMITTED, "return"): RETURNED,
    (SUBMITTED, "reject"): REJECTED,
    (SUBMITTED, "withdraw"): DRAFT,
    (PUBLISHED, "return"): RETURNED,  # a coordinator takes down what should not be up
    (PUBLISHED, "reject"): REJECTED,
    (PUBLISHED, "reconsider"): SUBMITTED,
    (PUBLISHED, "pause"): PAUSED,
    (PAUSED, "resume"): PUBLISHED,
    (PUBLISHED, "archive"): ARCHIVED,
    (PAUSED, "archive"): ARCHIVED,
    (DRAFT, "archive"): ARCHIVED,
    (RETURNED, "archive"): ARCHIVED,
    (REJECTED, "archive"): ARCHIVED,
    (ARCHIVED, "restore"): DRAFT,
}
EDITABLE = (DRAFT, RETURNED, REJECTED)
TITLE_MAX, SUMMARY_MAX, TEXT_MAX = 100, 400, 4000


def next_state(state: str, action: str) -> str | None:
    """The state after this action, or None when it is not allowed now."""
    return TRANSITIONS.get((state, action))


def actions(state: str) -> tuple[str, ...]:
    """What may be done in this state."""
    return tuple(action for (before, action) in TRANSITIONS if before == state)


@dataclass(frozen=True)
class Gap:
    """A field that must be filled before an offer goes out; `code` names the sentence."""

    field: str
    code: str


def places_left(before: int | None, left: int | None, after: int | None) -> int | None:
    """What is left of a new number of places per year: what was given away stays given away. None is no limit."""
    if after is None:
        return None
    given = before - left if before is not None and left is not None else 0
    return max(0, after - given)


def is_visit(code: str) -> bool:
    """Whether people come to the company, so that clothing, photos and transport must be known."""
    return bool(code) and (kind(code).travels == "class" or code == "teacher_placement")


PLACELESS = frozenset({"online_lesson", "material"})  # where it comes from matters to nobody
NEEDS_PUPILS = frozenset({"guest_lesson", "online_lesson", "site_visit", "workshop", "event"})
NEEDS_DURATION = NEEDS_PUPILS | {"teacher_training"}


def gaps(offer: object, today: date | None = None) -> tuple[Gap, ...]:
    """Everything that still stands between this offer and its readers, in the order of the form.

    `today`: then a period that is over counts too.
    """
    o = offer
    found = [Gap(name, f"offer.missing.{name}") for name in ("kind", "title", "summary", "activity") if not getattr(o, name)]
    code = getattr(o, "kind", "")
    if not getattr(o, "levels", 0):
        found.append(Gap("levels", "offer.missing.levels"))
    until = getattr(o, "period_until", None)
    over = [Gap("period_until", "offer.period_over")] if today and until and until < today else []
    if not code:
        return (*found, *over)
    reach = kind(code).reach
    if code in NEEDS_DURATION and not getattr(o, "duration_minutes", None):
        found.append(Gap("duration_minutes", "offer.missing.duration_minutes"))
    if code in NEEDS_PUPILS and not getattr(o, "max_pupils", None):
        found.append(Gap("max_pupils", "offer.missing.max_pupils"))
    if getattr(o, "cost_cents", None) is None:
        found.append(Gap("cost_cents", "offer.missing.cost_cents"))
    found += over
    points = list(getattr(o, "points", ()))
    if not points and (reach == "company" or is_visit(code)):
        found.append(Gap("points", "offer.missing.points"))
    if reach == "company" and any(p.radius_km is None for p in points):
        found.append(Gap("points", "offer.missing.radius"))
    if code == "material" and not (getattr(o, "material_url", "") or getattr(o, "material_file_id", None)):
        found.append(Gap("material_url", "offer.missing.material"))
    return tuple(found)
