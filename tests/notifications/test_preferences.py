"""Which mails somebody wants, on a page and from a mail."""

import pytest

from techfinder.core.db import db, transaction
from techfinder.core.errors import NotVisible
from techfinder.core.mail import _message
from techfinder.notifications import service
from techfinder.notifications.models import TOPICS
from tests import factories

PAGE = "/account/e-mailvoorkeuren"


def path_of(url: str) -> str:
    return url.removeprefix("http://localhost")


def test_everybody_wants_everything_until_they_say_otherwise(client):
    person = factories.user()
    factories.sign_in(client, person)
    assert all(service.wants(person.id, topic) for topic in TOPICS)
    assert client.get(PAGE).text.count(" checked") == 2  # the queue is for staff
    client.post(PAGE, data={"messages": "y", "decisions": "y"})
    assert {t for t in TOPICS if service.wants(person.id, t)} == {"messages", "decisions", "queue"}
    client.post(PAGE, data={"decisions": "y"})
    assert {t for t in TOPICS if service.wants(person.id, t)} == {"decisions", "queue"}


def test_staff_may_refuse_mail_about_the_queue(client):
    person = factories.coordinator(factories.region())
    factories.sign_in(client, person)
    client.post(PAGE, data={"messages": "y"})
    assert not service.wants(person.id, "queue") and service.wants(person.id, "messages")


def test_one_query_answers_for_many(client):
    wanting, refusing = factories.user(), factories.user()
    client.post(path_of(service.unsubscribe_url(refusing.id, "messages")))
    assert service.wanting([wanting.id, refusing.id], "messages") == {wanting.id}


def test_the_link_in_a_mail_stops_only_that_kind_and_only_when_pressed(client, app):
    person = factories.user()
    path = path_of(service.unsubscribe_url(person.id, "decisions"))
    assert client.get(path).status_code == 200 and service.wants(person.id, "decisions")
    app.config["WTF_CSRF_ENABLED"] = True  # a mail program has no token
    try:
        for _ in range(2):
            assert app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    db.session.expire_all()
    assert not service.wants(person.id, "decisions") and service.wants(person.id, "messages")


@pytest.mark.parametrize("change", [lambda s: s[:-2] + "xx", lambda s: "onzin", lambda s: ""])
def test_a_forged_link_is_not_found(app, change):
    person = factories.user()
    signed = service.unsubscribe_url(person.id, "messages").rsplit("/", 1)[1]
    with pytest.raises(NotVisible), transaction():
        service.unsubscribe(change(signed))
    assert service.wants(person.id, "messages")


def test_mail_programs_are_told_how_to_stop(app):
    url = service.unsubscribe_url(1, "messages")
    message = _message({"to": "a@school.example", "name": "", "subject": "x", "date": "x", "message_id": "<x@y>", "text": "x",
                        "html": "x", "unsubscribe": url}, "Techfinder <post@techfinder.example>")
    assert message["List-Unsubscribe"] == f"<{url}>" and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
