"""Conversations in words: steps, states, quick replies and what is missing, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from techfinder.conversations import rules
from techfinder.conversations.about import About
from techfinder.conversations.models import Conversation, Message
from techfinder.core.text import day, kilometres
from techfinder.offers import wording as offer_wording
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


def quick(conversation: Conversation, side: str) -> list[tuple[str, str, str]]:
    """(code, label, text) of the replies that fill the form; the first says yes where the other side waits for that."""
    if conversation.state == rules.WAITING and side != conversation.started_by:
        yes = _("Ja, we komen graag") if side == rules.COMPANY else _("Ja, graag")
        text = (
            _("Leuk dat jullie ons vragen! We doen dit graag. Welke dagen en tijden passen bij jullie?")
            if side == rules.COMPANY
            else _("Wat leuk dat jullie ons willen helpen! Graag. Welke dagen en tijden passen bij jullie?")
        )
        return [("ja", yes, text), ("vraag", _("Ik heb nog een vraag"), _("Dank voor jullie bericht. Voordat we iets afspreken: "))]
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


def locale() -> str:
    """The reader's language, for vocabularies."""
    return str(get_locale() or "nl")


def facts(about: About) -> list[tuple[str, str]]:
    """What people decide on: (term, value); empty values are left out by the page."""
    rows = request_facts(about.request) if about.request is not None else []
    place = about.place
    if about.km is not None:
        far = _("%(km)s hemelsbreed", km=kilometres(about.km))
        place = f"{place}, {far}" if place else far
    return [*rows, (_("Plaats"), place)]


def request_facts(request: SupportRequest) -> list[tuple[str, str]]:
    """Group, numbers and period of a request."""
    pupils = ngettext("%(num)d leerling", "%(num)d leerlingen", request.pupils) if request.pupils else ""
    if pupils and request.parallel_groups > 1:
        pupils = _("%(pupils)s in %(n)d groepen", pupils=pupils, n=request.parallel_groups)
    when = ""
    if request.period_from and request.period_until:
        when = _("%(a)s t/m %(b)s", a=day(request.period_from), b=day(request.period_until))
    return [(_("Groep"), describe(request.levels, locale())), (_("Leerlingen"), pupils), (_("Wanneer"), when)]


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


def first_words(asker: str, request: SupportRequest, school: str) -> str:
    """A polite start that the teacher can change, from what the request says."""
    return _(
        "Hallo,\n\n%(what)s\n\nKunnen jullie ons hiermee helpen? We horen het graag.\n\nGroet,\n%(name)s, %(school)s",
        what=request.description.strip(), name=asker, school=school,
    )  # fmt: skip


def proposal(asker: str, request: SupportRequest, offer: str, company: str) -> str:
    """The same for a company that puts itself forward."""
    return _(
        "Hallo,\n\nWe lazen jullie aanvraag “%(request)s”. Met ons aanbod “%(offer)s” helpen we jullie graag. "
        "Past dat bij wat jullie zoeken?\n\nGroet,\n%(name)s, %(company)s",
        request=request.title, offer=offer, name=asker, company=company,
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
