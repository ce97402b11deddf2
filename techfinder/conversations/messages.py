"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "conversation.empty": _l("Schrijf eerst je bericht."),
        "conversation.long": _l("Dit bericht is te lang. Maak het korter dan 5000 tekens."),
        "conversation.full": _l("Dit bedrijf zit vol tot %(until)s. Vraag een ander aanbod aan, of probeer het daarna nog eens."),
        "conversation.offer_full": _l("Dit aanbod zit vol voor dit schooljaar. Vraag een ander aanbod aan."),
        "conversation.offer_gone": _l("Dit aanbod staat niet meer online. Kies een ander aanbod."),
        "conversation.request_closed": _l("Deze aanvraag zoekt geen antwoord meer."),
        "conversation.incomplete": _l("Vul je aanvraag eerst aan: bedrijven willen weten om wie, hoeveel en wanneer het gaat."),
        "conversation.limit": _l(
            "Jullie schreven vandaag al veel nieuwe mensen aan. Zo houden we het rustig voor iedereen. Morgen kun je verder."
        ),
        "conversation.state": _l("Dit kan nu niet met dit gesprek. Laad de pagina opnieuw."),
    }
)
