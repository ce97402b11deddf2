"""Dutch ways of writing dates, moments, kilometres and money, in the reader's language."""

import re
from datetime import date, datetime, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from techfinder.core.clock import AMSTERDAM, now
from techfinder.core.language import reader_language


def day(value: date | datetime) -> str:
    """"di 9 maart", with the year when it is not this one."""
    if isinstance(value, datetime):
        value = value.astimezone(AMSTERDAM).date()
    english = reader_language() == "en"
    pattern = "EEE d MMMM" if english else "EEEEEE d MMMM"
    if value.year != now().astimezone(AMSTERDAM).year:
        pattern += " y"
    return str(format_date(value, pattern)).replace(".", "")


def moment(value: datetime) -> str:
    """"di 9 maart, 10.00 uur"."""
    local = value.astimezone(AMSTERDAM)
    if reader_language() == "en":
        return f"{day(value)}, {local:%H:%M}"
    return f"{day(value)}, {local.hour}.{local:%M} uur"


def ago(value: datetime, at: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits."""
    passed = (at or now()) - value
    if passed < timedelta(minutes=1):
        return _("zojuist")
    if passed < timedelta(hours=1):
        n = int(passed.total_seconds() // 60)
        return ngettext("%(num)d minuut geleden", "%(num)d minuten geleden", n)
    if passed < timedelta(days=1):
        n = int(passed.total_seconds() // 3600)
        return ngettext("%(num)d uur geleden", "%(num)d uur geleden", n)
    n = passed.days
    if n < 14:
        return ngettext("%(num)d dag geleden", "%(num)d dagen geleden", n)
    return day(value)


def kilometres(value: float | None) -> str:
    """"0,8 km", "3,4 km", "12 km": no decimals from 10 up. Empty when unknown."""
    if value is None:
        return ""
    text = f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"
    if reader_language() != "en":
        text = text.replace(".", ",")
    return f"{text.removesuffix(',0').removesuffix('.0')} km"


def euros(cents: int | None) -> str:
    """"gratis", "€ 45", "€ 12,50". Empty when unknown."""
    if cents is None:
        return ""
    if cents == 0:
        return _("gratis")
    if cents % 100 == 0:
        return f"€ {cents // 100}"
    text = f"€ {cents / 100:.2f}"
    return text if reader_language() == "en" else text.replace(".", ",")


def minutes(value: int | None) -> str:
    """"50 minuten", "2 uur", "2,5 uur"."""
    if not value:
        return ""
    if value < 120 and value % 60:
        return _("%(n)d minuten", n=value)
    hours = f"{value / 60:.1f}".removesuffix(".0")
    if reader_language() != "en":
        hours = hours.replace(".", ",")
    return ngettext("%(n)s uur", "%(n)s uur", 1 if value == 60 else 2, n=hours)


def together(value: object) -> str:
    """With hyphens between numbers that no line breaks at: "vmbo 1-2" stays whole."""
    return re.sub(r"(?<=\d)-(?=\d)", "\N{NON-BREAKING HYPHEN}", str(value))


FILTERS = {"day": day, "moment": moment, "ago": ago, "km": kilometres, "euros": euros, "minutes": minutes, "together": together}


def shortened(text: str, most: int) -> str:
    """At most so many characters; what is cut off shows."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
