"""The time. Services take it as an argument with this as the default, so that tests can choose it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """The calendar day in the Netherlands."""
    return (at or now()).astimezone(AMSTERDAM).date()
