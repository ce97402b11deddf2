"""After the load: is what people were told what stands in the database, once, and did every mail leave once?"""

import email.policy
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.audit import AuditEntry
from techfinder.core.changes import Change, ChangeCounter
from techfinder.core.db import db
from techfinder.core.jobs import Job
from techfinder.discovery.models import Dismissal
from techfinder.notifications.service import wants
from techfinder.offers.models import Offer
from techfinder.support_requests.models import SupportRequest
from tests.benchmarks.actions import Told

_KEY = re.compile(r"Bericht ([0-9a-f]{32})")
SHOWN = 5


def violations(told: Told, mails: Path) -> list[str]:
    """One sentence for each promise that was broken; none when all is well. Reads the current application's database."""
    found = [*told.wrong[:SHOWN]]
    if len(told.wrong) > SHOWN:
        found.append(f"… and {len(told.wrong) - SHOWN} more wrong answers")
    for check in (_messages, _saves, _edits, _requests, _dismissals, _changes, _jobs):
        found += check(told)
    return [*found, *_mails(told, mails)]


def _some(what: str, things: Iterable[Any]) -> Iterator[str]:
    listed = list(things)
    if listed:
        yield f"{len(listed)} {what}, for example {listed[:3]}"


def _messages(told: Told) -> Iterator[str]:
    """Every acknowledged message once, in its own conversation; the others at most once."""
    rows = Counter(db.session.execute(select(Message.key, Message.conversation_id)).tuples().all())
    yield from _some("acknowledged messages are lost", (k for k, c in told.messages.items() if rows[k, c] == 0))
    yield from _some("messages stand there twice", (k for k, n in rows.items() if n > 1))
    counted = select(Message.conversation_id, func.count()).where(Message.kind == "text", Message.state == "sent").group_by(Message.conversation_id)
    texts = dict(db.session.execute(counted).tuples().all())
    stored = dict(db.session.execute(select(Conversation.id, Conversation.message_count)).tuples().all())
    touched = set(told.messages.values())
    yield from _some("conversations counted wrong", ((c, stored[c], texts.get(c)) for c in touched if stored[c] != texts.get(c)))


def _saves(told: Told) -> Iterator[str]:
    """Each save of a draft came right after the version it was made from, and the last one stands."""
    for offer_id, saves in told.saves.items():
        row = db.session.execute(select(Offer.version, Offer.summary).where(Offer.id == offer_id)).one()
        last = max(saves, key=lambda save: save.version)
        again = [version for version, n in Counter(save.version for save in saves).items() if n > 1]
        overwritten = [save for save in saves if not save.base < save.version <= save.base + save.tries]
        yield from _some(f"versions of draft {offer_id} were given twice", again)
        yield from _some(f"saves of draft {offer_id} overwrote another", overwritten)
        if row.version == last.version and last.mark not in row.summary or row.version < last.version:
            yield f"draft {offer_id} lost its last save: {row.version} {last}"


def _edits(told: Told) -> Iterator[str]:
    """Of two edits from one version one is kept; each left its trace in the audit log."""
    for request_id, edits in told.edits.items():
        twice = [base for base, n in Counter(base for base, _ in edits).items() if n > 1]
        yield from _some(f"edits of request {request_id} overwrote each other, from versions", twice)
        text = db.session.scalar(select(SupportRequest.description).where(SupportRequest.id == request_id)) or ""
        if max(edits)[1] not in text and not told.edits_maybe:
            yield f"request {request_id} lost its last edit"
    yield from _audited("support_request.changed", sum(map(len, told.edits.values())), told.edits_maybe)


def _audited(action: str, told: int, maybe: int) -> Iterator[str]:
    count = db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0
    if not told <= count <= told + maybe:
        yield f"{told} times {action} was acknowledged ({maybe} unknown); the audit log has {count}"


def _requests(told: Told) -> Iterator[str]:
    """New requests of members and guests."""
    kept = set(db.session.scalars(select(SupportRequest.id)))
    yield from _some("acknowledged requests are lost", ({*told.posts, *told.guests} - kept))
    if len(set(told.posts)) != len(told.posts):
        yield "two posted requests share a number"
    addresses = Counter(db.session.scalars(select(SupportRequest.guest_email).where(SupportRequest.guest_email != "")))
    yield from _some("guests have two requests", (a for a in told.guests.values() if addresses[a] > 1))
    yield from _audited("support_request.created", len(told.posts), told.posts_maybe)


def _dismissals(told: Told) -> Iterator[str]:
    rows = Counter(db.session.execute(select(Dismissal.support_request_id, Dismissal.offer_id)).tuples().all())
    yield from _some("acknowledged dismissals are lost", told.dismissals - set(rows))
    yield from _some("dismissals stand there twice", (pair for pair, n in rows.items() if n > 1))


def _changes(told: Told) -> Iterator[str]:
    """Numbers without a gap up to the counter, and everything that was published or changed is among them."""
    rows = db.session.execute(select(Change.no, Change.kind, Change.ref).order_by(Change.no)).all()
    counter = db.session.scalar(select(ChangeCounter.no)) or 0
    if [row.no for row in rows] != list(range(1, counter + 1)):
        yield f"the change log has a gap: {len(rows)} rows, counter {counter}"
    logged = Counter(row.ref for row in rows if row.kind == "support_request")
    yield from _some("published requests are not in the change log", (i for i in told.posts if not logged[i]))
    yield from _some("changes are not in the change log", ((i, len(e), logged[i]) for i, e in told.edits.items() if logged[i] < len(e)))


def _jobs(_told: Told) -> Iterator[str]:
    left = db.session.execute(select(Job.kind, Job.set_aside, Job.last_error).where(Job.run_at <= func.current_timestamp())).all()
    yield from _some("jobs did not leave the queue", left)


def _mails(told: Told, folder: Path) -> Iterator[str]:
    """For each message one mail to each participant of the other side, for each guest one; a repeat bears the same number."""
    sent: dict[tuple[str, str], set[str]] = defaultdict(set)
    guests: dict[str, set[str]] = defaultdict(set)
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=email.policy.default)
        to = mail["To"].addresses[0].addr_spec
        body = mail.get_body(("plain",))
        key = _KEY.search(body.get_content() if body else "")
        if key:
            sent[key[1], to].add(mail["Message-ID"])
        guests[to].add(mail["Message-ID"])
    expected = set(_expected(told))
    yield from _some("mails about messages are missing", expected - set(sent))
    kept = {*told.messages, *told.maybe}
    yield from _some("mails went to somebody who should not have one", ((k, to) for k, to in sent if k in kept and (k, to) not in expected and k in told.messages))
    yield from _some("messages were mailed twice to one reader", (pair for pair, ids in sent.items() if len(ids) > 1))
    yield from _some("guests got no mail, or two", (a for a in told.guests.values() if len(guests[a]) != 1))


def _expected(told: Told) -> Iterator[tuple[str, str]]:
    readers: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(Participant.conversation_id, Participant.organisation_id, User.id, User.email)
        .join(User, User.id == Participant.user_id).where(Participant.muted.is_(False), User.blocked_at.is_(None))
    )  # fmt: skip
    willing: dict[int, bool] = {}
    for conversation_id, organisation_id, user_id, address in rows:
        if willing.setdefault(user_id, wants(user_id, "messages")) and address:
            readers[conversation_id].append((organisation_id, address))
    messages = db.session.execute(select(Message.key, Message.conversation_id, Message.organisation_id, Message.state)).all()
    for key, conversation_id, organisation_id, state in messages:
        if key in told.messages and state == "sent":
            yield from ((key, address) for org, address in readers[conversation_id] if org != organisation_id)
