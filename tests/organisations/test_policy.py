"""What is visible is the same for a row and for a list; who decides, edits and manages."""

import pytest

from techfinder.core.db import db
from techfinder.core.permissions import ANYBODY
from techfinder.organisations.domains import as_url, colleague_vouches, host_of, registrable, website_vouches
from techfinder.organisations.models import STATES, Organisation
from techfinder.organisations.policy import (
    can_decide_organisation,
    can_edit_organisation,
    can_invite,
    can_manage_members,
    can_see_members,
    can_see_organisation,
    visible_organisations,
)
from techfinder.organisations.rules import TRANSITIONS
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def test_the_list_and_the_row_agree_on_what_is_visible():
    country = factories.region()
    here, there = factories.region(parent=country), factories.region(parent=country)
    rows = [factories.company(state=state, region_id=r.id) for state in STATES for r in (here, there)]
    people = [
        factories.member(rows[0], verified=False), factories.member(rows[2]), factories.coordinator(here), factories.coordinator(country),
        factories.coordinator(here, role="reader"), factories.coordinator(country, role="administrator"),
    ]  # fmt: skip
    for actor in [ANYBODY, *map(factories.actor_of, people)]:
        listed = {o.id for o in db.session.scalars(visible_organisations(actor))}
        assert listed == {o.id for o in db.session.scalars(db.select(Organisation)) if can_see_organisation(actor, o)}
    seen = len(db.session.scalars(visible_organisations(factories.actor_of(people[2]))).all())
    assert seen == 5 + 1, "all of the own region and what is public elsewhere"


def test_a_coordinator_decides_here_and_below_and_nowhere_else():
    country = factories.region()
    here, there = factories.region(parent=country), factories.region(parent=country)
    row = factories.company(region_id=here.id)
    can = {
        name: can_decide_organisation(factories.actor_of(who), row)
        for name, who in {
            "here": factories.coordinator(here), "above": factories.coordinator(country), "there": factories.coordinator(there),
            "reader": factories.coordinator(here, role="reader"), "owner": factories.member(row),
        }.items()
    }  # fmt: skip
    assert can == {"here": True, "above": True, "there": False, "reader": False, "owner": False}


@pytest.mark.parametrize(
    ("state", "role", "verified", "edits", "invites", "manages"),
    [
        ("approved", "owner", True, True, True, True),
        ("approved", "member", True, True, True, False),
        ("approved", "member", False, False, False, False),
        ("pending", "owner", False, True, False, False),
        ("returned", "owner", True, True, True, True),
        ("blocked", "owner", True, False, False, True),
        ("rejected", "owner", True, False, False, True),
    ],
)
def test_what_a_member_may_do_depends_on_being_vouched_for(state, role, verified, edits, invites, manages):
    row = factories.school(state=state)
    actor = factories.actor_of(factories.member(row, role=role, verified=verified))
    assert (can_edit_organisation(actor, row), can_invite(actor, row), can_manage_members(actor, row)) == (edits, invites, manages)
    assert can_see_members(actor, row) == (verified or role == "owner")


def test_states_are_reached_only_by_the_steps_of_the_picture():
    assert {(a, b) for (a, _), b in TRANSITIONS.items()} == {
        ("pending", "approved"), ("pending", "returned"), ("pending", "rejected"), ("returned", "pending"),
        ("approved", "blocked"), ("blocked", "approved"), ("approved", "pending"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("email", "website", "vouches"),
    [
        ("m.jansen@kleinebeer.nl", "https://www.kleinebeer.nl/team", True),
        ("M@mail.KleineBeer.nl", "kleinebeer.nl", True),
        ("m@kleinebeer.nl", "www.anders.nl, www.kleinebeer.nl", False),
        ("m@gmail.com", "www.gmail.com", False),
        ("m@ziggo.nl", "https://school.ziggo.nl", False),
        ("m@jouwweb.nl", "school.jouwweb.nl", False),
        ("123@leerling.kleinebeer.nl", "kleinebeer.nl", False),
        ("m@anders.nl", "", False),
        ("m@kleinebeer.nl.evil.example", "kleinebeer.nl", False),
        ("m@evilkleinebeer.nl", "kleinebeer.nl", False),
        ("m@een.co.uk", "twee.co.uk", False),
        ("m@192.168.0.1", "http://192.168.0.1", False),
        ("geen adres", "kleinebeer.nl", False),
    ],
)
def test_only_the_schools_own_domain_vouches(email, website, vouches):
    assert website_vouches(email, website) is vouches


def test_a_colleague_at_a_shared_domain_vouches_for_nobody():
    assert colleague_vouches("a@stichting.nl", ["b@gmail.com", "c@post.stichting.nl"])
    assert not colleague_vouches("a@gmail.com", ["b@gmail.com"]) and not colleague_vouches("a@stichting.nl", [])


def test_websites_are_read_as_people_write_them():
    assert host_of("www.landstede.nl/voortgezetonderwijs") == "www.landstede.nl" and host_of("http://[") == ""
    assert registrable("a.b.nl") == "b.nl" and registrable("localhost") is None
    assert as_url("www.school.nl") == "https://www.school.nl" and as_url("") == ""
    assert as_url("javascript:alert(1)") is None and as_url("https://a@school.nl") is None and as_url("geen website") is None
