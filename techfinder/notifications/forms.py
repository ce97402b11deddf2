"""The shape of input: one box a topic."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from techfinder.core.forms import Form

NAMES = {
    "messages": _l("Berichten"),
    "decisions": _l("Beslissingen"),
    "queue": _l("Te beoordelen"),
}


class PreferencesForm(Form):
    """The topics of `models.TOPICS`."""

    messages = BooleanField(NAMES["messages"], description=_l("Iemand schrijft je, of antwoordt op je bericht."))
    decisions = BooleanField(
        NAMES["decisions"], description=_l("Je organisatie of aanbod is goedgekeurd, of er moet nog iets aan gebeuren.")
    )
    queue = BooleanField(NAMES["queue"], description=_l("Er wacht iets op je oordeel in je regio."))
