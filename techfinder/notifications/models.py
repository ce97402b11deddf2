"""Preferences: absence of a row means the topic's default."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model

TOPICS = ("messages", "decisions", "queue")


class NotificationPreference(HasId, Model):
    """Whether this user wants mail on this topic. Sign-in links and the like are always sent."""

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[bool]
    __table_args__ = (UniqueConstraint("user_id", "topic"),)
