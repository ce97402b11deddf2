"""What an administrator reads in the log, for each kind of thing and each action."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

KINDS = {
    "organisation": _l("Organisatie"), "offer": lazy_pgettext("één", "Aanbod"), "support_request": _l("Aanvraag"),
    "conversation": _l("Gesprek"),
    "case": _l("Actiepunt"), "flag": _l("Melding"), "user": _l("Account"), "region": _l("Regio"), "network": _l("Netwerk"),
    "job": _l("Taak"),
}  # fmt: skip

ACTIONS = {
    "account.blocked": _l("geblokkeerd"), "account.unblocked": _l("weer toegelaten"), "account.erased": _l("gewist"),
    "account.email_changed": _l("mailadres gewijzigd"), "account.password_set": _l("wachtwoord ingesteld"),
    "account.password_reset": _l("wachtwoord opnieuw ingesteld"), "account.password_removed": _l("wachtwoord weggehaald"),
    "account.second_factor_on": _l("twee stappen aangezet"), "account.second_factor_off": _l("twee stappen uitgezet"),
    "account.second_factor_reset": _l("twee stappen voor iemand uitgezet"),
    "account.recovery_codes_renewed": _l("nieuwe herstelcodes"), "account.signed_out_everywhere": _l("overal uitgelogd"),
    "post.granted": _l("rol gegeven"), "post.ended": _l("rol gestopt"),
    "organisation.registered": _l("aangemeld"), "organisation.edited": _l("gewijzigd"),
    "organisation.resubmitted": _l("opnieuw aangemeld"),
    "organisation.reconsidered": _l("goedkeuring teruggenomen"),
    "organisation.approved": _l("goedgekeurd"), "organisation.returned": _l("teruggestuurd"),
    "organisation.rejected": _l("afgewezen"), "organisation.blocked": _l("van de site gehaald"),
    "member.joined": _l("lid aangemeld"), "member.invited": _l("collega uitgenodigd"),
    "member.uninvited": _l("uitnodiging ingetrokken"), "member.accepted": _l("uitnodiging aangenomen"),
    "member.verified": _l("lid bevestigd"), "member.refused": _l("lid geweigerd"), "member.left": _l("lid vertrokken"),
    "member.removed": _l("lid verwijderd"), "member.role": _l("rol van lid gewijzigd"),
    "offer.created": _l("concept gemaakt"), "offer.copied": _l("gekopieerd"),
    "offer.deleted": _l("concept verwijderd"),
    "offer.submit": _l("ter beoordeling gestuurd"), "offer.withdraw": _l("uit de beoordeling gehaald"),
    "offer.publish": _l("online gezet"),
    "offer.approve": _l("goedgekeurd"), "offer.return": _l("teruggestuurd"), "offer.reject": _l("afgewezen"),
    "offer.reconsider": _l("goedkeuring teruggenomen"),
    "offer.changed": _l("gewijzigd"), "offer.confirm": _l("bevestigd dat het nog klopt"), "offer.pause": _l("op pauze gezet"),
    "offer.resume": _l("weer online gezet"), "offer.archive": _l("gearchiveerd"), "offer.restore": _l("uit het archief gehaald"),
    "support_request.created": _l("concept gemaakt"), "support_request.changed": _l("gewijzigd"),
    "support_request.publish": _l("geplaatst"), "support_request.withdraw": _l("ingetrokken"),
    "support_request.fulfil": _l("hulp gevonden"),
    "support_request.expire": _l("verlopen"), "support_request.confirm": _l("bevestigd via de mail"),
    "conversation.started": _l("begonnen"), "conversation.declined": _l("even niet"),
    "case.approved": _l("goedgekeurd"), "case.returned": _l("teruggestuurd"), "case.rejected": _l("afgewezen"),
    "case.undone": _l("ongedaan gemaakt"),
    "case.taken_down": _l("van de site gehaald en teruggestuurd"),
    "case.handled": _l("afgehandeld"), "case.dismissed": _l("niet nodig"),
    "case.invited": _l("vraag doorgestuurd"), "case.unreachable": _l("niet bereikt"), "flag.made": _l("gemeld"),
    "region.saved": _l("bewaard"), "network.saved": _l("bewaard"), "job.retried": _l("opnieuw geprobeerd"),
    "schools.imported": _l("scholen ingelezen"), "companies.imported": _l("bedrijven ingelezen"),
    "offers.imported": _l("aanbod ingelezen"), "support_requests.imported": _l("aanvragen ingelezen"),
}  # fmt: skip

LABELS = {
    "note": _l("uitleg"), "reason": _l("reden"), "about": _l("over"), "title": _l("titel"), "name": _l("naam"), "role": _l("rol"),
    "membership": _l("lidmaatschap"), "source": _l("kopie van"), "what": _l("taak"), "fields": _l("velden"),
    "kind_of": _l("soort"), "side": _l("begonnen door"), "publish": _l("meteen online"), "new": _l("nieuw"),
    "changed": _l("gewijzigd"), "unchanged": _l("gelijk gebleven"), "merged": _l("samengevoegd"), "refused": _l("geweigerd"),
    "closed": _l("gesloten"),
}  # fmt: skip
VALUES = {
    "school": _l("school"), "company": _l("bedrijf"), "owner": _l("beheerder"), "member": _l("lid"),
    "coordinator": _l("coördinator"), "reader": _l("lezer"), "administrator": _l("beheerder"), "True": _l("ja"), "False": _l("nee"),
    "kvk": _l("KvK-nummer"), "about": _l("over jullie"), "website": _l("website"), "levels": _l("groepen en klassen"),
    "postcode": _l("postcode"), "mail_text": _l("tekst in mails"), "max_open_requests": _l("aanvragen tegelijk"),
    "name": _l("naam"),
}  # fmt: skip


def action(code: str) -> Any:
    """The action in words; one without words shows as its code."""
    return ACTIONS.get(code, code)


def kind(code: str) -> Any:
    """The kind of thing in words."""
    return KINDS.get(code, code)


def more(details: Mapping[str, Any]) -> list[str]:
    """What else the entry holds, a line each; a key without words shows as itself."""
    return [f"{LABELS.get(key, key)}: {_value(key, value)}" for key, value in details.items() if value not in (None, "")]


def _value(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(VALUES.get(str(one), one)) for one in value)
    if key == "about" and ":" in str(value):
        sort, _colon, number = str(value).partition(":")
        return f"{kind(sort)} {number}"
    return str(value) if key in ("note", "title", "name") else str(VALUES.get(str(value), value))
