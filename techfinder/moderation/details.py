"""What a coordinator needs to see to decide about a case, gathered from the packages that own it."""

import difflib
import re
from collections import Counter
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from techfinder.accounts.models import User
from techfinder.conversations import service as conversations
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db
from techfinder.core.permissions import Actor
from techfinder.moderation.models import Case, Flag
from techfinder.moderation.offer_facts import Facts, offer_facts
from techfinder.moderation.queries import QueueItem, held_messages
from techfinder.moderation.rules import NOBODY_THERE
from techfinder.moderation.wording import flag_reason
from techfinder.offers.models import Offer
from techfinder.offers.service.judged import as_it_was
from techfinder.organisations.domains import website_vouches
from techfinder.organisations.models import Membership, Organisation
from techfinder.support_requests.models import SupportRequest

MOST_PAIRS = 50_000

def _pairs(old: list[str], new: list[str]) -> int:
    """How many pairs of equal words there are, which is what comparing costs."""
    here, there = Counter(old), Counter(new)
    return sum(n * there[word] for word, n in here.items() if not word.isspace())


def marked(before: str, after: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Word by word what went and what came: two lists of ('same' | 'del' | 'ins', text).

    Texts of a few words over and over would take seconds to compare: those are shown whole.
    """
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    if _pairs(old, new) > MOST_PAIRS:
        return [("del", before)], [("ins", after)]
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for op, a1, a2, b1, b2 in difflib.SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            left.append(("same", "".join(old[a1:a2])))
            right.append(("same", "".join(new[b1:b2])))
            continue
        if a2 > a1:
            left.append(("del", "".join(old[a1:a2])))
        if b2 > b1:
            right.append(("ins", "".join(new[b1:b2])))
    return left, right


def _changes(earlier: Offer, now: Offer) -> list[dict[str, Any]]:
    before, after = dict(offer_facts(earlier)), dict(offer_facts(now))
    found = []
    for label in dict.fromkeys([*before, *after]):
        if before.get(label) != after.get(label):
            left, right = marked(before.get(label, ""), after.get(label, ""))
            found.append({"label": label, "before": left, "after": right})
    return found


def _load_offer(offer_id: int) -> Offer | None:
    return db.session.scalars(select(Offer).where(Offer.id == offer_id).options(selectinload(Offer.points))).one_or_none()


def _group_facts(group: Organisation) -> Facts:
    facts = [
        (_("Soort"), _("school") if group.kind == "school" else _("bedrijf")),
        (_("Plaats"), f"{group.postcode or ''} {group.place}".strip()),
        (_("Gemeente"), group.municipality), (_("KvK"), group.kvk or ""), (_("BRIN"), group.brin or ""), (_("Website"), group.website),
        (_("Mailadres"), group.contact_email),
        (_("Over"), group.about),
    ]  # fmt: skip
    return [(a, b) for a, b in facts if b]


def _organisation(group: Organisation) -> dict[str, Any]:
    people = db.session.execute(
        select(User, Membership).join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == group.id, Membership.refused_at.is_(None)).order_by(Membership.id).limit(5)
    ).all()
    alike = db.session.scalars(
        select(Organisation).where(Organisation.name_key == group.name_key, Organisation.id != group.id).limit(5)
    ).all()
    offers = db.session.scalars(select(Offer).where(Offer.organisation_id == group.id, Offer.state != "draft").limit(5)).all()
    return {
        "facts": _group_facts(group), "alike": alike, "offers": offers, "group": group,
        "people": [_person(user, member, group) for user, member in people],
    }  # fmt: skip


def _person(user: User, member: Membership, group: Organisation) -> dict[str, Any]:
    """Who stands behind an organisation; `known`: the address belongs to the website that it names."""
    return {
        "name": user.name, "email": user.email or "", "job": member.job_title, "since": member.created_at,
        "known": website_vouches(user.email or "", group.website), "website": bool(group.website),
    }  # fmt: skip


def _company_first(offer: Offer) -> dict[str, Any]:
    """While its company is not approved an offer cannot be: where the company is decided about, or that it must come back first."""
    group = db.session.get_one(Organisation, offer.organisation_id)
    if group.state == "approved":
        return {}
    waiting = select(Case.id).where(Case.open_key == f"organisation:{group.id}")
    return {"company_first": group, "company_case": db.session.scalar(waiting)}


def _question(talk: Conversation) -> dict[str, Any]:
    school = db.session.get_one(Organisation, talk.school_id)
    return {"school": school.name, "place": school.place, "subject": talk.subject, "at": talk.asked_at}


def _flag(row: Flag) -> dict[str, Any]:
    found: dict[str, Any] = {"flag": row, "reason": flag_reason(row.reason), "offer": None, "message": None, "facts": []}
    if row.kind == "offer" and (offer := _load_offer(row.ref)) is not None:
        found |= {"offer": offer, "facts": offer_facts(offer)}
    if row.kind == "message" and (message := db.session.get(Message, row.ref)) is not None:
        writer = db.session.get(Organisation, message.organisation_id)
        found |= {"message": message, "writer": writer.name if writer else ""}
    if row.kind == "organisation" and (group := db.session.get(Organisation, row.ref)) is not None:
        found |= {"group": group, "facts": _group_facts(group)}
    if row.kind == "support_request" and (request := db.session.get(SupportRequest, row.ref)) is not None:
        found |= {"request": request, "facts": [(_("Titel"), request.title), (_("Wat er gevraagd wordt"), request.description)]}
    return found


def details(actor: Actor, item: QueueItem) -> dict[str, Any]:
    """The facts of a case for its template, by kind. The actor's right to the case was judged before."""
    if item.thing is None:
        return {"facts": []}
    if item.case.kind == "offer":
        offer = _load_offer(item.case.ref)
        if offer is None:
            return {"facts": []}
        before = _load_offer(offer.replaces_id) if offer.replaces_id else as_it_was(offer) if offer.state_reason else None
        changes = _changes(before, offer) if before else []
        found = {"facts": offer_facts(offer), "offer": offer, "changes": changes, "unchanged": before is not None and not changes}
        return found | _company_first(offer)
    if item.case.kind == "organisation":
        asked = conversations.waiting_for(item.case.ref) if item.case.reason == NOBODY_THERE else []
        return _organisation(item.thing) | {"questions": [_question(talk) for talk in asked]}
    if item.case.kind == "membership":
        member, user = item.thing
        group = db.session.get_one(Organisation, member.organisation_id)
        return {
            "member": member, "user": user, "place": group, "held": held_messages(member), "facts": [],
            "known": website_vouches(user.email or "", group.website),
        }  # fmt: skip
    return _flag(item.thing)
