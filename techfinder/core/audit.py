"""The audit log: who did what to which row, in the same commit as the change itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.clock import now
from techfinder.core.db import BigId, HasId, Model, add_row
from techfinder.core.permissions import Actor


class AuditEntry(HasId, Model):
    """`action` such as "offer.published"; `kind`/`ref` the row; `scope_id` the region that decides about it, if any."""

    __table_args__ = (Index("ix_audit_entry_thing", "kind", "ref"),)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[int] = mapped_column(BigId)
    scope_id: Mapped[int | None] = mapped_column(BigId, index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def audit(
    actor: Actor, action: str, kind: str, ref: int, *, scope_id: int | None = None, at: datetime | None = None, **details: Any
) -> None:
    """Write one line of the log; `details` must be JSON and hold no contact details."""
    add_row(
        AuditEntry, at=at or now(), actor_id=actor.user_id, action=action, kind=kind, ref=ref, scope_id=scope_id, details=details
    )
