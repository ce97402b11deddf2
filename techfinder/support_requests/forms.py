"""The shape of a request as people type it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from techfinder.accounts.rules import normal_email
from techfinder.core.errors import RuleBroken
from techfinder.core.forms import Form, at_most, by_rule, required
from techfinder.core.language import reader_language
from techfinder.organisations.forms import CheckboxesField
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import FoundSchool
from techfinder.reference import levels as level_words
from techfinder.reference import times
from techfinder.reference.kinds import KINDS
from techfinder.reference.levels import LEVELS, TRACKS
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest

WHERE = [("at_school", _l("Bij ons op school")), ("at_company", _l("Bij het bedrijf")), ("either", _l("Maakt niet uit"))]
TRAVEL = [("foot_or_bicycle", _l("Te voet of op de fiets")), ("cars", _l("Met auto’s van ouders")), ("bus", _l("Met de bus"))]
ANY = "any"
MAX_EURO, MAX_KM, MAX_PUPILS = 100_000, 150, 2000
UNREADABLE = {
    "pupils": _l("Vul het aantal leerlingen in met een cijfer, bijvoorbeeld 28."),
    "parallel_groups": _l("Vul het aantal groepen in met een cijfer, bijvoorbeeld 2."),
    "max_travel_km": _l("Vul het aantal kilometers in met een cijfer, bijvoorbeeld 20."),
    "period_from": _l("Kies een datum, bijvoorbeeld 1-3-2027."),
    "period_until": _l("Kies een datum, bijvoorbeeld 26-3-2027."),
}
SPECIAL = ("sbo", "so", "vso", "pro", "isk", "mbo")
DATES = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]


def _between(low: int, high: int, sentence: Any) -> NumberRange:
    return NumberRange(min=low, max=high, message=sentence)


class RequestForm(Form):
    """What, for whom, where and when. The view takes out what is not asked of this reader."""

    draft = False  # a draft needs no groups yet

    version = HiddenField()
    description = TextAreaField(
        _l("Wat zoek je, in je eigen woorden?"),
        validators=[required(_l("Schrijf in je eigen woorden wat je zoekt.")), at_most(rules.TEXT_MAX)],
    )
    # which school: for members one of theirs, for others a look-up
    organisation_id = RadioField(_l("Voor welke school is het?"), choices=[], validators=[Optional()], validate_choice=False)
    q = StringField(_l("Je school"), validators=[Optional(), at_most(100)])
    school_id = HiddenField(validators=[Optional(), at_most(20)])
    pick = RadioField(_l("Welke school is het?"), choices=[], validators=[Optional()], validate_choice=False)
    levels = CheckboxesField(_l("Voor welke groepen of klassen?"), choices=[], validate_choice=False)
    # what companies need to know
    pupils = IntegerField(
        _l("Hoeveel leerlingen per groep?"),
        validators=[Optional(), _between(1, MAX_PUPILS, _l("Vul een aantal van 1 tot 2000 leerlingen in."))],
    )
    parallel_groups = IntegerField(
        _l("Hoeveel groepen?"),
        default=1,
        validators=[Optional(), _between(1, 40, _l("Vul een aantal van 1 tot 40 groepen in."))],
    )
    period_from = DateField(_l("Vanaf"), format=DATES, validators=[Optional()])
    period_until = DateField(_l("Tot en met"), format=DATES, validators=[Optional()])
    where = RadioField(_l("Waar mag het zijn?"), choices=WHERE, default="either", validators=[Optional()])
    travel_mode = RadioField(_l("Hoe reist je klas?"), choices=TRAVEL, validators=[Optional()])
    max_travel_km = IntegerField(
        _l("Hoe ver hoogstens?"), validators=[Optional(), _between(1, MAX_KM, _l("Vul een afstand van 1 tot 150 kilometer in."))]
    )
    # what makes the choice better
    kinds = CheckboxesField(_l("Welke soort mag het zijn?"), choices=[], validate_choice=False)
    kinds_more = CheckboxesField(_l("Meer soorten"), choices=[], validate_choice=False)
    weekdays = CheckboxesField(_l("Op welke dagen kan het?"), choices=[], validate_choice=False)
    dayparts = CheckboxesField(_l("In welk deel van de dag?"), choices=[], validate_choice=False)
    budget = StringField(_l("Wat kan de school bijdragen?"), validators=[Optional(), at_most(12)])
    # who, without an account
    person = StringField(_l("Je naam"), validators=[required(_l("Vul je naam in.")), at_most(120)])
    email = EmailField(
        _l("Je mailadres van school"), validators=[required(_l("Vul je mailadres in.")), at_most(254), by_rule(normal_email)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        locale = reader_language()
        everyday = [(k.code.value, k.label(locale)) for k in KINDS if not k.more]
        for name, choices in {
            "levels": [(level.code, level.label(locale)) for level in LEVELS],
            "kinds": [*everyday, (ANY, _("maakt niet uit"))],
            "kinds_more": [(k.code.value, k.label(locale)) for k in KINDS if k.more],
            "weekdays": [(s.code, s.label(locale)) for s in times.WEEKDAYS[:5]],
            "dayparts": [(s.code, s.label(locale)) for s in times.DAYPARTS],
        }.items():
            self[name].choices = choices

    def without(self, *names: str) -> None:
        """Do not ask these."""
        for name in names:
            if name in self:
                delattr(self, name)

    def value(self, name: str) -> Any:
        """What was typed, or nothing when the field is not asked."""
        return self[name].data if name in self else None

    def wrong(self, names: Iterable[str]) -> bool:
        """Whether something in these fields is wrong, so that they must be in sight."""
        return any(self[name].errors for name in names if name in self)

    def as_request(self) -> SupportRequest:
        """What was typed as a request that is never stored, to be said in words."""
        unsaid = {"parallel_groups": 1, "where": "either", "travel_mode": "", "kinds": [], "weekdays": 0, "dayparts": 0, "place": ""}
        return SupportRequest(**{**unsaid, **self.content()})

    @property
    def chosen_school(self) -> int | None:
        """The number of the chosen school: what was chosen while typing counts above the list."""
        raw = str(self.value("organisation_id") or self.value("school_id") or self.value("pick") or "")
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else None

    def offer_schools(self, found: list[FoundSchool]) -> None:
        """Show these schools to choose from."""
        chosen = str(self.chosen_school or "")
        found = sorted(found, key=lambda s: str(s.id) != chosen)
        self.pick.choices = [(str(s.id), f"{s.name}, {s.where}") for s in found]
        self.pick.data = chosen if chosen in {str(s.id) for s in found} else None
        self.school_id.data = ""

    def validate(self, extra_validators: Any = None) -> bool:
        for name, sentence in UNREADABLE.items():
            if name in self and self[name].process_errors:
                self[name].process_errors = [sentence]
        well = bool(super().validate(extra_validators))
        if "q" in self and self.chosen_school is None:
            self.q.errors = [*self.q.errors, _("Zoek je school en kies die uit de lijst.")]
            well = False
        if not self.draft and not self.levels.data:
            self.levels.errors = [*self.levels.errors, _("Kies voor welke groepen of klassen het is.")]
            well = False
        first, last = self.value("period_from"), self.value("period_until")
        if first and last and first > last:
            self.period_until.errors = [*self.period_until.errors, RuleBroken("support_request.period").sentence]
            well = False
        if "budget" in self and self.budget.data and self.cents() is None:
            self.budget.errors = [*self.budget.errors, _("Vul een bedrag in, bijvoorbeeld 50 of 12,50.")]
            well = False
        return well

    def cents(self) -> int | None:
        """The budget in cents; None for nothing typed or something unreadable."""
        text = re.sub(r"^€\s*|,-$", "", (self.value("budget") or "").strip()).replace(",", ".")
        if text.lower() in ("geen", "niets", "gratis"):
            return 0
        try:
            euro = Decimal(text)
        except InvalidOperation:
            return None
        return int(euro * 100) if euro.is_finite() and 0 <= euro <= MAX_EURO else None

    def content(self) -> dict[str, Any]:
        """What the service takes; fields that were not asked are not in it."""
        found: dict[str, Any] = {
            "description": self.description.data or "",
            "levels": _mask(self.value("levels"), level_words.mask, LEVELS),
        }
        for name in ("pupils", "period_from", "period_until", "max_travel_km"):
            if name in self:
                found[name] = self[name].data
        for name, default in (("parallel_groups", 1), ("where", "either"), ("travel_mode", "")):
            if name in self:
                found[name] = self[name].data or default
        for name, slots in (("weekdays", times.WEEKDAYS), ("dayparts", times.DAYPARTS)):
            if name in self:
                found[name] = _mask(self[name].data, times.mask, slots)
        if "kinds" in self:
            found["kinds"] = self._kinds()
        if "budget" in self:
            found["budget_cents"] = self.cents()
        return found

    def _kinds(self) -> list[str]:
        """The chosen kinds; "maakt niet uit" means none, and whoever also chose a kind meant that kind."""
        chosen = {*(self.kinds.data or []), *(self.value("kinds_more") or [])}
        return [k.code.value for k in KINDS if k.code.value in chosen]

    def show(self, request: SupportRequest) -> None:
        """Fill the form with a stored request."""
        self.version.data = str(request.version)
        self.description.data = request.description
        self.levels.data = list(level_words.codes(request.levels))
        for name in ("pupils", "parallel_groups", "period_from", "period_until", "where", "travel_mode"):
            if name in self:
                self[name].data = getattr(request, name)
        if "max_travel_km" in self:
            self.max_travel_km.data = round(request.max_travel_km) if request.max_travel_km else None
        for name, wanted in (
            ("weekdays", times.weekday_codes(request.weekdays)),
            ("dayparts", times.daypart_codes(request.dayparts)),
        ):
            if name in self:
                self[name].data = list(wanted)
        if "kinds" in self:
            self.kinds.data = list(request.kinds) or [ANY]
            self.kinds_more.data = list(request.kinds)
        if "budget" in self and request.budget_cents is not None:
            self.budget.data = f"{request.budget_cents / 100:.2f}".replace(".", ",").removesuffix(",00")


def _mask(codes: list[str] | None, union: Any, known: Any) -> int:
    codes_known = {k.code for k in known}
    return int(union([c for c in codes or [] if c in codes_known]))


@dataclass(frozen=True, slots=True)
class Box:
    """One choice of many, as its field would number it; WTForms makes a whole field of each."""

    id: str
    name: str
    data: str
    label: str
    checked: bool


def _boxes(field: Any) -> dict[str, Box]:
    chosen = set(field.data or ())
    return {
        value: Box(f"{field.id}-{n}", field.name, value, label, value in chosen) for n, (value, label) in enumerate(field.choices)
    }


def level_sections(form: RequestForm, school: Organisation | None) -> list[dict[str, Any]]:
    """The level boxes as people know them: groups, tracks with their years, and single ones.

    Each: {legend, open, boxes [option], tracks [(label, [(option, "klas 1")])]}. What the school has stands open.
    """
    locale = reader_language()
    boxes = _boxes(form.levels)
    mine = (school.levels if school else 0) | _mask(form.levels.data, level_words.mask, LEVELS)
    names = {t.code: t.label(locale) for t in TRACKS}
    po = [lv for lv in LEVELS if lv.track == "po"]
    vo = [[lv for lv in LEVELS if lv.track == t.code] for t in TRACKS if t.code.startswith(("vmbo", "havo", "vwo"))]
    special = [lv for lv in LEVELS if lv.track in SPECIAL]
    sections = [
        {"legend": _("Basisschool"), "mask": sum(lv.mask for lv in po), "boxes": [boxes[lv.code] for lv in po], "tracks": []},
        {
            "legend": _("Middelbare school"), "mask": sum(lv.mask for years in vo for lv in years), "boxes": [],
            "tracks": [
                (names[years[0].track], [(boxes[lv.code], _("klas %(n)d", n=lv.year or 1)) for lv in years])
                for years in vo if years and (not school or not school.levels or any(lv.mask & mine for lv in years))
            ],
        },
        {
            "legend": _("Speciaal onderwijs, praktijkonderwijs, isk en mbo"), "mask": sum(lv.mask for lv in special),
            "boxes": [boxes[lv.code] for lv in special], "tracks": [],
        },
    ]  # fmt: skip
    for n, section in enumerate(sections):
        section["open"] = bool(section["mask"] & mine) if mine else n == 0
    return sections
