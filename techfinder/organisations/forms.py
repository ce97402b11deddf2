"""The shape of input."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from techfinder.accounts.rules import normal_email
from techfinder.core.forms import Form, at_most, by_rule, required
from techfinder.core.language import reader_language
from techfinder.organisations.queries import FoundSchool
from techfinder.organisations.service.register import Registration
from techfinder.reference.levels import LEVEL_GROUPS

SECTOR_CHOICES = [
    ("po", _l("basisschool")),
    ("so", _l("speciaal onderwijs")),
    ("vo", _l("middelbare school")),
    ("mbo", _l("mbo")),
]


class PersonForm(Form):
    """Who somebody without an account is; somebody who is signed in is not asked."""

    person = StringField(_l("Je naam"), validators=[required(_l("Vul je naam in.")), at_most(120)])
    email = EmailField(
        _l("Je mailadres"), validators=[required(_l("Vul je mailadres in.")), at_most(254), by_rule(normal_email)]
    )

    def known(self) -> None:
        """The reader is signed in: do not ask name and address."""
        del self.person, self.email

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """In the order of the page, which asks who you are last."""
        return sorted(super().problems, key=lambda problem: problem[0] in ("person", "email"))

    def fill(self, registration: Registration, email: str) -> None:
        """Show again what was typed when the link was asked for."""
        for name in ("person", "name", "postcode", "kvk", "sector", "job_title"):
            if name in self:
                self[name].data = getattr(registration, name)
        if "email" in self:
            self["email"].data = email

    def value(self, name: str) -> str:
        """A text of this form, empty when the field is not asked."""
        return (self[name].data or "") if name in self else ""


class CompanyForm(PersonForm):
    """Register a company."""

    name = StringField(_l("Naam van je bedrijf of instelling"), validators=[required(_l("Vul de naam in.")), at_most(200)])
    postcode = StringField(_l("Postcode"), validators=[required(_l("Vul een postcode in, bijvoorbeeld 5701 AB.")), at_most(80)])
    kvk = StringField(_l("KvK-nummer"), validators=[Optional(), at_most(20)])
    mee = HiddenField()  # the company that the person asks to join
    anders = HiddenField()  # "no, we are another one"

    def registration(self) -> Registration:
        join = self.value("mee")
        return Registration(
            "company", person=self.value("person"), name=self.value("name"), postcode=self.value("postcode"),
            kvk=self.value("kvk"), join_id=int(join) if join.isascii() and join.isdigit() and len(join) < 18 else None,
            other=bool(self.value("anders")),
        )  # fmt: skip


class SchoolForm(PersonForm):
    """Find your school in the list, or add it; `mode` is "find" or "add"."""

    mode = HiddenField(default="find")
    q = StringField(_l("Je school"), validators=[Optional(), at_most(100)])
    school_id = HiddenField(validators=[Optional(), at_most(20)])
    pick = RadioField(_l("Welke school is het?"), choices=[], validators=[Optional()], validate_choice=False)
    name = StringField(_l("Naam van je school"), validators=[Optional(), at_most(200)])
    postcode = StringField(_l("Postcode van je school"), validators=[Optional(), at_most(80)])
    sector = RadioField(_l("Wat voor school is het?"), choices=SECTOR_CHOICES, validators=[Optional()])
    job_title = StringField(_l("Wat doe je op school?"), validators=[Optional(), at_most(80)])

    @property
    def adding(self) -> bool:
        return bool(self.mode.data == "add")

    @property
    def chosen(self) -> int | None:
        """The number of the chosen school: what was chosen while typing counts above the list."""
        raw = self.school_id.data or self.pick.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else None

    def offer(self, found: list[FoundSchool]) -> None:
        """Show these schools to choose from."""
        self.pick.choices = [(str(s.id), f"{s.name}, {s.where}") for s in found]

    def validate(self, extra_validators: Any = None) -> bool:
        """What is asked depends on the mode."""
        well = bool(super().validate(extra_validators))
        if not self.adding:
            if self.chosen is None:
                self.q.errors = [*self.q.errors, _l("Zoek je school en kies die uit de lijst.")]
                well = False
            return well
        for field, sentence in (
            (self.name, _l("Vul de naam van je school in.")),
            (self.postcode, _l("Vul een postcode in, bijvoorbeeld 5701 AB.")),
            (self.sector, _l("Kies wat voor school het is.")),
        ):
            if not field.data:
                field.errors = [*field.errors, sentence]
                well = False
        return well

    def registration(self) -> Registration:
        person, job_title = self.value("person"), self.value("job_title")
        if not self.adding:
            return Registration("school", person=person, school_id=self.chosen, job_title=job_title)
        return Registration(
            "new_school", person=person, name=self.value("name"), postcode=self.value("postcode"), sector=self.value("sector"),
            job_title=job_title,
        )


class CheckboxesField(SelectMultipleField):
    """Several choices as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EditForm(Form):
    """What an organisation says of itself; fields that do not belong to its kind are taken out by the view."""

    version = HiddenField()
    name = StringField(_l("Naam"), validators=[required(_l("Vul de naam in.")), at_most(200)])
    kvk = StringField(_l("KvK-nummer"), validators=[Optional(), at_most(20)])
    about = TextAreaField(_l("Over jullie"), validators=[Optional(), at_most(3000)])
    website = URLField(_l("Website"), validators=[Optional(), at_most(300)])
    postcode = StringField(_l("Postcode"), validators=[required(_l("Vul een postcode in, bijvoorbeeld 5701 AB.")), at_most(80)])
    levels = CheckboxesField(_l("Welke groepen en klassen zijn er?"), choices=[])
    max_open_requests = IntegerField(_l("Hoeveel aanvragen tegelijk?"), validators=[Optional()])
    mail_text = BooleanField(_l("Zet de tekst van berichten in onze mails"))

    def set_levels(self) -> None:
        """Offer the levels in the reader's language."""
        self.levels.choices = [(g.code, g.label(reader_language())) for g in LEVEL_GROUPS]


class InviteForm(Form):
    """Ask a colleague."""

    email = EmailField(_l("Mailadres van je collega"), validators=[required(_l("Vul een mailadres in.")), at_most(254)])
    role = RadioField(
        _l("Wat mag je collega?"), default="member",
        choices=[("member", _l("meedoen: aanvragen, aanbod en berichten")), ("owner", _l("ook collega’s beheren"))],
    )  # fmt: skip


class AcceptForm(Form):
    """Take an invitation; the name is asked of somebody who has none yet."""

    name = StringField(_l("Je naam"), validators=[required(_l("Vul je naam in.")), at_most(120)])


class DecideForm(Form):
    """A coordinator's decision."""

    version = HiddenField()
    decision = RadioField(_l("Je besluit"), choices=[], validators=[required(_l("Kies wat je besluit."))])
    note = TextAreaField(_l("Uitleg voor de organisatie"), validators=[Optional(), at_most(2000)])
