"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "case.decided": _l("Dit is al beoordeeld. Ga terug naar de lijst voor het volgende."),
        "case.reason": _l("Schrijf kort waarom. Dit gaat per mail naar de organisatie."),
        "case.done": _l("Schrijf kort wat je hebt gedaan, voor wie hier later naar kijkt."),
        "case.changed": _l("Dit is intussen gewijzigd. Bekijk het opnieuw voordat je beslist."),
        "case.undo_late": _l("Dit kan niet meer ongedaan: de organisatie heeft al bericht, of het is intussen veranderd."),
        "flag.reason": _l("Kies wat er aan de hand is."),
        "flag.text": _l("Vertel in een zin wat er mis is."),
    }
)
