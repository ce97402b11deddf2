"""Rows for tests, made the short way; each call is one committed use case and returns a row that was read afresh."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from techfinder.accounts.models import StaffPost, User
from techfinder.core.changes import log_change
from techfinder.core.db import db, transaction
from techfinder.core.permissions import Actor, Grant, Seat
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Membership, Organisation
from techfinder.regions.models import Region, RegionArea
from techfinder.support_requests.models import SupportRequest

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)
HELMOND = {"postcode": "5701 AB", "place": "Helmond", "municipality": "Helmond", "province": "Noord-Brabant", "lat": 51.4793, "lon": 5.6570}
GRONINGEN = {"postcode": "9711 AA", "place": "Groningen", "municipality": "Groningen", "province": "Groningen", "lat": 53.2167, "lon": 6.5667}


def _save(row: Any) -> Any:
    with transaction():
        db.session.add(row)
        db.session.flush()
        ident, model = row.id, type(row)
    return db.session.get(model, ident)


def region(name: str = "", parent: Region | None = None, municipality: str | None = None) -> Region:
    """A region below `parent`; without one, the country."""
    n = next(_numbers)
    row = _save(Region(parent_id=parent.id if parent else None, kind="region" if parent else "country",
                       name=name or f"Regio {n}", slug=f"regio-{n}"))
    with transaction():
        row = db.session.get(Region, row.id)
        row.path = (db.session.get(Region, parent.id).path if parent else "/") + f"{row.id}/"
        if municipality:
            db.session.add(RegionArea(region_id=row.id, kind="municipality", value=municipality))
    return db.session.get(Region, row.id)


def user(name: str = "Sam de Boer", **values: Any) -> User:
    """A person with a verified address."""
    n = next(_numbers)
    return _save(User(**{"email": f"persoon{n}@school{n}.example", "name": name, "created_at": AT, "email_verified_at": AT, **values}))


def organisation(kind: str, **values: Any) -> Organisation:
    """An approved organisation in Helmond."""
    n = next(_numbers)
    name = values.pop("name", f"{'School' if kind == 'school' else 'Bedrijf'} {n}")
    return _save(Organisation(**{
        "kind": kind, "state": "approved", "state_at": AT, "created_at": AT, "name": name, "name_key": name.lower(),
        "place_key": "helmond", **HELMOND, **values,
    }))  # fmt: skip


def school(**values: Any) -> Organisation:
    """A primary school."""
    return organisation("school", **{"sector": "po", "levels": 0b11111111, **values})


def company(**values: Any) -> Organisation:
    """A company that is not new."""
    return organisation("company", **{"offers_approved": 1, **values})


def member(of: Organisation, role: str = "owner", verified: bool = True, **values: Any) -> User:
    """A person with a place in an organisation."""
    person = user(**values)
    _save(Membership(user_id=person.id, organisation_id=of.id, role=role, created_at=AT, verified_at=AT if verified else None))
    return db.session.get(User, person.id)


def coordinator(of: Region, role: str = "coordinator", **values: Any) -> User:
    """A person with a post and a confirmed second factor."""
    person = user(**{"totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "totp_confirmed_at": AT, **values})
    _save(StaffPost(user_id=person.id, role=role, region_id=None if role == "administrator" else of.id, starts_on=date(2020, 1, 1)))
    return db.session.get(User, person.id)


def offer(of: Organisation, **values: Any) -> Offer:
    """A published guest lesson on robots, done from the company's own place within 30 km."""
    points = values.pop("points", None)
    row = Offer(**{
        "organisation_id": of.id, "state": "published", "state_at": AT, "created_at": AT, "published_at": AT, "kind": "guest_lesson",
        "title": "Bouw een robot", "summary": "Samen bouwen we een robot die een lijn volgt.", "activity": "Leerlingen programmeren.",
        "themes": ["robots"], "levels": 0b11000000, "duration_minutes": 90, "max_pupils": 30, "cost_cents": 0, **values,
    })  # fmt: skip
    row.points = points if points is not None else [
        StartingPoint(postcode=of.postcode, place=of.place, municipality=of.municipality, lat=of.lat, lon=of.lon, radius_km=30)
    ]
    saved = _save(row)
    with transaction():
        log_change("offer", saved.id)
    return db.session.get(Offer, saved.id)


def support_request(of: Organisation, author: User | None = None, **values: Any) -> SupportRequest:
    """An open, complete request for a lesson about robots."""
    saved = _save(SupportRequest(**{
        "organisation_id": of.id, "author_id": author.id if author else None, "state": "open", "state_at": AT, "created_at": AT,
        "published_at": AT, "title": "Een les over robots", "description": "Wij zoeken iemand die een robot laat zien.",
        "levels": 0b1000000, "pupils": 28, "period_from": date(2027, 3, 1), "period_until": date(2027, 3, 26), "postcode": of.postcode,
        "place": of.place, "lat": of.lat, "lon": of.lon, "region_id": of.region_id, **values,
    }))  # fmt: skip
    with transaction():
        log_change("support_request", saved.id)
    return db.session.get(SupportRequest, saved.id)


def actor_of(person: User) -> Actor:
    """The actor this person is when signed in with everything that is needed; as `accounts` and `organisations` build it."""
    seats = tuple(
        Seat("organisation", o.id, o.name, o.kind, m.role, m.verified_at is not None, o.state == "approved")
        for m, o in db.session.execute(
            select(Membership, Organisation).join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.user_id == person.id).order_by(Membership.id)
        )
    )
    grants = set()
    for post in db.session.scalars(select(StaffPost).where(StaffPost.user_id == person.id)):
        if post.role == "administrator":
            grants.add(Grant("administrator", "country"))
            continue
        top = db.session.get(Region, post.region_id)
        for below in db.session.scalars(select(Region.id).where(Region.path.startswith(top.path))):
            grants.add(Grant(post.role, "region", below))
    return Actor(person.id, person.name, person.email or "", "nl", True, frozenset(grants), seats)


def sign_in(client: FlaskClient, person: User, strong: bool = True) -> None:
    """Make this browser signed in as this person, without walking the pages."""
    with client.session_transaction() as session:
        session["_user_id"] = f"{person.id}.{person.epoch}"
        session["_fresh"] = True
        session["strong"] = strong and person.totp_confirmed_at is not None
