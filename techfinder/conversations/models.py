"""Conversations, who takes part, and messages."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model

STATES = ("waiting", "open", "declined", "closed")


class Conversation(HasId, Model):
    """One school, one company, about an offer and/or a support request. States and their picture: rules.py.

    `waiting`: the other side has not answered yet; while the school asked, this takes one of the company's places.
    """

    school_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    company_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("offer.id", ondelete="SET NULL"), index=True)
    support_request_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("support_request.id", ondelete="SET NULL"), index=True
    )
    subject_key: Mapped[str] = mapped_column(String(80), unique=True)  # "school:company:offer:request": talked about once
    subject: Mapped[str] = mapped_column(String(140), default="")
    started_by: Mapped[str] = mapped_column(String(10))  # school or company
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    started_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # when the first message went out (not while it is held)
    due_at: Mapped[datetime | None]  # until then an unanswered request takes one of the company's places
    first_reply_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime] = mapped_column(index=True)
    message_count: Mapped[int] = mapped_column(default=0)
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)  # the school's
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("state in ('waiting','open','declined','closed')", name="state"),
        Index("ix_conversation_company_state", "company_id", "state"),
    )


class Participant(HasId, Model):
    """A member who takes part: gets mail, and has read up to a message. Other members of both sides may look and join."""

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"))
    last_read_id: Mapped[int] = mapped_column(BigId, default=0)
    muted: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("conversation_id", "user_id"),)


class Message(HasId, Model):
    """`state`: sent, held (waits for the coordinator to verify the sender), withheld (refused). `kind`: text or system."""

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="text")
    state: Mapped[str] = mapped_column(String(10), default="sent")
    body: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(30), default="")  # of a system message
    key: Mapped[str] = mapped_column(String(40))  # of the form that sent it: a double click finds it taken
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        CheckConstraint("state in ('sent','held','withheld')", name="state"),
    )
