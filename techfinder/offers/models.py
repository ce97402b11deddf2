"""Offers and the places they are done from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from techfinder.core.columns import CodeList, LevelMask
from techfinder.core.db import BigId, HasId, Model, relation

STATES = ("draft", "submitted", "returned", "published", "paused", "archived", "rejected")


class Offer(HasId, Model):
    """What a company will do for schools. States and their picture: rules.py.

    A published offer is edited through a *working copy*: a second row whose `replaces_id` names it. The public version
    stands until the copy is published; then the copy's content is taken over and the copy deleted.
    """

    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    state_reason: Mapped[str] = mapped_column(Text, default="")  # why it was returned or rejected
    judged: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)  # its text: service/judged.py
    state_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("offer.id", ondelete="CASCADE"), unique=True)
    # what
    kind: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(100), default="")
    summary: Mapped[str] = mapped_column(String(400), default="")
    activity: Mapped[str] = mapped_column(Text, default="")  # what pupils will do and learn
    themes: Mapped[list[str]] = mapped_column(CodeList, default=list)
    levels: Mapped[int] = mapped_column(LevelMask, default=0)
    language: Mapped[str] = mapped_column(String(5), default="nl")
    # how long, how many, how much
    duration_minutes: Mapped[int | None]
    max_pupils: Mapped[int | None]  # per group
    max_groups_per_day: Mapped[int | None]
    places_per_year: Mapped[int | None]  # None: no limit
    places_left: Mapped[int | None]
    cost_cents: Mapped[int | None]  # including travel; 0 is free
    cost_note: Mapped[str] = mapped_column(String(200), default="")
    # when
    period_from: Mapped[date | None]
    period_until: Mapped[date | None]
    weekdays: Mapped[int] = mapped_column(default=0)  # Monday=1 … Sunday=64; 0: any
    dayparts: Mapped[int] = mapped_column(default=0)  # morning=1, afternoon=2, evening=4; 0: any
    when_note: Mapped[str] = mapped_column(String(300), default="")
    # the school's part
    school_arranges: Mapped[str] = mapped_column(Text, default="")
    supervision: Mapped[str] = mapped_column(Text, default="")
    preparation: Mapped[str] = mapped_column(Text, default="")
    # visits
    min_age: Mapped[int | None]
    safety_clothing: Mapped[str] = mapped_column(String(300), default="")
    photos_allowed: Mapped[bool | None]
    paid_transport: Mapped[bool | None]
    accessibility: Mapped[str] = mapped_column(String(300), default="")
    # for the two sides only
    vog: Mapped[bool | None]
    contact_name: Mapped[str] = mapped_column(String(120), default="")  # never public
    contact_email: Mapped[str] = mapped_column(String(254), default="")  # never public
    contact_phone: Mapped[str] = mapped_column(String(40), default="")  # never public
    # materials
    material_url: Mapped[str] = mapped_column(String(500), default="")
    material_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("stored_file.id"))
    # bookkeeping
    source_id: Mapped[str | None] = mapped_column(String(80), index=True)  # the file's own id where it was imported
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]  # the company said "this still holds"
    is_demo: Mapped[bool] = mapped_column(default=False)
    made_by_key: Mapped[str | None] = mapped_column(String(32), unique=True)  # the form that made it: never twice from one
    saved_by_key: Mapped[str | None] = mapped_column(String(32))  # the form that saved it last while somebody typed
    saved_at: Mapped[datetime | None]  # also makes a change of only the starting points a new version
    version: Mapped[int] = mapped_column(default=1)
    points: Mapped[list["StartingPoint"]] = relation(
        "StartingPoint", order_by="StartingPoint.position", cascade="all, delete-orphan", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','submitted','returned','published','paused','archived','rejected')", name="state"
        ),
        Index("ix_offer_state_organisation", "state", "organisation_id"),
    )


class StartingPoint(HasId, Model):
    """A place an offer is done from: a site, or a guest teacher's postcode that is never shown (`personal`).

    `lat`/`lon` of a personal one are the centre of its municipality, so that searches cannot find the house.
    """

    offer_id: Mapped[int] = mapped_column(BigId, ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(String(100), default="")
    personal: Mapped[bool] = mapped_column(default=False)
    postcode: Mapped[str | None] = mapped_column(String(7))
    place: Mapped[str] = mapped_column(String(100), default="")
    municipality: Mapped[str] = mapped_column(String(100), default="")
    lat: Mapped[float]
    lon: Mapped[float]
    radius_km: Mapped[float | None]  # how far the company travels from here; None: it doesn't
    weekdays: Mapped[int] = mapped_column(default=0)


WITH_POINTS = selectinload(Offer.points)  # made once, so that `locked` knows the statement again
