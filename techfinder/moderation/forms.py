"""The shape of decisions and reports."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, TextAreaField

from techfinder.core.forms import Form, at_most
from techfinder.moderation import rules
from techfinder.moderation.wording import flag_reason


class DecisionForm(Form):
    """The button pressed is `decision`; a reason goes to the organisation by mail."""

    decision = HiddenField()
    email = EmailField(_l("Mailadres van iemand bij dit bedrijf"), validators=[at_most(254)])
    note = TextAreaField(_l("Toelichting"), validators=[at_most(2000)])
    take_down = BooleanField(_l("Haal dit aanbod van de site en stuur het terug naar het bedrijf"))


class FlagForm(Form):
    """ "Meld een probleem"."""

    reason = RadioField(_l("Wat is er aan de hand?"), validate_choice=False)
    text = TextAreaField(_l("Vertel kort wat je zag"), validators=[at_most(2000)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(code, flag_reason(code)) for code in rules.FLAG_REASONS]
