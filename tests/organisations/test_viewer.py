"""What templates know of whoever is looking."""

import pytest

from techfinder.core.db import transaction
from techfinder.core.permissions import ANYBODY, Actor
from techfinder.geo import postcodes
from techfinder.organisations.viewer import Viewer
from techfinder.regions.queries import region_finder, region_for
from techfinder.regions.service import seed
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("name", "email", "initials"),
    [("Marieke Jansen", "", "MJ"), ("Anna van der Berg-Smit", "", "AB"), ("Cher", "", "C"), ("", "m.jansen@school.nl", "MJ"), ("(x) -", "", ""), ("", "", "")],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, email, initials):
    assert Viewer(Actor(1, name, email)).initials == initials


def test_a_visitor_has_nothing_and_asks_nothing():
    viewer = Viewer(ANYBODY)
    assert (viewer.signed_in, viewer.organisations, viewer.regions, viewer.school_member, viewer.is_staff) == (False, (), (), False, False)


def test_a_member_of_a_school_and_a_company_is_both():
    person = factories.member(factories.school(name="De Beer"))
    assert Viewer(factories.actor_of(person)).school_member and not Viewer(factories.actor_of(person)).company_member


def test_staff_see_the_regions_of_their_posts_and_not_those_below():
    country = factories.region()
    part = factories.region(parent=country)
    factories.region(parent=part)
    assert [r.id for r in Viewer(factories.actor_of(factories.coordinator(part))).regions] == [part.id]
    assert [r.id for r in Viewer(factories.actor_of(factories.coordinator(country, role="administrator"))).regions] == [country.id]


def test_regions_for_thousands_are_the_regions_for_one():
    with transaction():
        seed()
    find = region_finder()
    for place in postcodes()[::97]:
        one = region_for(place.postcode, place.municipality, place.province, None)
        assert find(place.postcode, place.municipality, place.province, None) == one.id
