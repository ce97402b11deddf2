"""Words for decisions and for what changed."""

from typing import Any

from flask_babel import gettext as _

from techfinder.core.language import reader_language
from techfinder.organisations.models import Organisation
from techfinder.organisations.service.edit import Changes
from techfinder.reference.levels import describe


def decision_label(decision: str, state: str) -> str:
    """What the choice says, which depends on how it stands now."""
    if decision == "approved":
        return _("Zet terug op Techfinder") if state == "blocked" else _("Keur goed")
    return {
        "returned": _("Stuur terug met een vraag"), "rejected": _("Wijs af"), "blocked": _("Haal van Techfinder"),
    }[decision]  # fmt: skip


def differences(row: Organisation, typed: Changes) -> list[dict[str, Any]]:
    """Where the saved texts and what was typed differ, for the page that shows both."""
    labels = {
        "name": _("Naam"), "kvk": _("KvK-nummer"), "about": _("Over jullie"), "website": _("Website"), "postcode": _("Postcode"),
        "levels": _("Groepen en klassen"), "max_open_requests": _("Aanvragen tegelijk"), "mail_text": _("Tekst in mails"),
    }  # fmt: skip
    found = []
    for field, label in labels.items():
        saved, mine = getattr(row, field), getattr(typed, field)
        if mine is not None and (saved or "") != mine:
            found.append({"label": label, "before": _words(field, saved), "after": _words(field, mine)})
    return found


def _words(field: str, value: Any) -> str:
    if field == "levels":
        return describe(value, reader_language())
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    return str(value or "")
