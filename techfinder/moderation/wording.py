"""How cases are called and shown; the sentences of the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from techfinder.core.text import shortened
from techfinder.moderation import rules
from techfinder.moderation.models import Flag
from techfinder.moderation.queries import QueueItem
from techfinder.organisations.models import Organisation

TONES = {
    "new_organisation": "info", "first_offer": "info", "changed_offer": "wait", "unverified_member": "wait", "nobody_there": "wait",
    "flag": "stop",
}  # fmt: skip


TITLE_LENGTH = 90  # characters


def reason_label(reason: str) -> str:
    """Why a case stands in the queue, in two words."""
    return {
        "new_organisation": _("nieuwe organisatie"),
        "first_offer": _("eerste aanbod"),
        "changed_offer": _("gewijzigd aanbod"),
        "unverified_member": _("nieuwe collega"),
        "nobody_there": _("niemand om te antwoorden"),
        "flag": _("melding"),
    }.get(reason, reason)


def flag_reason(code: str) -> str:
    """What somebody says is the matter."""
    return {
        "wrong": _("De informatie klopt niet"),
        "unsafe": _("Het is niet veilig of niet geschikt voor leerlingen"),
        "spam": _("Het is reclame of spam"),
        "privacy": _("Er staan persoonlijke gegevens in"),
        "other": _("Iets anders"),
    }.get(code, code)


def decision_label(decision: str) -> str:
    """What a button says."""
    return {
        "approve": _("Keur goed"), "return": _("Stuur terug"), "reject": _("Wijs af"), "handle": _("Afgehandeld"),
        "dismiss": _("Niet nodig"), "invite": _("Stuur de vraag door"), "unreachable": _("Ik kan niemand bereiken"),
    }[decision]  # fmt: skip


def decided_label(decision: str) -> str:
    """What happened to a case."""
    return {
        "approved": _("goedgekeurd"), "returned": _("teruggestuurd"), "rejected": _("afgewezen"), "handled": _("afgehandeld"),
        "dismissed": _("niet nodig"), "withdrawn": _("ingetrokken"),
        "invited": _("uitgenodigd"), "unreachable": _("niet bereikt"), "claimed": _("intussen aangemeld"),
    }.get(decision, decision)  # fmt: skip


def said(items: Sequence[QueueItem]) -> str:
    """What somebody just decided, in one sentence."""
    if len(items) > 1:
        return ngettext("%(num)d actiepunt is goedgekeurd.", "%(num)d actiepunten zijn goedgekeurd.", len(items))
    return _("“%(name)s” is %(what)s.", name=title(items[0]), what=decided_label(items[0].case.decision))


def age(opened_at: datetime, at: datetime) -> str:
    """How long a case has waited, in school days."""
    days = rules.waiting_days(opened_at, at)
    return _("van vandaag") if days == 0 else ngettext("%(num)d schooldag", "%(num)d schooldagen", days)


def what(item: QueueItem) -> str:
    """One line under the title: whose, where, and what for."""
    if item.case.reason == rules.NOBODY_THERE:
        return _("%(where)s · een school vroeg iets, maar hier werkt nog niemand", where=item.place)
    if item.case.kind == "organisation":
        return item.place
    where = ", ".join(part for part in (item.organisation, item.place) if part)
    if not item.ready:
        return _("%(where)s · beoordeel eerst het bedrijf", where=where)
    if item.case.kind == "flag" and isinstance(item.thing, Flag):
        return _("%(reason)s · over %(where)s", reason=flag_reason(item.thing.reason), where=where or _("een bericht"))
    if item.case.reason == "changed_offer":
        return _("%(where)s · de oude versie staat nog online", where=where)
    if item.case.kind == "membership":
        return _("zegt te werken bij %(where)s", where=where)
    return where


def title(item: QueueItem) -> str:
    """The title of a case; what is gone says so."""
    if item.case.kind == "flag" and isinstance(item.thing, Flag):
        return shortened(item.thing.text.split("\n")[0], TITLE_LENGTH) or flag_reason(item.thing.reason)
    return item.title or _("bestaat niet meer")


def status(item: QueueItem) -> str:
    """Why it waits; of a new organisation, which kind."""
    if item.case.reason == "new_organisation" and isinstance(item.thing, Organisation):
        return _("nieuwe school") if item.thing.kind == "school" else _("nieuw bedrijf")
    if item.case.reason == "unverified_member" and (item.group is None or item.group.kind == "school"):
        return _("nieuwe leraar")
    return reason_label(item.case.reason)


def row(item: QueueItem, url: str, at: datetime) -> dict[str, Any]:
    """The view model of one line of the queue, for the component."""
    days = rules.waiting_days(item.case.opened_at, at)
    return {
        "id": item.case.id, "title": title(item), "url": url, "status": status(item),
        "tone": TONES.get(item.case.reason, "info"), "what": what(item), "age": age(item.case.opened_at, at), "days": days,
        "late": days > rules.PROMISED_DAYS, "kind": item.case.kind, "ready": item.ready, "seen": item.seen,
        "pick": item.ready and item.thing is not None and "approve" in rules.decisions(item.case.kind, item.case.reason),
    }  # fmt: skip
