"""What may be decided about a case, and how long it may wait. Pure."""

from datetime import datetime

from techfinder.core.clock import today
from techfinder.organisations.rules import SECOND_THOUGHTS
from techfinder.reference.holidays import school_days_between

DECISIONS = {
    "organisation": ("approve", "return", "reject"),
    "offer": ("approve", "return", "reject"),
    "membership": ("approve", "reject"),
    "flag": ("handle", "dismiss"),
}
NOBODY_THERE = "nobody_there"  # a school asked a company where nobody works and of which no address is known
NEEDS_REASON = {("organisation", "return"), ("organisation", "reject"), ("offer", "return"), ("offer", "reject"), ("flag", "handle")}
FLAG_REASONS = ("wrong", "unsafe", "spam", "privacy", "other")
PROMISED_DAYS = 2  # working days within which people are told to expect a decision


def decisions(kind: str, reason: str) -> tuple[str, ...]:
    """What can be decided about such a case, in the order of the buttons."""
    return ("invite", "unreachable") if reason == NOBODY_THERE else DECISIONS.get(kind, ())


def takes_back(reason: str, decision: str, decided_at: datetime | None, at: datetime) -> bool:
    """Whether this decision can be undone as if it was never made: an approval that nobody was told of yet.

    Not of a changed offer, whose old text is gone, nor of a person, whose messages have left.
    """
    recent = decided_at is not None and decided_at <= at < decided_at + SECOND_THOUGHTS
    return recent and decision == "approved" and reason in ("new_organisation", "first_offer")


def waiting_days(opened_at: datetime, at: datetime) -> int:
    """Whole school days that a case has waited."""
    first, last = today(opened_at), today(at)
    return school_days_between(first, last, None) if last > first else 0
