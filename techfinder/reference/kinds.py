"""The kinds of support, and which of them may stand in for another.

A kind knows who travels, and that decides which reach counts: the company's travel radius, how far the class may go,
or none at all.
"""

import enum
from dataclasses import dataclass
from typing import Literal

from techfinder.reference.vocabulary import Text, edition, load

Travels = Literal["company", "class", "nobody", "teacher"]
Reach = Literal["company", "class", "anywhere"]


class SupportKind(enum.StrEnum):
    """Codes as stored and as written in files."""

    GUEST_LESSON = "guest_lesson"
    ONLINE_LESSON = "online_lesson"
    SITE_VISIT = "site_visit"
    MATERIAL = "material"
    WORKSHOP = "workshop"
    LOAN_KIT = "loan_kit"
    CHALLENGE = "challenge"
    CO_DEVELOPMENT = "co_development"
    TEACHER_PLACEMENT = "teacher_placement"
    TEACHER_TRAINING = "teacher_training"
    HYBRID_TEACHER = "hybrid_teacher"
    EVENT = "event"
    PUPIL_PLACEMENT = "pupil_placement"
    DONATION = "donation"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known about one kind of support."""

    code: SupportKind
    order: int
    """Place in lists, from 0: the five everyday kinds first."""
    travels: Travels
    reach: Reach
    """company: the offer's travel radius; class: how far the class may travel; anywhere: distance never excludes."""
    tint: str
    """Class of the colour family, by who travels."""
    more: bool
    """Stands under "meer" in forms and filters."""
    names: Text
    plurals: Text
    descriptions: Text

    def label(self, locale: object = "nl") -> str:
        return self.names(locale)

    def plural(self, locale: object = "nl") -> str:
        return self.plurals(locale)

    def description(self, locale: object = "nl") -> str:
        return self.descriptions(locale)


def _read() -> tuple[Kind, ...]:
    data = load("kinds")
    return tuple(
        Kind(
            code=SupportKind(row["code"]),
            order=order,
            travels=row["travels"],
            reach=row["reach"],
            tint=data["tints"][row["travels"]],
            more=row["more"],
            names=Text.of(row["label"]),
            plurals=Text.of(row["plural"]),
            descriptions=Text.of(row["description"]),
        )
        for order, row in enumerate(data["kinds"])
    )


EDITION = edition("kinds")
KINDS: tuple[Kind, ...] = _read()
_BY_CODE: dict[str, Kind] = {kind.code.value: kind for kind in KINDS}
_ANSWERS: dict[tuple[str, str], float] = {
    (row["asked"], row["offered"]): row["fit"] for row in load("kinds")["answers_for"]
}


def kind(code: str) -> Kind:
    """The kind with this code; KeyError for an unknown one."""
    return _BY_CODE[str(code)]


def compatible(asked: str | None, offered: str) -> float:
    """How well an offered kind answers the asked one, in [0, 1]; 0 is no answer at all.

    None means "maakt niet uit" and is answered fully by every kind.
    """
    if asked is None or str(asked) == str(offered):
        return 1.0
    return _ANSWERS.get((str(asked), str(offered)), 0.0)
