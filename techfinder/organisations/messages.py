"""What people read when a rule about organisations says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "organisation.step": _l("Dit is al besloten. Bekijk hoe het nu staat."),
        "organisation.note_needed": _l("Schrijf erbij waarom. De ander krijgt deze uitleg in de mail."),
        "organisation.postcode_shape": _l("Dit is geen postcode. Schrijf hem zo: 5701 AB."),
        "organisation.postcode_unknown": _l(
            "Postcode %(postcode)s kennen we niet. Klopt hij wel? Zet dan de plaats erachter, bijvoorbeeld 5701 AB Helmond."
        ),
        "organisation.kvk_shape": _l("Een KvK-nummer heeft 8 cijfers. Je mag het ook leeg laten."),
        "organisation.kvk_taken": _l(
            "Een bedrijf met dit KvK-nummer staat al op Techfinder. Vraag een collega om je uit te nodigen."
        ),
        "organisation.known": _l("Een bedrijf met deze naam staat al op Techfinder."),
        "organisation.school_exists": _l("Op deze postcode staat al een school met deze naam. Zoek die school in de lijst."),
        "organisation.name_needed": _l("Vul een naam in."),
        "organisation.sector": _l("Kies wat voor school het is."),
        "organisation.website": _l("Dit is geen adres van een website. Schrijf het zo: www.voorbeeld.nl."),
        "organisation.levels": _l("Kies minstens één groep of klas."),
        "organisation.max_open_requests": _l("Kies een getal van 1 tot en met 50."),
        "membership.refused": _l("Eerder is niet bevestigd dat je hier werkt. Vraag een collega die al meedoet om je uit te nodigen."),
        "membership.closed": _l("Bij dit bedrijf kun je alleen op uitnodiging van een collega."),
        "membership.last_owner": _l(
            "Je bent de enige beheerder. Maak eerst een collega beheerder, dan kun je dit doen."
        ),
        "membership.colleague_already": _l("Deze collega hoort al bij jullie organisatie."),
        "invitation.too_often": _l("Je hebt vandaag veel collega’s uitgenodigd. Morgen kun je verder."),
        "registration.too_often": _l("Je hebt dit vaak geprobeerd. Wacht een uur en probeer het dan opnieuw."),
    }
)
