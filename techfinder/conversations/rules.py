"""The states of a conversation, how many requests a company takes, and how many first messages may be sent. Pure.

    waiting ──answer──▶ open ──close──▶ closed
     │   ▲               │ ▲              │ │
     │   │               │ └───answer─────┘ │      declined ──answer──▶ open
     │   └──────ask (never answered)────────┘      waiting ──close───▶ closed, declined ──ask──▶ waiting
     └──────decline──────┴──▶ declined ──close──▶ closed

`ask`: the side that began writes while nobody answered yet; `answer`: every other message.
`waiting` takes one of the company's places while a school asked, until it answers or `ANSWER_SCHOOL_DAYS` have passed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

WAITING, OPEN, DECLINED, CLOSED = "waiting", "open", "declined", "closed"
SCHOOL, COMPANY = "school", "company"
SENT, HELD, WITHHELD = "sent", "held", "withheld"

TRANSITIONS = {
    (WAITING, "ask"): WAITING,
    (CLOSED, "ask"): WAITING,
    (DECLINED, "ask"): WAITING,
    (WAITING, "answer"): OPEN,
    (OPEN, "answer"): OPEN,
    (DECLINED, "answer"): OPEN,
    (CLOSED, "answer"): OPEN,
    (WAITING, "decline"): DECLINED,
    (OPEN, "decline"): DECLINED,
    (WAITING, "close"): CLOSED,
    (OPEN, "close"): CLOSED,
    (DECLINED, "close"): CLOSED,
}
ANSWER_SCHOOL_DAYS = 8
MESSAGE_MAX = 5000  # characters
NEW_FOR = timedelta(days=14)
FIRST_MESSAGES_A_DAY = {"new": 5, "known": 30}
DECLINE_REASONS = ("no_time", "too_far", "other_group", "other_subject", "other")


def action_of(side: str, started_by: str, answered: bool) -> str:
    """What a message of this side does."""
    return "ask" if side == started_by and not answered else "answer"


def next_state(state: str, action: str) -> str | None:
    """The state after this action, or None when it is not allowed now."""
    return TRANSITIONS.get((state, action))


def full_until(due: Sequence[datetime], places: int) -> datetime | None:
    """When a company with these unanswered requests has a place again; None while it has one now.

    `due`: for each, the moment from which it no longer counts. With n of them and p places, n - p + 1 must go first.
    """
    return sorted(due)[len(due) - places] if len(due) >= places else None


def first_messages_allowed(created_at: datetime, verified: bool, at: datetime) -> int:
    """How many conversations an organisation may begin on one day."""
    return FIRST_MESSAGES_A_DAY["new" if not verified or at - created_at < NEW_FOR else "known"]


def subject_key(school_id: int, company_id: int, offer_id: int | None, request_id: int | None) -> str:
    """A pair talks once about a thing: the key that is unique."""
    return f"{school_id}:{company_id}:{offer_id or 0}:{request_id or 0}"
