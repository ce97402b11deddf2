"""What people said about suggestions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model


class Dismissal(HasId, Model):
    """"Past niet": this offer is no longer suggested for this request, to the side that said so."""

    support_request_id: Mapped[int] = mapped_column(BigId, ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    offer_id: Mapped[int] = mapped_column(BigId, ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(String(10))  # school or company
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    weights: Mapped[str] = mapped_column(String(20), default="")  # version of the weights that put it forward
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("support_request_id", "offer_id", "side"),)
