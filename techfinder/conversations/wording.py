"""Conversations in words: steps, states, quick replies and what is missing, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from techfinder.conversations import rules
from techfinder.conversations.about import About
from techfinder.conversations.models import Conversation, Message
from techfinder.core.clock import today
from techfinder.core.language import reader_language as locale
from techfinder.core.text import day, kilometres
from techfinder.offers import wording as offer_wording
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.reference import kinds
from techfinder.reference.levels import describe
from techfinder.support_requests.models import SupportRequest


def reasons() -> list[tuple[str, str]]:
    """Why it is "even niet": (code, label of the button), the most usual first."""
    labels = {
        "no_time": _("Geen tijd in deze periode"),
        "too_far": _("Het is te ver"),
        "other_group": _("Het past niet bij deze groep"),
        "other_subject": _("Het past niet bij wat wij doen"),
        "other": _("Om een andere reden"),
    }
    return [(code, labels[code]) for code in rules.DECLINE_REASONS]


def _declined(code: str, who: str) -> str:
    return {
        "no_time": _("%(who)s kan even niet: geen tijd in deze periode.", who=who),
        "too_far": _("%(who)s kan even niet: het is te ver.", who=who),
        "other_group": _("%(who)s kan even niet: het past niet bij deze groep.", who=who),
        "other_subject": _("%(who)s kan even niet: het past niet bij wat zij doen.", who=who),
    }.get(code, _("%(who)s kan even niet.", who=who))


def step(code: str, who: str, text: str = "") -> str:
    """The sentence of a system message; `who` is the organisation that did it, `text` what it added."""
    kind, _dot, detail = code.partition(".")
    if kind == "declined":
        said = _declined(detail, who)
        return f"{said} “{' '.join(text.split())}”" if text.strip() else said
    if kind == "unreachable":
        said = _("De coördinator kon %(who)s niet bereiken. Vraag gerust een ander bedrijf.", who=who)
        return f"{said} “{' '.join(text.split())}”" if text.strip() else said
    return {
        "closed": _("%(who)s sloot dit gesprek. Schrijf een bericht om het weer te openen.", who=who),
        "request_closed": _("De school zoekt hiervoor niet meer. Antwoorden hoeft niet."),
    }.get(code, text)


def begun(conversation: Conversation, school: str, company: str) -> str:
    """How it began, as the first line of the thread."""
    if conversation.started_by == rules.SCHOOL:
        return _("%(school)s vroeg dit aan", school=school)
    return _("%(company)s stelde zich voor", company=company)


def under(message: Message) -> str:
    """What the own side should know of a message that has not gone out."""
    if message.state == rules.HELD:
        return _("Wacht op de coördinator, meestal binnen 2 schooldagen")
    if message.state == rules.WITHHELD:
        return _("Niet verstuurd: de coördinator kon niet vaststellen dat je bij deze school werkt")
    return ""


def read() -> str:
    """Under the last message of the own side that somebody of the other side has seen."""
    return _("Gelezen")


def last_line(code: str, who: str, text: str, own: bool, held: bool) -> str:
    """What stands under a name in the inbox."""
    if code:
        return step(code, who)
    if held:
        return _("Wacht op de coördinator")
    return _("Jullie: %(text)s", text=text) if own else text


def _yes(side: str, travels: str) -> tuple[str, str]:
    """(label, text) of a yes, by who asks and who would travel."""
    if side == rules.SCHOOL:
        return _("Ja, graag"), _("Wat leuk dat jullie ons willen helpen! Graag. Welke dagen en tijden passen bij jullie?")
    if travels == "company":
        return _("Ja, we komen graag"), _("Leuk dat jullie ons vragen! We komen graag. Welke dagen en tijden passen bij jullie?")
    if travels == "class":
        return _("Ja, jullie zijn welkom"), _("Leuk dat jullie ons vragen! Jullie zijn welkom. Welke dagen passen bij jullie?")
    return _("Ja, dat kan"), _("Leuk dat jullie ons vragen! Dat kan. Wanneer willen jullie het graag hebben?")


def quick(conversation: Conversation, side: str, offer: Offer | None) -> list[tuple[str, str, str]]:
    """(code, label, text) of the replies that fill the form; the first says yes where the other side waits for that.

    None while there is nothing of the other side to reply to.
    """
    if conversation.state == rules.WAITING and side == conversation.started_by:
        return []
    if conversation.state == rules.WAITING and side != conversation.started_by:
        travels = kinds.kind(offer.kind).travels if offer is not None and offer.kind else "company"
        label, text = _yes(side, travels)
        return [("ja", label, text), ("vraag", _("Ik heb nog een vraag"), _("Dank voor jullie bericht. Voordat we iets afspreken: "))]
    if conversation.state == rules.DECLINED:
        return [("dank", _("Bedankt voor het antwoord"), _("Bedankt voor jullie snelle antwoord. Misschien een volgende keer!"))]
    return [
        ("dank", _("Dank je, ik kijk het na"), _("Dank je wel! Ik kijk het na en laat het deze week weten.")),
        ("collega", _("Kan een collega erbij?"), _("Kan er van jullie kant een collega meekijken? Dan spreken we het goed af.")),
        ("datum", _("Welke dagen passen?"), _("Welke dagen en tijden passen bij jullie?")),
    ]  # fmt: skip


def waiting(conversation: Conversation, side: str) -> str:
    """Whose turn it is and until when, while nobody answered; empty else."""
    if conversation.state != rules.WAITING or conversation.due_at is None:
        return ""
    until = day(conversation.due_at)
    if side == conversation.started_by:
        if side == rules.SCHOOL:
            return _("Jullie vraag staat open tot %(day)s. Geen antwoord gekregen? Vraag dan gerust iemand anders.", day=until)
        return _("De school is aan zet. Jullie voorstel staat open tot %(day)s.", day=until)
    return _("Antwoord liefst voor %(day)s, dan weet de ander waar die aan toe is. Een nee is ook goed.", day=until)


def nobody_there(company: Organisation) -> str:
    """What a school should know of a company where nobody works yet; empty for others."""
    if company.claimed:
        return ""
    if company.contact_email:
        return _(
            "Bij %(who)s werkt nog niemand met Techfinder. Je vraag gaat naar een algemeen mailadres. Dat kan langer duren.",
            who=company.name,
        )
    return _(
        "Bij %(who)s werkt nog niemand met Techfinder. De coördinator van de regio zoekt contact. Dat kan langer duren.",
        who=company.name,
    )



def facts(request: SupportRequest | None, place: str, km: float | None) -> list[tuple[str, str]]:
    """What people decide on: (term, value); empty values are left out by the page."""
    rows = []
    if request is not None:
        rows = [(_("Groep"), describe(request.levels, locale())), (_("Leerlingen"), pupils(request)), (_("Wanneer"), period(request))]
    if km is not None:
        far = _("%(km)s hemelsbreed", km=kilometres(km))
        place = f"{place}, {far}" if place else far
    return [*rows, (_("Plaats"), place)]


def short_facts(request: SupportRequest) -> str:
    """ "groep 7 · 28 leerlingen · 1 t/m 26 maart"; what is not known yet is left out."""
    found = [describe(request.levels, locale()), pupils(request), period(request)]
    return " · ".join(part for part in found if part)


def pupils(request: SupportRequest) -> str:
    """How many, and in how many groups."""
    if not request.pupils:
        return ""
    count = ngettext("%(num)d leerling", "%(num)d leerlingen", request.pupils)
    if request.parallel_groups > 1:
        return _("%(pupils)s in %(n)d groepen", pupils=count, n=request.parallel_groups)
    return count


def period(request: SupportRequest) -> str:
    """ "1 t/m 26 maart", "15 februari t/m 26 maart", with the year when it is not this one."""
    first, last = request.period_from, request.period_until
    if first is None or last is None:
        return ""
    end = "d MMMM" if last.year == today().year else "d MMMM y"
    start = "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM" if first.year == last.year else "d MMMM y"
    if first == last:
        return str(format_date(last, end))
    return _("%(a)s t/m %(b)s", a=format_date(first, start), b=format_date(last, end))


def missing(fields: Sequence[str]) -> str:
    """What a request still needs, as part of a sentence: "het aantal leerlingen en de periode"."""
    names = {
        "levels": _("de groep of klas"), "pupils": _("het aantal leerlingen"), "period_from": _("de periode"),
        "period_until": _("de periode"), "place": _("de plaats"), "max_travel_km": _("hoe ver jullie kunnen reizen"),
    }  # fmt: skip
    found = list(dict.fromkeys(names.get(f, f) for f in fields))
    if len(found) < 2:
        return "".join(found)
    return _("%(some)s en %(last)s", some=", ".join(found[:-1]), last=found[-1])


def full_until(company: str, until: str) -> str:
    """Why the company cannot be asked now, and when it can."""
    return _(
        "%(company)s heeft al genoeg vragen liggen en neemt er even geen nieuwe aan. Vanaf %(day)s kun je het weer vragen.",
        company=company, day=until,
    )  # fmt: skip


def full_this_year() -> str:
    """Why this offer cannot be asked for any more."""
    return _("Dit aanbod zit vol voor dit schooljaar.")


def not_looking() -> str:
    """Why a company cannot put itself forward."""
    return _("Deze aanvraag zoekt geen antwoord meer.")


def first_words(side: str, name: str, organisation: str, request: SupportRequest, offer: Offer) -> str:
    """A polite start that the writer can change, from what the request and the offer say."""
    if side == rules.SCHOOL:
        return _(
            "Hallo,\n\n%(what)s\n\nKunnen jullie ons hiermee helpen? We horen het graag.\n\nGroet,\n%(name)s, %(school)s",
            what=request.description.strip(), name=name, school=organisation,
        )  # fmt: skip
    return _(
        "Hallo,\n\nWe lazen jullie aanvraag “%(request)s”. Met ons aanbod “%(offer)s” helpen we jullie graag. "
        "Past dat bij wat jullie zoeken?\n\nGroet,\n%(name)s, %(company)s",
        request=request.title, offer=offer.title, name=name, company=organisation,
    )  # fmt: skip


def kind_of(about: About) -> dict[str, Any] | None:
    """The offer as the small card beside a conversation shows it."""
    if about.offer is None:
        return None
    return {
        "id": about.offer.id, "title": about.offer.title or offer_wording.untitled(), "kind": about.offer.kind,
        "kind_label": offer_wording.kind_name(about.offer.kind),
        "km": kilometres(about.km),
    }  # fmt: skip
