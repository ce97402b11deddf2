"""What stands on the page of a request, for each kind of reader."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from techfinder.core.clock import now
from techfinder.core.permissions import Actor
from techfinder.discovery import suggestions
from techfinder.discovery.near_miss import why_nothing
from techfinder.discovery.suggestions import ForRequest, Shown
from techfinder.offers.queries import Card, cards
from techfinder.support_requests import rules, wording
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.queries import Seen


@dataclass(frozen=True)
class Page:
    """Nothing in it names the teacher, so that no template can show the name to a company.

    `reader`: guest, school, staff or company. `next` are sentences about what happens now.
    `addressed`: the offer that was chosen with "Vraag aan", `talk`: the conversation about it, `gone`: it is no longer online.
    """

    reader: str
    request: SupportRequest
    school_name: str
    school_place: str
    state: tuple[str, str]
    rows: list[tuple[str, str]]
    missing: list[tuple[str, str]]
    next: list[str]
    found: ForRequest = field(default_factory=ForRequest)
    own: list[Shown] = field(default_factory=list)
    why_nothing: list[str] = field(default_factory=list)
    addressed: Card | None = None
    talk: int | None = None
    gone: bool = False
    guest_email: str = ""
    may_edit: bool = False


def reader_of(actor: Actor, seen: Seen) -> str:
    """As whom the actor reads this request."""
    if seen.guest_key is not None:
        return "guest"
    if actor.seat("organisation", seen.school.id) is not None:
        return "school"
    return "staff" if actor.is_staff else "company"


def page(actor: Actor, seen: Seen, at: datetime | None = None) -> Page:
    """Put the page together."""
    moment, request, reader = at or now(), seen.request, reader_of(actor, seen)
    looks = reader in ("guest", "school", "staff")
    found = suggestions.for_request(actor, request, seen.school, moment) if looks else ForRequest()
    addressed = cards(actor, [request.offer_id]) if looks and request.offer_id else []
    talk = _talk(actor, request) if looks and request.offer_id else None
    return Page(
        reader=reader, request=request, school_name=seen.school.name, school_place=seen.school.place,
        state=wording.state(request), rows=wording.rows(request), missing=wording.missing(request) if looks else [],
        next=_next(request, reader), found=found,
        own=suggestions.own_offers(actor, request, seen.school, moment) if reader in ("company", "staff") else [],
        why_nothing=why_nothing(found.failures, found.on_subject) if not found.fits else [],
        addressed=addressed[0] if addressed else None, talk=talk, gone=bool(looks and request.offer_id and not addressed and not talk),
        guest_email=request.guest_email if reader == "guest" else "", may_edit=seen.may_edit,
    )  # fmt: skip


def _talk(actor: Actor, request: SupportRequest) -> int | None:
    """The conversation with the company that the request is addressed to, once it was asked."""
    found = {key: ident for lookup in suggestions.asked_lookup for key, ident in lookup(actor, [request.id]).items()}
    return found.get((request.id, request.offer_id or 0))


def _next(request: SupportRequest, reader: str) -> list[str]:
    """What really happens from here, in the order in which it happens."""
    if reader not in ("guest", "school"):
        return []
    if request.state == rules.DRAFT:
        return [_("Alleen jij en je collega’s zien dit concept."), _("Plaats het, dan kun je bedrijven aanvragen.")]
    if request.state == rules.UNCONFIRMED:
        return [
            _("Klik op de link in je mail. Dan krijg je een account en is je aanvraag bewaard."),
            _("Daarna vraag je hier een bedrijf aan. Het antwoord komt in je mail."),
        ]
    if request.state != rules.OPEN:
        return []
    sentences = [_("Vraag hier een of meer bedrijven aan. Het antwoord komt in je mail en bij Berichten.")]
    if not rules.is_complete(request):
        sentences.insert(0, _("Vul je aanvraag aan. Een bedrijf wil dat weten voordat het antwoordt."))
    else:
        sentences.append(_("Bedrijven met aanbod dat past, zien je aanvraag ook. Zij kunnen je zelf iets voorstellen."))
    if request.period_until:
        sentences.append(
            _("Na %(day)s sluit de aanvraag vanzelf.", day=wording.period(request.period_until, request.period_until))
        )
    return sentences
