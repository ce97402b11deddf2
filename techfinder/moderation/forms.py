"""The shape of decisions and reports."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, TextAreaField

from techfinder.core.forms import Form, at_most
from techfinder.moderation import rules
from techfinder.moderation.wording import flag_reason


class DecisionForm(Form):
    """The button pressed is `decision`; a reason goes to the organisation by mail."""

    decision = HiddenField()
    seen = HiddenField()
    back = HiddenField()
    email = EmailField(_l("Mailadres van iemand bij dit bedrijf"), validators=[at_most(254)])
    note = TextAreaField(_l("Toelichting"), validators=[at_most(2000)])
    take_down = BooleanField(_l("Haal dit aanbod van de site en stuur het terug naar het bedrijf"))


def number(field: HiddenField) -> int | None:
    """What a hidden field holds, when it is a number."""
    text = field.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def chosen(values: Iterable[str]) -> list[tuple[int, int | None]]:
    """The ticked cases, each once: (case, the version of what was judged), from "12" or "12-3"."""
    found: dict[int, int | None] = {}
    for value in values:
        parts = value.split("-")
        if len(parts) <= 2 and all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts):
            found[int(parts[0])] = int(parts[1]) if len(parts) == 2 else None
    return list(found.items())


class FlagForm(Form):
    """ "Meld een probleem"."""

    reason = RadioField(_l("Wat is er aan de hand?"), validate_choice=False)
    text = TextAreaField(_l("Vertel kort wat je zag"), validators=[at_most(2000)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, flag_reason(code)) for code in rules.FLAG_REASONS]
