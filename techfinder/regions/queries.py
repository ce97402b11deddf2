"""Which region decides, who is above and below, which networks see."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import Select, and_, or_, select

from techfinder.core.db import db
from techfinder.regions.models import Network, NetworkArea, Region, RegionArea
from techfinder.regions.rules import Whereabouts, covers


def _pieces(model: type[RegionArea] | type[NetworkArea], where: Whereabouts):  # type: ignore[no-untyped-def]
    """A condition for the area rows that may cover this place; `covers` has the last word."""
    return or_(
        and_(model.kind == "location", model.value == (where.location or "-")),
        and_(model.kind == "municipality", model.value == (where.municipality or "-")),
        and_(model.kind == "province", model.value == (where.province or "-")),
        and_(model.kind == "postcode", or_(model.value == (where.postcode[:4] or "-"), model.value.like("%-%"))),
    )


def region_for(
    postcode: str | None = None, municipality: str | None = None, province: str | None = None, brin: str | None = None
) -> Region | None:
    """The one region that decides about this place: the most specific piece of area wins; else the top of the tree."""
    where = Whereabouts(postcode or "", municipality or "", province or "", brin or "")
    rows = db.session.execute(
        select(RegionArea.kind, RegionArea.value, Region).join(Region, Region.id == RegionArea.region_id)
        .where(_pieces(RegionArea, where))
    ).all()
    best = _most_specific([(k, v, r) for k, v, r in rows], where)
    return best or db.session.scalars(_top()).first()


def _top() -> Select[Region]:
    return select(Region).where(Region.parent_id.is_(None)).order_by(Region.id)


def _most_specific(pieces: Iterable[tuple[str, str, Region]], where: Whereabouts) -> Region | None:
    best = max(((covers(k, v, where), len(r.path), r.id, r) for k, v, r in pieces), default=None, key=lambda t: t[:3])
    return best[3] if best is not None and best[0] > 0 else None


def region_finder() -> Callable[[str | None, str, str, str | None], int | None]:
    """`region_for` for thousands of places at once: reads all areas now, then answers (…, brin) → region id without a query."""
    rows = db.session.execute(
        select(RegionArea.kind, RegionArea.value, Region).join(Region, Region.id == RegionArea.region_id)
    ).all()
    by_value: dict[tuple[str, str], list[tuple[str, str, Region]]] = defaultdict(list)
    ranges: list[tuple[str, str, Region]] = []
    for kind, value, region in rows:
        (ranges if kind == "postcode" and "-" in value else by_value[(kind, value)]).append((kind, value, region))
    top = db.session.scalars(_top()).first()

    def find(postcode: str | None, municipality: str, province: str, brin: str | None) -> int | None:
        where = Whereabouts(postcode or "", municipality, province, brin or "")
        keys = (
            ("location", brin or "-"), ("municipality", municipality), ("province", province), ("postcode", where.postcode[:4])
        )
        best = _most_specific([*ranges, *(piece for key in keys for piece in by_value.get(key, ()))], where) or top
        return best.id if best else None

    return find


def networks_of(
    postcode: str | None, municipality: str | None, province: str | None, sector: str = "", brin: str | None = None,
    on: date | None = None,
) -> list[Network]:
    """The networks whose area covers this place, for this sector, that have not ended; by name."""
    where = Whereabouts(postcode or "", municipality or "", province or "", brin or "")
    rows = db.session.execute(
        select(NetworkArea, Network).join(Network, Network.id == NetworkArea.network_id).where(_pieces(NetworkArea, where))
    ).all()
    found = {
        n.id: n for area, n in rows
        if covers(area.kind, area.value, where) and (not area.sectors or not sector or sector in area.sectors)
        and (n.ended_on is None or on is None or n.ended_on > on)
    }  # fmt: skip
    return sorted(found.values(), key=lambda n: n.name)


def chain(region_id: int | None) -> list[int]:
    """This region and all above it, nearest first."""
    path = db.session.scalar(select(Region.path).where(Region.id == region_id)) if region_id else None
    return [int(p) for p in reversed(path.split("/")) if p] if path else []


def scope_ids(region_id: int) -> set[int]:
    """This region and all below it."""
    path = db.session.scalar(select(Region.path).where(Region.id == region_id))
    if not path:
        return set()
    return set(db.session.scalars(select(Region.id).where(Region.path.startswith(path, autoescape=True))))


def region_by_slug(slug: str) -> Region | None:
    """The region with this slug."""
    return db.session.scalars(select(Region).where(Region.slug == slug)).one_or_none()


def tree() -> list[Region]:
    """All regions, parents before children, siblings by name."""
    regions = db.session.scalars(select(Region)).all()
    names = {r.id: r.name for r in regions}
    return sorted(regions, key=lambda r: [names.get(int(p), "") for p in r.path.split("/") if p])
