"""A school's question to a company where nobody works yet, because an import brought it in: somebody is told all the same.

With a contact address the question goes there, with a link that takes the company's place and leads to the conversation.
Without one the region's coordinator gets a case; what can be done with that stands in `claiming`.
"""

from datetime import datetime

from techfinder.conversations import emails
from techfinder.conversations.events import NobodyToAnswer
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db
from techfinder.core.events import emit
from techfinder.organisations import service as organisations
from techfinder.organisations.models import Organisation


def tell(conversation: Conversation, message: Message, at: datetime) -> None:
    """A school's message went out. Where it put the question, and nobody of the company reads it, tell whoever can change that."""
    if message.organisation_id != conversation.school_id or conversation.asked_at != at:
        return
    company = db.session.get_one(Organisation, conversation.company_id)
    if company.claimed:
        return
    if company.contact_email:
        ask(conversation, message, company, at)
    else:
        emit(NobodyToAnswer(conversation.id))


def ask(conversation: Conversation, message: Message, company: Organisation, at: datetime) -> None:
    """Mail the question to the company's contact address."""
    link = organisations.contact_link(company, f"/berichten/{conversation.id}", at)
    emails.asked_unclaimed(conversation, message, company, link)
