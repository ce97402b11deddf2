"""The shape of an offer's form. Nothing is required here: a draft may be incomplete, `rules.gaps` judges when it goes out."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FileField, FormField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Email, Optional, ValidationError

from techfinder.core.errors import RuleBroken
from techfinder.core.forms import Form, at_most
from techfinder.offers import rules
from techfinder.offers.fields import Boxes, Day, Euros, WholeNumber, YesNo
from techfinder.offers.models import Offer
from techfinder.offers.service import PointInput
from techfinder.offers.wording import locale
from techfinder.reference import levels, times
from techfinder.reference.kinds import KINDS
from techfinder.reference.languages import LANGUAGES
from techfinder.reference.themes import THEMES

MAX_POINTS, MAX_THEMES = 6, 4
_POINT_FIELD = re.compile(r"points-(\d+)-where")


def _labels(things: Any) -> list[tuple[str, str]]:
    return [(str(t.code), t.label(locale())) for t in things]


class PointForm(Form):
    """One starting point."""

    where = StringField(_l("Postcode of plaats"), [at_most(100)])
    label = StringField(_l("Hoe heet deze plek?"), [at_most(100)])
    radius_km = WholeNumber(_l("Hoe ver reis je van hier?"), low=1, high=350)
    personal = BooleanField(_l("Dit is iemands huis: laat alleen de gemeente zien"))
    weekdays = Boxes(_l("Alleen op bepaalde dagen?"), choices=lambda: _labels(times.WEEKDAYS[:5]))


class OfferForm(Form):
    """All of an offer, in the order of the page."""

    version = HiddenField()
    key = HiddenField()
    organisation_id = RadioField(_l("Voor welk bedrijf?"), [Optional()], validate_choice=False)
    kind = RadioField(_l("Wat voor aanbod is het?"), [Optional()], choices=lambda: _labels(KINDS), validate_choice=False)
    title = StringField(_l("Titel"), [at_most(rules.TITLE_MAX)])
    summary = TextAreaField(_l("Samenvatting"), [at_most(rules.SUMMARY_MAX)])
    activity = TextAreaField(_l("Wat doen en leren leerlingen?"), [at_most(rules.TEXT_MAX)])
    themes = Boxes(_l("Thema’s"), choices=lambda: _labels(THEMES))
    levels = Boxes(_l("Groepen en klassen"), choices=lambda: _labels((*levels.LEVEL_GROUPS, *levels.LEVELS)))
    language = SelectField(_l("Taal"), [Optional()], choices=lambda: _labels(LANGUAGES), validate_choice=False, default="nl")
    duration_minutes = WholeNumber(_l("Hoe lang duurt het?"), low=5, high=9600)
    max_pupils = WholeNumber(_l("Hoeveel leerlingen per keer?"), low=1, high=2000)
    max_groups_per_day = WholeNumber(_l("Hoeveel groepen op een dag?"), low=1, high=50)
    places_per_year = WholeNumber(_l("Hoe vaak per schooljaar?"), low=1, high=1000)
    cost_cents = Euros(_l("Wat kost het, reiskosten meegerekend?"))
    cost_note = StringField(_l("Toelichting bij de kosten"), [at_most(200)])
    period_from = Day(_l("Vanaf"))
    period_until = Day(_l("Tot en met"))
    weekdays = Boxes(_l("Op welke dagen?"), choices=lambda: _labels(times.WEEKDAYS))
    dayparts = Boxes(_l("Welk deel van de dag?"), choices=lambda: _labels(times.DAYPARTS))
    when_note = StringField(_l("Nog iets over wanneer het kan?"), [at_most(300)])
    points = FieldList(FormField(PointForm), _l("Plaatsen"), min_entries=1, max_entries=MAX_POINTS)
    school_arranges = TextAreaField(_l("Wat regelt de school?"), [at_most(rules.TEXT_MAX)])
    supervision = TextAreaField(_l("Wie begeleidt er van jullie kant?"), [at_most(rules.TEXT_MAX)])
    preparation = TextAreaField(_l("Wat gebeurt er vooraf en na afloop?"), [at_most(rules.TEXT_MAX)])
    min_age = WholeNumber(_l("Vanaf welke leeftijd?"), low=4, high=21)
    safety_clothing = StringField(_l("Welke kleding is nodig?"), [at_most(300)])
    photos_allowed = YesNo(_l("Mogen bezoekers foto’s maken?"))
    paid_transport = YesNo(_l("Betaal je het vervoer van de klas?"))
    accessibility = StringField(_l("Hoe toegankelijk is het?"), [at_most(300)])
    material_url = StringField(_l("Link naar het materiaal"), [at_most(500)])
    material_file = FileField(_l("Bestand"))
    material_drop = BooleanField(_l("Haal dit bestand weg"))
    vog = YesNo(_l("Heeft wie met de leerlingen werkt een VOG?"))
    contact_name = StringField(_l("Naam"), [at_most(120)])
    contact_email = StringField(
        _l("Mailadres"),
        [Optional(), at_most(254), Email(_l("Dit is geen volledig mailadres. Kijk het na, bijvoorbeeld sam@bedrijf.nl."))],
    )
    contact_phone = StringField(_l("Telefoonnummer"), [at_most(40)])

    def validate_themes(self, field: Any) -> None:
        if len(field.data) > MAX_THEMES:
            raise ValidationError(_l("Kies hoogstens vier thema’s: zo vinden scholen je sneller."))

    def validate_period_until(self, field: Any) -> None:
        if field.data and self.period_from.data and field.data < self.period_from.data:
            raise ValidationError(_l("Kies een dag na de eerste dag."))

    def validate_material_url(self, field: Any) -> None:
        if field.data and not field.data.lower().startswith(("https://", "http://")):
            raise ValidationError(RuleBroken("offer.url").sentence)

    def take(self, error: RuleBroken) -> None:
        """Also finds the row of a starting point."""
        row = _POINT_FIELD.fullmatch(error.field or "")
        if row and int(row[1]) < len(self.points.entries):
            where = self.points.entries[int(row[1])].form.where
            self.mark(where, error.sentence)
        else:
            super().take(error)

    def mark(self, field: Any, sentence: str) -> None:
        """Put a sentence beside a field, also of a row."""
        field.errors = [*field.errors, sentence]
        self.points.errors = [entry.errors for entry in self.points.entries if entry.errors]

    def content(self) -> dict[str, Any]:
        """What can be stored: fields that could not be read are left out, and so are files."""
        found: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        found |= {name: self[name].data for name in VALUES} | {name: self[name].answer for name in ANSWERS}
        found["kind"] = self.kind.data if self.kind.data in {k.code.value for k in KINDS} else ""
        found["language"] = self.language.data if self.language.data in {one.code for one in LANGUAGES} else "nl"
        found["themes"] = list(self.themes.data or [])
        found["levels"] = levels.mask(self.levels.data or [])
        found["weekdays"] = times.mask(self.weekdays.data or [])
        found["dayparts"] = times.mask(self.dayparts.data or [])
        return {name: value for name, value in found.items() if not self[name].errors}

    def point_inputs(self) -> list[PointInput]:
        """The rows in which a place was typed."""
        return [
            PointInput(
                where=p.where.data or "", label=p.label.data or "", personal=bool(p.personal.data),
                radius_km=p.radius_km.data, weekdays=times.mask(p.weekdays.data or []), row=n,
            )
            for n, p in enumerate(entry.form for entry in self.points.entries)
            if p.where.data and not p.where.errors and not p.label.errors
        ]  # fmt: skip

    @property
    def typed_version(self) -> int | None:
        """The version that this form was made from."""
        raw = self.version.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


TEXTS = (
    "title", "summary", "activity", "cost_note", "when_note", "school_arranges", "supervision", "preparation",
    "safety_clothing", "accessibility", "material_url", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
VALUES = (
    "duration_minutes", "max_pupils", "max_groups_per_day", "places_per_year", "cost_cents", "period_from", "period_until",
    "min_age",
)  # fmt: skip
ANSWERS = ("photos_allowed", "paid_transport", "vog")


def values_of(offer: Offer) -> dict[str, Any]:
    """A row as the form's data."""
    data = {name: getattr(offer, name) for name in (*TEXTS, *VALUES, "kind", "language", "themes")}
    data |= {name: YesNo.code(getattr(offer, name)) for name in ANSWERS}
    data["levels"] = [code for code in levels.cell(offer.levels).split(";") if code]
    data["weekdays"] = list(times.weekday_codes(offer.weekdays))
    data["dayparts"] = list(times.daypart_codes(offer.dayparts))
    data["version"] = str(offer.version)
    data["points"] = [
        {
            "where": p.postcode or p.place or p.municipality, "label": p.label, "personal": p.personal,
            "radius_km": int(p.radius_km) if p.radius_km is not None else None,
            "weekdays": list(times.weekday_codes(p.weekdays)),
        }
        for p in offer.points
    ] or [{}]  # fmt: skip
    return data
