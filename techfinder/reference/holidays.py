"""School holidays, public holidays, and counting in school days.

Christmas, May and summer are set by the ministry; autumn and spring are its advice, and schools may differ. The second
week of the May holiday is optional: nearly every school takes it, so nobody is reminded in it (`is_school_day` says
no), but a date in it excludes nobody (`closed` leaves it out). Beyond the known years only weekends and public
holidays count: see `known_until`.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from techfinder.reference.vocabulary import Text, edition, fold, load

Certainty = Literal["fixed", "advice", "optional"]
HOLIDAY_REGIONS: tuple[str, ...] = ("noord", "midden", "zuid")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A school holiday in one holiday region; `first` and `last` are both free days (Saturday … Sunday)."""

    kind: str
    school_year: str
    region: str
    first: date
    last: date
    certainty: Certainty
    name: Text

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


EDITION = edition("holidays")
_KINDS: dict[str, Text] = {code: Text.of(pair) for code, pair in load("holidays")["kinds"].items()}
HOLIDAYS: tuple[Holiday, ...] = tuple(
    sorted(
        (
            Holiday(
                row["kind"],
                row["school_year"],
                row["region"],
                date.fromisoformat(row["first"]),
                date.fromisoformat(row["last"]),
                row["certainty"],
                _KINDS[row["kind"]],
            )
            for row in load("holidays")["holidays"]
        ),
        key=lambda holiday: (holiday.region, holiday.first),
    )
)
_BY_REGION: dict[str, list[Holiday]] = {
    region: [holiday for holiday in HOLIDAYS if holiday.region == region] for region in HOLIDAY_REGIONS
}
_STARTS: dict[str, list[date]] = {
    region: [holiday.first for holiday in found] for region, found in _BY_REGION.items()
}
_PLACES: dict[tuple[str, str], str] = {
    (fold(row["municipality"]), fold(place)): row["region"]
    for row in load("holiday_regions")["places"]
    for place in row["places"]
}
_MUNICIPALITIES: dict[str, str] = {
    fold(name): row["region"]
    for row in load("holiday_regions")["municipalities"]
    for name in row["municipalities"]
}


def region_label(region: str, locale: object = "nl") -> str:
    """ "regio Noord"; KeyError for an unknown region."""
    return Text.of(load("holiday_regions")["labels"][region])(locale)


def holiday_region(municipality: str, province: str, place: str = "") -> str | None:
    """noord, midden or zuid, from the municipality where it differs from its province; None for an unknown province.

    A few villages follow the municipality they belonged to before: give `place` to get those right as well.
    """
    name = fold(municipality)
    return (
        _PLACES.get((name, fold(place)))
        or _MUNICIPALITIES.get(name)
        or load("holiday_regions")["provinces"].get(fold(province))
    )


def known_until() -> date:
    """The last day of the last known summer holiday that is known for every region."""
    return min(max(holiday.last for holiday in found) for found in _BY_REGION.values())


def holidays(region: str, year: str | None = None) -> tuple[Holiday, ...]:
    """The school holidays of a region in order, of one school year ("2026-2027") or of all known ones."""
    return tuple(holiday for holiday in _BY_REGION[region] if year is None or holiday.school_year == year)


def holiday_on(day: date, region: str) -> Holiday | None:
    """The school holiday that a day falls in; a certain one before an optional one."""
    at = bisect_right(_STARTS[region], day)
    around = [h for h in _BY_REGION[region][max(0, at - 3) : at] if h.first <= day <= h.last]
    return min(around, key=lambda h: h.certainty == "optional", default=None)


def next_holiday(day: date, region: str) -> Holiday | None:
    """The first holiday that begins after a day: "voor de kerstvakantie" is before it. Optional weeks don't count."""
    for holiday in _BY_REGION[region][bisect_right(_STARTS[region], day) :]:
        if holiday.certainty != "optional":
            return holiday
    return None


def closed(region: str | None, first: date, last: date) -> tuple[tuple[date, date], ...]:
    """When schools are certainly shut within a period: (first, last) pairs in order, cut to the period, not merged.

    For matching: no offer can be given then. Region None keeps only what holds in all three regions.
    """
    if region is None:
        shared = _closed_days("noord", first, last)
        for other in ("midden", "zuid"):
            shared &= _closed_days(other, first, last)
        return _as_periods(shared)
    return tuple(
        (max(holiday.first, first), min(holiday.last, last))
        for holiday in _BY_REGION[region]
        if holiday.certainty != "optional" and holiday.first <= last and holiday.last >= first
    )


def _closed_days(region: str, first: date, last: date) -> set[date]:
    return {
        start + timedelta(days=step)
        for start, end in closed(region, first, last)
        for step in range((end - start).days + 1)
    }


def _as_periods(days: set[date]) -> tuple[tuple[date, date], ...]:
    periods: list[tuple[date, date]] = []
    for day in sorted(days):
        if periods and periods[-1][1] + timedelta(days=1) == day:
            periods[-1] = (periods[-1][0], day)
        else:
            periods.append((day, day))
    return tuple(periods)


@cache
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm as given by Meeus, Astronomical Algorithms)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day = divmod(h + l_ - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> dict[date, Text]:
    """Days on which schools are shut by law or by general custom (the Friday after Ascension Day is custom)."""
    sunday, kings_day = easter(year), date(year, 4, 27)
    if kings_day.weekday() == 6:
        kings_day -= timedelta(days=1)
    found = {
        date(year, 1, 1): Text("nieuwjaarsdag", "New Year's Day"),
        sunday - timedelta(days=2): Text("Goede Vrijdag", "Good Friday"),
        sunday: Text("eerste paasdag", "Easter Sunday"),
        sunday + timedelta(days=1): Text("tweede paasdag", "Easter Monday"),
        sunday + timedelta(days=39): Text("hemelvaartsdag", "Ascension Day"),
        sunday + timedelta(days=40): Text("dag na hemelvaart", "day after Ascension Day"),
        sunday + timedelta(days=49): Text("eerste pinksterdag", "Whit Sunday"),
        sunday + timedelta(days=50): Text("tweede pinksterdag", "Whit Monday"),
        date(year, 12, 25): Text("eerste kerstdag", "Christmas Day"),
        date(year, 12, 26): Text("tweede kerstdag", "Boxing Day"),
    }
    found.setdefault(kings_day, Text("Koningsdag", "King's Day"))
    found.setdefault(date(year, 5, 5), Text("Bevrijdingsdag", "Liberation Day"))
    return found


def is_school_day(day: date, region: str | None) -> bool:
    """Whether people can be expected at school: no weekend, public holiday or school holiday (also an optional week).

    Region None (not known yet) is generous to the school: a holiday in any region is no school day.
    """
    if day.weekday() >= 5 or day in public_holidays(day.year):
        return False
    regions = HOLIDAY_REGIONS if region is None else (region,)
    return all(holiday_on(day, one) is None for one in regions)


def add_school_days(day: date, number: int, region: str | None) -> date:
    """The school day that is `number` school days after a day; with 0 the first one on or after it.

    ValueError for a negative number.
    """
    if number < 0:
        raise ValueError(f"a number of school days is never negative: {number}")
    left = number if number else 1
    step = timedelta(days=1)
    at = day if number else day - step
    while left:
        at += step
        left -= is_school_day(at, region)
    return at


def school_days_between(first: date, last: date, region: str | None) -> int:
    """School days after `first` up to and including `last`; 0 when `last` is not later.

    `school_days_between(d, add_school_days(d, n, r), r) == n` for every n > 0.
    """
    span = (last - first).days
    return sum(is_school_day(first + timedelta(days=step), region) for step in range(1, span + 1))


def school_year(day: date) -> str:
    """ "2026-2027": begins on 1 August, in every region."""
    start = day.year if day.month >= 8 else day.year - 1
    return f"{start}-{start + 1}"


def school_year_bounds(year: str) -> tuple[date, date]:
    """First and last day (1 August, 31 July) of a school year like "2026-2027"; ValueError for another text."""
    start, end = (int(part) for part in year.split("-"))
    if end != start + 1:
        raise ValueError(f"not a school year: {year}")
    return date(start, 8, 1), date(end, 7, 31)
