"""Conversations in every state, with who has read what."""

from datetime import timedelta
from typing import Any

from techfinder.conversations import rules
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.conversations.service.load import update_load
from techfinder.conversations.service.start import mark_asked
from techfinder.exchange.demo_load.world import World, read
from techfinder.organisations.models import Organisation

STATES = {"unanswered": rules.WAITING, "held": rules.WAITING}
LAST_STEP = {rules.DECLINED: "declined.no_time", rules.CLOSED: "closed"}
READ_AFTER = timedelta(days=2)  # what is older has been read


def load_conversations(world: World) -> None:
    """The conversations with their messages; then every company's count of unanswered requests."""
    rows = read("conversations")
    for row in rows:
        world.conversations[row["key"]] = _conversation(world, row)
    world.save(*world.conversations.values())
    for row in rows:
        world.messages[row["key"]] = _messages(world, row)
    world.save(*(message for messages in world.messages.values() for message in messages))
    world.save(*(person for row in rows for person in _participants(world, row)))
    for company_id in sorted({c.company_id for c in world.conversations.values() if c.state == rules.WAITING}):
        update_load(company_id, world.at)


def _sides(world: World, row: dict[str, Any]) -> dict[str, Organisation]:
    company_id = world.offers[row["offer"]].organisation_id
    company = next(o for o in world.organisations.values() if o.id == company_id)
    return {rules.SCHOOL: world.organisations[row["school"]], rules.COMPANY: company}


def _conversation(world: World, row: dict[str, Any]) -> Conversation:
    school, company = _sides(world, row).values()
    offer, request = world.offers[row["offer"]], world.requests.get(row["request"] or "")
    first, last = row["messages"][0], row["messages"][-1]
    starter, begun = first["from"], world.ago(first["days_ago"])
    answer = next((world.ago(m["days_ago"]) for m in row["messages"] if m["from"] != starter), None)
    held = row["state"] == "held"
    conversation = Conversation(
        school_id=school.id, company_id=company.id, offer_id=offer.id, support_request_id=request.id if request else None,
        subject_key=rules.subject_key(school.id, company.id, offer.id, request.id if request else None),
        subject=(request.title if request else offer.title)[:140], started_by=starter,
        state=STATES.get(row["state"], row["state"]), started_at=begun, first_reply_at=answer,
        last_message_at=world.ago(last["days_ago"]), message_count=0 if held else len(row["messages"]),
        region_id=school.region_id, is_demo=True,
    )  # fmt: skip
    if not held:
        mark_asked(conversation, school, begun)
    if answer is not None:
        conversation.due_at = None
    return conversation


def _messages(world: World, row: dict[str, Any]) -> list[Message]:
    conversation, sides, held = world.conversations[row["key"]], _sides(world, row), row["state"] == "held"
    found = []
    for n, message in enumerate(row["messages"]):
        at = world.ago(message["days_ago"])
        found.append(
            Message(
                conversation_id=conversation.id, author_id=world.users[message["author"]].id, body=message["body"], kind="text",
                organisation_id=sides[message["from"]].id, state=rules.HELD if held else rules.SENT, key=f"demo-{n}", code="",
                created_at=at, sent_at=None if held else at,
            )
        )  # fmt: skip
    if conversation.state in LAST_STEP:
        found.append(_last_step(world, row, conversation, found))
    return found


def _last_step(world: World, row: dict[str, Any], conversation: Conversation, before: list[Message]) -> Message:
    """ "Even niet" by the company, or the conversation put away by whoever wrote last."""
    declined = conversation.state == rules.DECLINED
    author = next(m for m in reversed(before) if not declined or m.organisation_id == conversation.company_id)
    at = min(before[-1].created_at + timedelta(hours=1), world.at)
    conversation.last_message_at = at
    return Message(
        conversation_id=conversation.id, author_id=author.author_id, organisation_id=author.organisation_id, kind="system",
        code=LAST_STEP[conversation.state], state=rules.SENT, body="", key="demo-last", created_at=at, sent_at=at,
    )  # fmt: skip


def _participants(world: World, row: dict[str, Any]) -> list[Participant]:
    """Who wrote, and who wrote the offer and the request. A message of the last days may still be unread."""
    conversation, messages = world.conversations[row["key"]], world.messages[row["key"]]
    request = world.requests.get(row["request"] or "")
    people = {m.author_id: m.organisation_id for m in messages}
    people.setdefault(world.offers[row["offer"]].author_id, conversation.company_id)
    if request is not None:
        people.setdefault(request.author_id, conversation.school_id)
    found = []
    for user_id, organisation_id in people.items():
        seen = [
            m.id for m in messages
            if m.organisation_id == organisation_id or (m.state == rules.SENT and world.at - m.created_at > READ_AFTER)
        ]
        found.append(
            Participant(
                conversation_id=conversation.id, user_id=user_id, organisation_id=organisation_id, last_read_id=max(seen, default=0)
            )
        )
    return found
