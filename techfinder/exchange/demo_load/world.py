"""What the steps of loading share: the files, the moment it is, and the rows that were made, by their keys in the files."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from techfinder.accounts.models import User
from techfinder.conversations.models import Conversation, Message
from techfinder.core.clock import AMSTERDAM, today
from techfinder.core.db import db
from techfinder.offers.models import Offer
from techfinder.organisations.models import Membership, Organisation
from techfinder.support_requests.models import SupportRequest

FOLDER = Path(__file__).parents[1] / "demo"
FIRST_YEAR = 2026
TURN = (3, 1)  # month and day on which the texts' school year is over for newcomers: most of their periods have begun


def read(name: str) -> list[dict[str, Any]]:
    """The rows of one file, in the order they were written."""
    rows: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def spread(key: str, low: float, high: float) -> float:
    """A number in [low, high) that follows from the key: the same at every loading, without order or rows in it."""
    share = int.from_bytes(sha256(key.encode()).digest()[:6]) / 2**48
    return low + share * (high - low)


def years_on(day: date) -> int:
    """By how many whole years the dates of the texts (school year 2026-2027) must move to lie ahead of this day."""
    return day.year - FIRST_YEAR - ((day.month, day.day) < TURN)


@dataclass
class World:
    """Rows by key. `at` is the moment of loading; everything lies before it or in the months after it."""

    at: datetime
    users: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    requests: dict[str, SupportRequest] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, list[Message]] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        """This many days before now; on an earlier day at an hour when people write (8 to 17), in the same order."""
        moment = (self.at - timedelta(days=days)).astimezone(AMSTERDAM)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        if midnight.date() == self.at.astimezone(AMSTERDAM).date():
            return moment
        return midnight + timedelta(hours=8) + (moment - midnight) * 9 / 24

    def day(self, text: str | None) -> date | None:
        """A date of the files, moved so that it lies as far ahead as when it was written."""
        if not text:
            return None
        written = date.fromisoformat(text)
        return written.replace(year=written.year + years_on(today(self.at)))

    def save(self, *rows: Any) -> None:
        """Give these rows their ids, in this order."""
        db.session.add_all(rows)
        db.session.flush()
