"""A school with two teachers and one for whom nobody vouched, a company with two people and an offer, and a request."""

from datetime import timedelta

from sqlalchemy import select

from techfinder.conversations import queries, service
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db, transaction
from techfinder.core.jobs import Job
from tests import factories as f

AT = f.AT


class World:
    def __init__(self, **company):
        self.school = f.school(name="De Kleine Beer", created_at=AT - timedelta(days=90))
        self.company = f.company(name="Brandaris Robotica", created_at=AT - timedelta(days=90), **company)
        self.teacher = f.member(self.school, name="Marieke Jansen")
        self.colleague = f.member(self.school, role="member", name="Kim de Wit")
        self.newcomer = f.member(self.school, role="member", verified=False, name="Noor Bakker")
        self.engineer = f.member(self.company, name="Joost Willems")
        self.mate = f.member(self.company, role="member", name="Sanne Peeters")
        self.offer = f.offer(self.company, author_id=self.engineer.id)
        self.request = f.support_request(self.school, self.teacher)

    def ask(self, person=None, *, offer=None, request=None, body="Komen jullie langs?", key="k1", at=AT):
        """The school asks; returns the conversation's id."""
        offer, request = offer or self.offer, request or self.request
        with transaction():
            asked = service.Asked(request.organisation_id, offer.id, request.id)
            return service.start(f.actor_of(person or self.teacher), asked, body, key, at=at).id

    def propose(self, person=None, *, body="Wij helpen graag.", key="p1", at=AT):
        """The company puts itself forward; returns the conversation's id."""
        with transaction():
            asked = service.Asked(self.company.id, self.offer.id, self.request.id)
            return service.start(f.actor_of(person or self.engineer), asked, body, key, at=at).id

    def reply(self, person, conversation_id, body="Ja, graag!", key="r1", at=AT):
        with transaction():
            return service.reply(f.actor_of(person), conversation_id, body, key, at=at).id

    def decline(self, person, conversation_id, reason="no_time", key="d1", **more):
        with transaction():
            service.decline(f.actor_of(person), conversation_id, reason, key, at=AT, **more)

    def other_request(self, name="De Klimop"):
        """A request of another school."""
        school = f.school(name=name, created_at=AT - timedelta(days=90))
        return f.support_request(school, f.member(school))


def bodies(person, conversation_id):
    """What this person reads in a conversation."""
    return [m.body for m, _author, _organisation in queries.messages(f.actor_of(person), conversation_id)]


def conversation(ident):
    return db.session.get(Conversation, ident, populate_existing=True)


def count_messages():
    return len(db.session.scalars(select(Message)).all())


def mails(template=None):
    """The mails that wait to leave."""
    found = [j.payload for j in db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))]
    return [m for m in found if template is None or m["template"] == template]
