"""The tree of regions (who decides) and the networks (who see and count)."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.db import BigId, HasId, Model

REGION_KINDS = ("country", "landsdeel", "region", "circle")
AREA_KINDS = ("province", "municipality", "postcode", "location")


class Region(HasId, Model):
    """A node of the tree country → landsdeel → region → circle. `path` is "/1/4/17/": itself and all above it."""

    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("region.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    path: Mapped[str] = mapped_column(String(120), index=True, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("kind in ('country','landsdeel','region','circle')", name="kind"),)


class RegionArea(HasId, Model):
    """A piece of a region's area. `value`: a province, a municipality, a PC4 or PC4 range "5700-5709", or a BRIN+vestiging."""

    region_id: Mapped[int] = mapped_column(BigId, ForeignKey("region.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(80))
    __table_args__ = (
        UniqueConstraint("kind", "value"),  # one region decides
        CheckConstraint("kind in ('province','municipality','postcode','location')", name="kind"),
    )


class Network(HasId, Model):
    """A W&T, STO, Techkwadraat or Jet-Net & TechNet network; it sees and counts, it does not decide."""

    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class NetworkArea(HasId, Model):
    """A piece of a network's area, perhaps for some sectors only (empty: all)."""

    network_id: Mapped[int] = mapped_column(BigId, ForeignKey("network.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(80), index=True)
    sectors: Mapped[list[str]] = mapped_column(JSON, default=list)
    __table_args__ = (
        UniqueConstraint("network_id", "kind", "value"),
        CheckConstraint("kind in ('province','municipality','postcode','location')", name="kind"),
    )
