"""One region decides; networks only see."""

import pytest
from sqlalchemy import select

from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, RuleBroken
from techfinder.core.jobs import Job
from techfinder.core.permissions import ANYBODY, SYSTEM
from techfinder.regions import queries, service
from techfinder.regions.models import RegionArea
from tests import factories as f


@pytest.fixture
def land(app):
    return f.region("Nederland")


def test_the_most_specific_piece_of_area_decides(land):
    province, town, quarter = f.region("P", land), f.region("T", land), f.region("Q", land)
    with transaction() as s:
        s.add_all([RegionArea(region_id=province.id, kind="province", value="Noord-Brabant"),
                   RegionArea(region_id=town.id, kind="municipality", value="Helmond"),
                   RegionArea(region_id=quarter.id, kind="postcode", value="5700-5702")])
    assert queries.region_for("5701 AB", "Helmond", "Noord-Brabant").id == quarter.id
    assert queries.region_for("5703 AB", "Helmond", "Noord-Brabant").id == town.id
    assert queries.region_for("5611 AB", "Eindhoven", "Noord-Brabant").id == province.id
    assert queries.region_for("9711 AB", "Groningen", "Groningen").id == land.id


def test_moving_a_region_takes_everything_below_along(land):
    north, south = f.region("N", land), f.region("Z", land)
    town = f.region("T", north)
    street = f.region("S", town)
    with transaction():
        service.save_region(SYSTEM, town.id, name="T", slug=town.slug, kind="region", parent_id=south.id, area=[])
    assert queries.chain(street.id) == [street.id, town.id, south.id, land.id]
    assert queries.scope_ids(south.id) == {south.id, town.id, street.id}
    assert queries.scope_ids(north.id) == {north.id}


def test_a_piece_of_area_has_one_owner_and_an_edit_moves_organisations_later(land):
    one, two = f.region("A", land, municipality="Helmond"), f.region("B", land)
    with pytest.raises(RuleBroken, match="region.taken"), transaction():
        service.save_region(SYSTEM, two.id, name="B", slug=two.slug, kind="region", parent_id=land.id, area=[("municipality", "Helmond")])
    with transaction():
        service.save_region(SYSTEM, one.id, name="A", slug=one.slug, kind="region", parent_id=land.id, area=[])
    assert db.session.scalars(select(Job).where(Job.kind == "regions.edited")).one()


def test_only_an_administrator_edits(land):
    with pytest.raises(NotAllowed), transaction():
        service.save_region(ANYBODY, land.id, name="X", slug="x", kind="country", parent_id=None, area=[])


def test_a_network_sees_its_area_for_its_sectors(land):
    with transaction():
        service.save_network(SYSTEM, None, name="STO Peel", slug="sto-peel", kind="sto", ended_on=None, sectors=["vo"],
                             area=[("municipality", "Helmond"), ("postcode", "5751")])
    assert [n.slug for n in queries.networks_of("5701 AB", "Helmond", "Noord-Brabant", "vo")] == ["sto-peel"]
    assert queries.networks_of("5701 AB", "Helmond", "Noord-Brabant", "po") == []
    assert [n.slug for n in queries.networks_of("5751 AB", "Deurne", "Noord-Brabant", "vo")] == ["sto-peel"]
