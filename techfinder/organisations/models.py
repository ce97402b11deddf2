"""Organisations, memberships, and the e-mail domains that vouch for members."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.columns import CodeList, LevelMask
from techfinder.core.db import BigId, HasId, Model

# pending → approved | returned | rejected; returned → pending; approved ↔ blocked. See rules.py.
STATES = ("pending", "approved", "returned", "rejected", "blocked")


class Organisation(HasId, Model):
    """A school location or a company (also a PPS, lab or museum).

    `place`, `municipality`, `province`, `lat`, `lon` follow from the postcode; `region_id` is the one region that
    decides about it. A company is `pending` until a coordinator approves it; a school from the register is approved.
    """

    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="pending")
    state_reason: Mapped[str] = mapped_column(Text, default="")
    state_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200), index=True)
    name_key: Mapped[str] = mapped_column(String(200), index=True, default="")  # folded, for finding it
    about: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    brin: Mapped[str | None] = mapped_column(String(6), unique=True)  # BRIN + vestigingsnummer
    kvk: Mapped[str | None] = mapped_column(String(8), unique=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str | None] = mapped_column(String(7), index=True)  # "5701 AB"
    place: Mapped[str] = mapped_column(String(100), default="")
    place_key: Mapped[str] = mapped_column(String(100), index=True, default="")
    municipality: Mapped[str] = mapped_column(String(100), default="", index=True)
    province: Mapped[str] = mapped_column(String(20), default="", index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)
    # schools
    sector: Mapped[str] = mapped_column(String(10), default="")  # po, so, vo, mbo
    school_type: Mapped[str] = mapped_column(String(80), default="")  # DUO's words
    levels: Mapped[int] = mapped_column(LevelMask, default=0)
    pupils: Mapped[int | None]
    holiday_region: Mapped[str] = mapped_column(String(10), default="")
    # companies
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")  # never shown: see `service.contact_link`
    max_open_requests: Mapped[int] = mapped_column(default=2)  # unanswered requests it takes at once
    open_requests: Mapped[int] = mapped_column(default=0)  # counter, written by conversations
    full_until: Mapped[datetime | None]  # when the oldest unanswered request stops counting, while it is full
    offers_approved: Mapped[int] = mapped_column(default=0)  # counter, written by offers: 0 means its next offer is its first
    trust: Mapped[float | None]  # 0…1, from answers; None is neutral
    reply_days: Mapped[int | None]  # usual school days to an answer; shown only where it is good
    # both
    mail_text: Mapped[bool] = mapped_column(default=True)  # whether mails to its members contain messages' text
    source: Mapped[str] = mapped_column(String(12), default="registered")  # registered, duo, import, demo
    source_id: Mapped[str | None] = mapped_column(String(80))  # the file's own id where the row was imported
    claimed: Mapped[bool] = mapped_column(default=True)  # False: known, but nobody works here with an account
    edited_fields: Mapped[list[str]] = mapped_column(CodeList, default=list)  # set by its members: an import leaves them alone
    closed_at: Mapped[datetime | None]  # no longer in the register
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("kind in ('school','company')", name="kind"),
        CheckConstraint("state in ('pending','approved','returned','rejected','blocked')", name="state"),
        CheckConstraint("max_open_requests between 1 and 50", name="max_open_requests"),
        Index("ix_organisation_kind_state", "kind", "state"),
        UniqueConstraint("kind", "source", "source_id"),
    )


class Membership(HasId, Model):
    """A user's place in an organisation. `verified_at`: a domain, a colleague, an owner or a coordinator vouched."""

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(10), default="member")
    job_title: Mapped[str] = mapped_column(String(80), default="")  # "leraar groep 7"
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str] = mapped_column(String(20), default="")  # domain, colleague, owner, coordinator, demo
    refused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id"),
        CheckConstraint("role in ('owner','member')", name="role"),
    )


class Invitation(HasId, Model):
    """A colleague who was asked by mail and has not answered yet; the row goes when it is accepted or withdrawn."""

    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(10), default="member")
    invited_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint("role in ('owner','member')", name="role"),
    )


class ContactLimit(HasId, Model):
    """How many first messages an organisation sent on a day; new ones may send few."""

    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id", ondelete="CASCADE"))
    day: Mapped[str] = mapped_column(String(10))
    count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("organisation_id", "day"),)


class GeocoderAnswer(HasId, Model):
    """What the online geocoder answered to an address on it, so that it is asked once."""

    address: Mapped[str] = mapped_column(String(600), unique=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
