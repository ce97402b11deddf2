"""Days of the week and parts of the day as masks: Monday 1, Tuesday 2 … Sunday 64; morning 1, afternoon 2, evening 4.

0 means "not said" and never excludes anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from techfinder.reference.vocabulary import Text, load


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekday or a part of the day."""

    code: str
    mask: int
    name: Text
    short_name: Text

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)

    def short(self, locale: object = "nl") -> str:
        """ "ma", "Mon"; a part of the day has no shorter name."""
        return self.short_name(locale)


def _slots(name: str) -> tuple[Slot, ...]:
    return tuple(
        Slot(row["code"], 1 << row["bit"], Text.of(row["label"]), Text.of(row["short"]))
        for row in load("times")[name]
    )


WEEKDAYS: tuple[Slot, ...] = _slots("weekdays")
DAYPARTS: tuple[Slot, ...] = _slots("dayparts")
SCHOOL_WEEK: int = 0b11111
_MASKS: dict[str, int] = {slot.code: slot.mask for slot in (*WEEKDAYS, *DAYPARTS)}
_FROM, _AND = Text(" t/m ", " to "), Text(" en ", " and ")


def mask(codes: Iterable[str]) -> int:
    """The mask of weekday codes, or of daypart codes: not of both at once. KeyError names an unknown code."""
    result = 0
    for code in codes:
        result |= _MASKS[code]
    return result


def weekday_codes(weekdays: int) -> tuple[str, ...]:
    return tuple(slot.code for slot in WEEKDAYS if weekdays & slot.mask)


def daypart_codes(dayparts: int) -> tuple[str, ...]:
    return tuple(slot.code for slot in DAYPARTS if dayparts & slot.mask)


def weekday_mask(day: date) -> int:
    """The one bit of a date."""
    return 1 << day.weekday()


def describe_weekdays(weekdays: int, locale: object = "nl") -> str:
    """ "maandag t/m vrijdag", "dinsdag en donderdag"; the empty string for 0."""
    return _describe(WEEKDAYS, weekdays, locale)


def describe_dayparts(dayparts: int, locale: object = "nl") -> str:
    """ "ochtend en middag"; the empty string for 0."""
    return ", ".join(_joined([slot.label(locale) for slot in DAYPARTS if dayparts & slot.mask], locale))


def _describe(slots: tuple[Slot, ...], wanted: int, locale: object) -> str:
    runs: list[list[Slot]] = []
    previous = 0
    for slot in slots:
        if not wanted & slot.mask:
            continue
        if runs and slot.mask == previous << 1:
            runs[-1].append(slot)
        else:
            runs.append([slot])
        previous = slot.mask
    parts: list[str] = []
    for run in runs:
        if len(run) > 2:
            parts.append(run[0].label(locale) + _FROM(locale) + run[-1].label(locale))
        else:
            parts += [slot.label(locale) for slot in run]
    return ", ".join(_joined(parts, locale))


def _joined(parts: list[str], locale: object) -> list[str]:
    """The last two parts become one: ["a", "b", "c"] → ["a", "b en c"]."""
    return parts if len(parts) < 2 else [*parts[:-2], _AND(locale).join(parts[-2:])]
