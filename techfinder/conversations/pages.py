"""What the pages show: view models made from queries and words, ready for the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from techfinder.conversations import queries, rules, wording
from techfinder.conversations.about import About, about
from techfinder.conversations.models import Conversation, Message
from techfinder.conversations.policy import can_write, side_of
from techfinder.core.db import db
from techfinder.core.permissions import Actor
from techfinder.core.text import ago, day, moment
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.organisations.models import Organisation
from techfinder.organisations.policy import can_invite
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import visible_requests


def initials(name: str) -> str:
    """Of the first and the last word, in capitals; "…" without a name."""
    words = [w for w in name.split() if w[0].isalnum()]
    return "".join(w[0].upper() for w in ([words[0], words[-1]] if len(words) > 1 else words[:1])) or "…"


def inbox_items(rows: Sequence[queries.InboxRow], current: int | None = None) -> list[dict[str, Any]]:
    """For the macro `inbox`; the page adds the addresses."""
    return [
        {
            "id": r.id, "who": r.other_name, "initials": initials(r.other_name), "side": r.other_kind, "on": r.id == current,
            "new": bool(r.unread) and r.id != current, "subject": r.subject, "when": ago(r.last_at),
            "what": wording.last_line(r.last_code, r.last_by, r.last_text, r.last_is_own, r.held) or r.subject,
        }
        for r in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of the two sides, with the names of who takes part."""

    id: int
    name: str
    kind: str
    own: bool
    names: list[str]


@dataclass(frozen=True)
class Thread:
    """A conversation as its page shows it. `last_id`: the newest message shown; `unread`: whether it marks something read."""

    id: int
    other: str
    subject: str
    state: str
    side: str
    begun: str
    begun_at: str
    begun_when: str
    messages: list[dict[str, Any]]
    last_id: int
    unread: bool
    held: bool
    waiting: str
    nobody: str
    may_write: bool
    may_decline: bool
    may_close: bool
    quick: list[tuple[str, str, str]]
    sides: list[Side]
    takes_part: bool
    muted: bool
    offer: dict[str, Any] | None
    offer_url: bool
    request: SupportRequest | None
    request_url: bool
    facts: list[tuple[str, str]]
    own_id: int
    may_invite: bool


def thread(actor: Actor, conversation_id: int) -> Thread:
    """Everything the page of a conversation shows. Raises `NotVisible`."""
    c = queries.one(actor, conversation_id)
    side = side_of(actor, c) or rules.SCHOOL
    school, company = db.session.get_one(Organisation, c.school_id), db.session.get_one(Organisation, c.company_id)
    own, other = (school, company) if side == rules.SCHOOL else (company, school)
    who = queries.participants(c.id)
    me = next((w for w in who if w.user_id == actor.user_id), None)
    shown = messages(actor, c, own.id, who)
    last_id = shown[-1]["id"] if shown else 0
    found = about(c)
    return Thread(
        id=c.id, other=other.name, subject=c.subject, state=c.state, side=side,
        begun=wording.begun(c, school.name, company.name), begun_at=c.started_at.isoformat(), begun_when=day(c.started_at),
        messages=shown, last_id=last_id, unread=me is not None and me.last_read_id < last_id,
        held=c.asked_at is None, waiting=wording.waiting(c, side),
        nobody=wording.nobody_there(company) if side == rules.SCHOOL and c.state == rules.WAITING else "",
        may_write=can_write(actor, c),
        may_decline=can_write(actor, c) and _may_decline(c, side),
        may_close=c.state != rules.CLOSED, quick=wording.quick(c, side, found.offer),
        sides=[_side(o, o.id == own.id, who) for o in (own, other)], takes_part=me is not None, muted=me is not None and me.muted,
        offer=wording.kind_of(found), offer_url=_sees_offer(actor, found), request=found.request,
        request_url=_sees_request(actor, found), facts=wording.facts(found.request, found.place, found.km), own_id=own.id,
        may_invite=can_invite(actor, own),
    )  # fmt: skip


def _may_decline(c: Conversation, side: str) -> bool:
    """ "Even niet" is for who was asked; a company can say it later too."""
    was_asked = side != c.started_by or (side == rules.COMPANY and c.state == rules.OPEN)
    return was_asked and rules.next_state(c.state, "decline") is not None


def _side(organisation: Organisation, own: bool, who: list[queries.Who]) -> Side:
    names = [w.name or "…" for w in who if w.organisation_id == organisation.id]
    return Side(organisation.id, organisation.name, organisation.kind, own, names)


def _sees_offer(actor: Actor, found: About) -> bool:
    return found.offer is not None and db.session.scalar(
        visible_offers(actor).where(Offer.id == found.offer.id).with_only_columns(Offer.id)
    ) is not None  # fmt: skip


def _sees_request(actor: Actor, found: About) -> bool:
    return found.request is not None and db.session.scalar(
        visible_requests(actor).where(SupportRequest.id == found.request.id).with_only_columns(SupportRequest.id)
    ) is not None  # fmt: skip


def messages(actor: Actor, c: Conversation, own_id: int, who: list[queries.Who], after: int = 0) -> list[dict[str, Any]]:
    """For the macro `message`: those after number `after`, oldest first; "gelezen" stands under the last one that was."""
    rows = queries.messages(actor, c.id, after)
    seen = max((w.last_read_id for w in who if w.organisation_id != own_id), default=0)
    read_id = max((m.id for m, _p, _o in rows if _is_own(m, own_id) and m.kind == "text" and m.id <= seen), default=0)
    return [_message(m, person, organisation, own_id, m.id == read_id, c) for m, person, organisation in rows]


def _is_own(m: Message, own_id: int) -> bool:
    return m.organisation_id == own_id and m.state == rules.SENT


def _message(m: Message, person: str, organisation: str, own_id: int, read: bool, c: Conversation) -> dict[str, Any]:
    when = m.sent_at or m.created_at
    own = m.organisation_id == own_id
    system = m.kind == "system"
    return {
        "id": m.id, "own": own, "system": system, "at": when.isoformat(), "when": day(when) if system else moment(when),
        "text": wording.step(m.code, organisation, m.body) if system else m.body,
        "author": person or organisation, "org": organisation if person else "", "initials": initials(organisation),
        "side": "school" if m.organisation_id == c.school_id else "company",
        "state": wording.under(m) or (wording.read() if read else ""), "may_flag": not own and not system,
    }  # fmt: skip
