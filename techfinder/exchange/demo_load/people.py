"""Users, memberships and staff posts."""

from typing import Any

from sqlalchemy import select

from techfinder.accounts.models import StaffPost, User
from techfinder.accounts.passwords import hash_password
from techfinder.core.clock import today
from techfinder.core.db import db
from techfinder.exchange.demo_load.hint import DEMO_PASSWORD, DEMO_TOTP_SECRET
from techfinder.exchange.demo_load.world import World, read, spread
from techfinder.organisations.models import Membership
from techfinder.regions.models import Network, Region

UNKNOWN_DOMAIN = "postvak.example"  # vouches for nobody, so these members wait for the coordinator
# Who is offered first on the page for signing in: schools and companies where something is going on.
SHOWN_FIRST = ("anke-dijkema", "tineke-drenth", "lies-boonstra", "derk-wiersema")
FOUNDED_DAYS = (380, 500)  # how long ago most accounts were made


def load_people(world: World) -> None:
    """Everybody gets the demo password; staff have a confirmed second factor as well."""
    password = hash_password(DEMO_PASSWORD)
    rows = [_staff(world, person, password) for person in read("people")]
    groups = [*read("schools"), *read("companies")]
    seats = [(member, group) for group in groups for member in group["members"]]
    seats.sort(key=lambda seat: SHOWN_FIRST.index(seat[0]["key"]) if seat[0]["key"] in SHOWN_FIRST else len(SHOWN_FIRST))
    for member, group in seats:
        verified = member.get("verified", True)
        email = f"{member['key']}@{group['website'] if verified else UNKNOWN_DOMAIN}"
        rows.append(_user(world, member["key"], member["name"], email, password))
    world.save(*rows)
    _posts(world)


def _user(world: World, key: str, name: str, email: str, password: str) -> User:
    made = world.ago(spread(key, *FOUNDED_DAYS))
    world.users[key] = User(
        email=email, name=name, email_verified_at=made, password_hash=password, created_at=made,
        last_seen_at=world.ago(spread(key + "seen", 0.1, 9)), is_demo=True,
    )  # fmt: skip
    return world.users[key]


def _staff(world: World, person: dict[str, Any], password: str) -> User:
    row = _user(world, person["key"], person["name"], person["email"], password)
    row.totp_secret, row.totp_confirmed_at = DEMO_TOTP_SECRET, row.created_at
    return row


def _posts(world: World) -> None:
    regions = {row.slug: row.id for row in db.session.scalars(select(Region))}
    networks = {row.slug: row.id for row in db.session.scalars(select(Network))}
    world.save(*(
        StaffPost(
            user_id=world.users[person["key"]].id, role=post["role"],
            region_id=None if post["role"] == "administrator" else regions.get(post["region"]),
            network_id=networks.get(post["network"]),
            starts_on=today(world.ago(400)), ends_on=world.day(post["until"]),
        )
        for person in read("people") for post in person["posts"]
    ))  # fmt: skip


def load_members(world: World, group: dict[str, Any]) -> list[Membership]:
    """The places of this organisation's people; owners and those with the school's address are verified."""
    organisation, found = world.organisations[group["key"]], []
    for member in group["members"]:
        user, verified = world.users[member["key"]], member.get("verified", True)
        if organisation.state == "pending":  # who registered it came with it
            user.created_at = user.email_verified_at = organisation.created_at
        joined = max(user.created_at, organisation.created_at)
        world.members[member["key"]] = Membership(
            user_id=user.id, organisation_id=organisation.id, role=member["role"], job_title=member["function"][:80],
            created_at=joined, verified_at=joined if verified else None, verified_by="demo" if verified else "",
        )  # fmt: skip
        found.append(world.members[member["key"]])
    return found
