"""Support requests: what a school needs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.columns import CodeList, LevelMask
from techfinder.core.db import BigId, HasId, Model

STATES = ("draft", "unconfirmed", "open", "fulfilled", "withdrawn", "expired")
TRAVEL_KM = {"foot_or_bicycle": 5, "cars": 20, "bus": 40}  # presets that a teacher can edit


class SupportRequest(HasId, Model):
    """States and their picture: rules.py. `unconfirmed`: written before an account existed; goes out with the mailed link.

    Where: the school's own place unless `postcode` says otherwise. Empty `kinds` means "maakt niet uit".
    """

    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    guest_name: Mapped[str] = mapped_column(String(120), default="")  # until the link is clicked; then the user's
    guest_email: Mapped[str] = mapped_column(String(254), default="")
    guest_key: Mapped[str | None] = mapped_column(String(32), unique=True)  # held by the browser that wrote it
    state: Mapped[str] = mapped_column(String(12), default="draft")
    state_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    kinds: Mapped[list[str]] = mapped_column(CodeList, default=list)
    themes: Mapped[list[str]] = mapped_column(CodeList, default=list)
    levels: Mapped[int] = mapped_column(LevelMask, default=0)
    pupils: Mapped[int | None]  # in one group; `parallel_groups` says how many groups of that size
    parallel_groups: Mapped[int] = mapped_column(default=1)
    where: Mapped[str] = mapped_column(String(12), default="either")  # at_school, at_company, either
    period_from: Mapped[date | None]
    period_until: Mapped[date | None]
    weekdays: Mapped[int] = mapped_column(default=0)
    dayparts: Mapped[int] = mapped_column(default=0)
    travel_mode: Mapped[str] = mapped_column(String(20), default="")  # foot_or_bicycle, cars, bus
    max_travel_km: Mapped[float | None]
    budget_cents: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(5), default="")
    postcode: Mapped[str | None] = mapped_column(String(7))
    place: Mapped[str] = mapped_column(String(100), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    region_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("offer.id", ondelete="SET NULL"), index=True)  # "Vraag aan"
    source_id: Mapped[str | None] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("state in ('draft','unconfirmed','open','fulfilled','withdrawn','expired')", name="state"),
        CheckConstraint("\"where\" in ('at_school','at_company','either')", name="where"),
        Index("ix_support_request_state_organisation", "state", "organisation_id"),
    )
