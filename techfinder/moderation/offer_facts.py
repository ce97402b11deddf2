"""An offer as the coordinator reads it: every field that schools will read, so that a change in any of them shows."""

from flask_babel import get_locale
from flask_babel import gettext as _

from techfinder.core.db import db
from techfinder.core.files import StoredFile
from techfinder.core.text import minutes
from techfinder.offers import wording
from techfinder.offers.models import Offer, StartingPoint
from techfinder.reference.languages import language
from techfinder.reference.levels import describe

Facts = list[tuple[str, str]]


def _point(offer: Offer, point: StartingPoint) -> str:
    """As everybody may know it: of a person's own place only the municipality."""
    place, days = wording.place_name(point), wording.days(point.weekdays)
    parts = (place, "" if point.personal or point.label == place else point.label, wording.reach(offer, point), days)
    return ", ".join(part for part in parts if part)


def offer_facts(offer: Offer) -> Facts:
    """In the order of the offer's own page; empty ones are left out. What only the two sides may know is not there."""
    locale = str(get_locale() or "nl")
    file = db.session.get(StoredFile, offer.material_file_id) if offer.material_file_id else None
    found = [
        (_("Soort"), wording.kind_name(offer.kind)), (_("Titel"), offer.title), (_("Samenvatting"), offer.summary),
        (_("Wat doen en leren leerlingen"), offer.activity), (_("Thema’s"), ", ".join(wording.themes(offer.themes))),
        (_("Taal"), language(offer.language).label(locale) if offer.language else ""),
        (_("Niveau"), describe(offer.levels, locale) if offer.levels else ""), (_("Duur"), minutes(offer.duration_minutes)),
        (_("Groep"), wording.groups(offer)), (_("Keer per schooljaar"), str(offer.places_per_year or "")),
        (_("Kosten"), wording.cost(offer)), (_("Wanneer"), "\n".join(wording.when(offer))),
        (_("Vanaf"), "\n".join(_point(offer, point) for point in offer.points)),
        (_("De school regelt"), offer.school_arranges), (_("Begeleiding"), offer.supervision),
        (_("Voorbereiding"), offer.preparation), *wording.visit(offer),
        (_("Materiaal"), offer.material_url), (_("Bestand"), file.name if file else ""),
    ]  # fmt: skip
    return [(label, text) for label, text in found if text]
