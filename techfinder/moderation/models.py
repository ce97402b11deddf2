"""Cases in the queue "Te beoordelen", and flags."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model

KINDS = ("organisation", "offer", "membership", "flag")


class Case(HasId, Model):
    """Something a coordinator of `region_id` (or above) must look at. `ref` is the row of that kind.

    `open_key` is "kind:ref" while the case is open, so that one thing stands in the queue once; None once decided.
    """

    kind: Mapped[str] = mapped_column(String(14))
    ref: Mapped[int] = mapped_column(BigId)
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    # new_organisation, nobody_there, first_offer, changed_offer, unverified_member, flag
    reason: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]
    assignee_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    decision: Mapped[str] = mapped_column(String(12), default="")  # approved, returned, rejected, invited, dismissed, …
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("kind in ('organisation','offer','membership','flag')", name="kind"),
        Index("ix_case_region_open", "region_id", "open_key"),
    )


class Flag(HasId, Model):
    """"Meld een probleem": somebody's report about an offer or a message."""

    kind: Mapped[str] = mapped_column(String(20))  # offer, message, support_request, organisation
    ref: Mapped[int] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(20))  # wrong, unsafe, spam, privacy, other
    text: Mapped[str] = mapped_column(Text, default="")
    reporter_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_flag_thing", "kind", "ref"),)
