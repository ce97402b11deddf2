"""What somebody wants mail about. No row means the topic's default: yes.

An unsubscribe link is signed and says one thing: this person, this topic. It needs no signing in and does not end,
because a mail may be opened years later; all it can do is stop a kind of mail.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, exists, select

from techfinder.core.db import db
from techfinder.core.errors import NotVisible
from techfinder.core.mail import absolute_url
from techfinder.core.permissions import Actor
from techfinder.notifications.models import TOPICS, NotificationPreference


def preferences_of(user_id: int) -> dict[str, bool]:
    """Every topic with this person's answer."""
    rows = db.session.execute(
        select(NotificationPreference.topic, NotificationPreference.wanted).where(NotificationPreference.user_id == user_id)
    )
    return {**dict.fromkeys(TOPICS, True), **{row.topic: row.wanted for row in rows}}


def wants(user_id: int, topic: str) -> bool:
    """Whether this person wants mail on this topic."""
    return user_id in wanting([user_id], topic)


def refuses(user_id: Any, topic: str) -> Any:
    """Whether the person of this column or number wants no mail on this topic: a condition for somebody else's query."""
    return exists().where(
        NotificationPreference.user_id == user_id, NotificationPreference.topic == topic, NotificationPreference.wanted.is_(False)
    )


def wanting(user_ids: Iterable[int], topic: str) -> set[int]:
    """Those of these people who want mail on this topic. One query."""
    asked = set(user_ids)
    refused = db.session.scalars(
        select(NotificationPreference.user_id).where(
            NotificationPreference.user_id.in_(asked), NotificationPreference.topic == topic,
            NotificationPreference.wanted.is_(False),
        )
    )  # fmt: skip
    return asked - set(refused)


def _store(user_id: int, wanted: Mapping[str, bool]) -> None:
    rows = {
        row.topic: row
        for row in db.session.scalars(
            select(NotificationPreference).where(NotificationPreference.user_id == user_id).with_for_update()
        )
    }
    for topic, answer in wanted.items():
        if topic in rows:
            rows[topic].wanted = answer
        elif not answer:
            db.session.add(NotificationPreference(user_id=user_id, topic=topic, wanted=False))
    db.session.flush()


def save_preferences(actor: Actor, wanted: Mapping[str, bool]) -> None:
    """Store the actor's answers; topics that are not in `wanted` stay as they were."""
    assert actor.user_id is not None
    _store(actor.user_id, {topic: answer for topic, answer in wanted.items() if topic in TOPICS})


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def unsubscribe_url(user_id: int, topic: str) -> str:
    """The address in a mail that stops this kind of mail; also for the List-Unsubscribe header."""
    path = current_app.url_map.bind("").build("notifications.unsubscribe", {"signed": _serializer().dumps([user_id, topic])})
    return absolute_url(path)


def read_unsubscribe(signed: str) -> tuple[int, str]:
    """(user id, topic) of a signed link. Raises `NotVisible` for one that is not ours."""
    try:
        user_id, topic = _serializer().loads(signed)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotVisible() from error
    if not isinstance(user_id, int) or topic not in TOPICS:
        raise NotVisible()
    return user_id, topic


def unsubscribe(signed: str) -> str:
    """Stop this kind of mail; twice is as good as once. Returns the topic."""
    user_id, topic = read_unsubscribe(signed)
    _store(user_id, {topic: False})
    return topic


def export(user_id: int) -> dict[str, bool]:
    """For the person's own file."""
    return preferences_of(user_id)


def erase(user_id: int, at: datetime) -> None:
    """Nobody is left to ask."""
    db.session.execute(delete(NotificationPreference).where(NotificationPreference.user_id == user_id))
