"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "support_request.state": _l("Dit kan nu niet met deze aanvraag. Laad de pagina opnieuw om te zien hoe het ervoor staat."),
        "support_request.what": _l("Schrijf in je eigen woorden wat je zoekt."),
        "support_request.levels": _l("Kies voor welke groepen of klassen het is."),
        "support_request.period": _l("De laatste dag ligt voor de eerste. Draai ze om."),
        "support_request.past": _l("Deze periode is al voorbij. Kies een periode die nog komt."),
        "support_request.place": _l("We kennen deze postcode niet. Klopt hij? Je kunt ook een plaatsnaam invullen."),
        "support_request.school": _l("Zoek je school en kies die uit de lijst."),
        "support_request.school_closed": _l("Deze school staat niet meer in het register van DUO. Kies de school waar je nu werkt."),
        "support_request.too_often": _l("Je hebt nu erg vaak om een mail gevraagd. Probeer het over een uur nog een keer."),
    }
)
