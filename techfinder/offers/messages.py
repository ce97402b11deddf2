"""What people read when a rule of this package says no."""

from flask_babel import lazy_gettext as _l

from techfinder.core.errors import sentences

sentences(
    {
        "offer.state": _l("Dit kan nu niet met dit aanbod. Laad de pagina opnieuw om te zien hoe het ervoor staat."),
        "offer.not_ready": _l("Er ontbreekt nog iets. Vul de velden hieronder in, dan kun je het aanbod versturen."),
        "offer.company_pending": _l("Dit bedrijf is nog niet goedgekeurd. Beoordeel eerst het bedrijf, daarna dit aanbod."),
        "offer.company_closed": _l("Je bedrijf staat niet op de site. Daarom kun je nu geen aanbod plaatsen."),
        "offer.reason": _l("Schrijf kort waarom, zodat het bedrijf weet wat er anders moet."),
        "offer.missing.kind": _l("Kies wat voor aanbod het is."),
        "offer.missing.title": _l("Geef je aanbod een titel."),
        "offer.missing.summary": _l("Vat je aanbod in een of twee zinnen samen."),
        "offer.missing.activity": _l("Vertel wat leerlingen doen en leren."),
        "offer.missing.levels": _l("Kies voor welke groepen of klassen het is."),
        "offer.missing.duration_minutes": _l("Vul in hoeveel minuten het duurt."),
        "offer.missing.max_pupils": _l("Vul in hoeveel leerlingen er per keer kunnen meedoen."),
        "offer.missing.cost_cents": _l("Vul in wat het kost. Gratis? Vul dan 0 in."),
        "offer.period_over": _l("Deze dag is voorbij. Kies een latere, of laat het veld leeg als het altijd kan."),
        "offer.missing.points": _l("Vul in vanaf welke plaats je dit doet."),
        "offer.missing.radius": _l("Vul in hoeveel kilometer je wilt reizen."),
        "offer.missing.material": _l("Geef een link naar het materiaal of voeg een bestand toe."),
        "offer.postcode": _l("We kennen deze postcode niet. Klopt hij? Je kunt ook een plaatsnaam invullen."),
        "offer.url": _l("Een link begint met https:// of http://."),
    }
)
