"""The regions and networks that a new installation begins with."""

import json
from importlib import resources

import pytest

from techfinder import geo
from techfinder.core.db import transaction
from techfinder.regions import queries, service

SEED = json.loads(resources.files("techfinder.regions").joinpath("data", "regions.json").read_text(encoding="utf-8"))
REGIONS = {region["slug"]: region for region in SEED["regions"]}
LANDSDELEN = [slug for slug, region in REGIONS.items() if region["kind"] == "landsdeel"]


def municipalities_of(area):
    """Which municipalities an area covers, one entry for each time it does."""
    covered = []
    for part in area:
        if part["kind"] == "province":
            covered += [name for name in geo.municipalities() if geo.province_of(name) == part["value"]]
        else:
            covered.append(part["value"])
    return covered


def test_the_tree_is_country_then_five_landsdelen_then_regions():
    assert [r["slug"] for r in SEED["regions"] if r["parent"] is None] == ["nederland"]
    assert len(LANDSDELEN) == 5
    parent_kind = {"landsdeel": "country", "region": "landsdeel"}
    for region in SEED["regions"]:
        if region["parent"]:
            assert REGIONS[region["parent"]]["kind"] == parent_kind[region["kind"]]


def test_the_landsdelen_divide_the_provinces():
    assert sorted(name for slug in LANDSDELEN for name in REGIONS[slug]["provinces"]) == sorted(geo.provinces())


@pytest.mark.parametrize("landsdeel", LANDSDELEN)
def test_the_regions_of_a_landsdeel_cover_each_of_its_municipalities_once(landsdeel):
    children = [region for region in SEED["regions"] if region["parent"] == landsdeel]
    covered = [name for region in children for name in municipalities_of(region["area"])]
    provinces = REGIONS[landsdeel]["provinces"]
    assert sorted(covered) == sorted(name for name in geo.municipalities() if geo.province_of(name) in provinces)


def test_a_piece_of_area_belongs_to_one_region():
    pieces = [(part["kind"], part["value"]) for region in SEED["regions"] for part in region["area"]]
    assert len(set(pieces)) == len(pieces)


def test_seeding_puts_every_municipality_under_its_region_and_is_done_once(app):
    with transaction():
        assert service.seed() == len(SEED["regions"]) + len(SEED["networks"])
        assert service.seed() == 0
    for name in geo.municipalities():
        code = geo.postcodes_of(name)[0]
        region = queries.region_for(code, name, geo.province_of(name))
        parts = REGIONS[region.slug]["area"]
        assert region.kind == "region" and name in municipalities_of(parts)
        landsdeel = REGIONS[REGIONS[region.slug]["parent"]]
        assert geo.province_of(name) in landsdeel["provinces"]


def test_every_name_in_an_area_is_spelled_as_the_gazetteer_spells_it():
    names = {"province": geo.provinces(), "municipality": geo.municipalities()}
    for owner in SEED["regions"] + SEED["networks"]:
        for part in owner["area"]:
            assert part["value"] in names[part["kind"]], (owner["slug"], part)


def test_slugs_are_unique_and_ended_networks_say_when():
    for owners in (SEED["regions"], SEED["networks"]):
        assert len({owner["slug"] for owner in owners}) == len(owners)
    assert {n["slug"]: n["ended"] for n in SEED["networks"] if n["ended"]} == {"betapunt-noord": 2020}
    assert {n["kind"] for n in SEED["networks"]} == {"wt", "sto", "techkwadraat", "jet_net"}
