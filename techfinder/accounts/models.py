"""Users, their single-use tokens, and staff posts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model

POST_ROLES = ("coordinator", "reader", "administrator")


class User(HasId, Model):
    """A person with an e-mail address. `epoch` ends all sessions when it is raised (password changed, sign out everywhere)."""

    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # normalised, lower case; None once erased
    name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(5), default="nl")
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    epoch: Mapped[int] = mapped_column(default=0)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(BigId, default=0)  # a code is taken once
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Token(HasId, Model):
    """A mailed link: only its hash is stored, it works once, and it ends.

    `purpose`: sign_in, verify_email, reset_password, change_email, invitation, confirm_request.
    """

    purpose: Mapped[str] = mapped_column(String(30))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class StaffPost(HasId, Model):
    """A user's post: coordinator or reader of a region (and all below it) or a network, or administrator of everything."""

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("network.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the last day it counts
    __table_args__ = (
        CheckConstraint("role in ('coordinator','reader','administrator')", name="role"),
        CheckConstraint("not (region_id is not null and network_id is not null)", name="one_scope"),
        Index("ix_staff_post_role_region", "role", "region_id"),
    )
