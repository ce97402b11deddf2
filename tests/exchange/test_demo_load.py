"""The demo: loaded once, in states that the rules allow, and found by the engine."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import selectinload

from techfinder.accounts.models import StaffPost, User
from techfinder.accounts.passwords import password_fits
from techfinder.conversations import rules as talk
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.conversations.service.load import unanswered
from techfinder.core.clock import now
from techfinder.core.db import Model, db
from techfinder.exchange.demo_load import DEMO_PASSWORD, DEMO_TOTP_SECRET, Loaded, hint_lines, load
from techfinder.exchange.demo_load.world import World, years_on
from techfinder.moderation.models import Case, Flag
from techfinder.offers import rules as offer_rules
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Membership, Organisation
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest
from tests.conftest import bound_to

TABLES: tuple[type[Model], ...] = (
    User, StaffPost, Organisation, Membership, Offer, StartingPoint, SupportRequest, Conversation, Message, Participant, Case, Flag,
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(app: Flask) -> Iterator[tuple[Connection, Loaded]]:
    """The demo, loaded once for all tests here, in a transaction that is rolled back after the last."""
    with app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        with bound_to(connection):
            found = load()
        yield connection, found
        outer.rollback()


@pytest.fixture(autouse=True)
def savepoint(app: Flask, demo: tuple[Connection, Loaded]) -> Iterator[None]:
    """Instead of a transaction of its own, each test gets a savepoint over the demo."""
    with app.app_context(), bound_to(demo[0]):
        inner = demo[0].begin_nested()
        yield
        db.session.remove()
        inner.rollback()


@pytest.fixture
def loaded(demo: tuple[Connection, Loaded]) -> Loaded:
    """What the loading said."""
    return demo[1]


def counts() -> dict[str, int]:
    return {t.__name__: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES}


def test_loading_twice_changes_nothing(loaded: Loaded) -> None:
    before = counts()
    assert loaded.organisations >= 120 and loaded.offers >= 180 and loaded.requests >= 80
    assert load() == Loaded()
    assert load(if_empty=True) == Loaded()
    assert counts() == before


def test_every_role_is_there_and_everybody_has_the_password(loaded: Loaded) -> None:
    assert set(db.session.scalars(select(StaffPost.role))) == {"administrator", "coordinator", "reader"}
    staff = db.session.scalars(select(User).join(StaffPost, StaffPost.user_id == User.id)).all()
    assert {user.totp_secret for user in staff} == {DEMO_TOTP_SECRET}
    assert all(user.totp_confirmed_at for user in staff)
    hashes = set(db.session.scalars(select(User.password_hash)))
    assert len(hashes) == 1 and password_fits(hashes.pop(), DEMO_PASSWORD)
    roles = db.session.execute(
        select(Organisation.kind, Membership.role).join(Organisation, Organisation.id == Membership.organisation_id).distinct()
    )
    assert {(kind, role) for kind, role in roles} == {(k, r) for k in ("school", "company") for r in ("owner", "member")}


@pytest.mark.parametrize("kind", ["school", "company"])
def test_a_member_signs_in_with_the_password(loaded: Loaded, client: FlaskClient, kind: str) -> None:
    email = db.session.scalar(
        select(User.email).join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id).where(Organisation.kind == kind).limit(1)
    )
    answer = client.post("/account/inloggen/wachtwoord", data={"email": email, "password": DEMO_PASSWORD})
    assert answer.status_code == 302
    with client.session_transaction() as session:
        assert session["_user_id"]


def test_the_hint_names_people_of_four_kinds(loaded: Loaded, app: Flask) -> None:
    with app.test_request_context():
        text = "\n".join(hint_lines("http://localhost:8000", now()))
        assert "/tmp/mail" in "\n".join(hint_lines("http://localhost:8000", now(), mails="/tmp/mail"))
        outside_demo_mode = "\n".join(hint_lines("http://localhost:8000", now(), demo=False))
    assert "http://localhost:8000" in text and DEMO_PASSWORD in text and DEMO_TOTP_SECRET in text
    assert text.count("@") == 4
    assert DEMO_PASSWORD not in outside_demo_mode and "@" not in outside_demo_mode


def test_everything_public_could_have_become_so(loaded: Loaded) -> None:
    offers = db.session.execute(
        select(Offer, Organisation).join(Organisation, Organisation.id == Offer.organisation_id)
        .where(Offer.state == "published").options(selectinload(Offer.points))
    ).all()
    assert len(offers) >= 180
    for offer, company in offers:
        assert offer_rules.gaps(offer) == (), offer.title
        assert company.state == "approved" and company.offers_approved > 0
        assert offer.published_at and company.created_at < offer.published_at <= now()
    for request in db.session.scalars(select(SupportRequest).where(SupportRequest.state != "draft")):
        assert request_rules.missing(request) == (), request.title
        assert request.published_at and request.region_id


def test_conversations_stand_where_their_messages_brought_them(loaded: Loaded) -> None:
    rows = db.session.scalars(select(Conversation)).all()
    assert {row.state for row in rows} == {talk.WAITING, talk.OPEN, talk.DECLINED, talk.CLOSED}
    for row in rows:
        offer = db.session.get_one(Offer, row.offer_id)
        assert offer.published_at and offer.published_at < row.started_at <= row.last_message_at <= now()
        assert (row.first_reply_at is None) == (row.state == talk.WAITING)
        assert (row.due_at is None) == (row.asked_at is None or row.state != talk.WAITING)
    assert any(row.asked_at is None for row in rows), "a message waits for the coordinator"


def test_companies_hold_as_many_requests_as_their_conversations_say(loaded: Loaded) -> None:
    companies = db.session.scalars(select(Organisation).where(Organisation.kind == "company")).all()
    for company in companies:
        assert company.open_requests == len(unanswered(company.id, now()))
        assert company.open_requests <= company.max_open_requests
    assert any(company.open_requests for company in companies)
    full = select(Organisation.id).where(Organisation.full_until > now())
    assert db.session.scalars(full).all(), "somebody is full, to show what that looks like"


def test_the_queue_is_filled_with_all_kinds_of_all_ages(loaded: Loaded) -> None:
    waiting = db.session.scalars(select(Case).where(Case.open_key.is_not(None))).all()
    assert {case.reason for case in waiting} == {"new_organisation", "first_offer", "unverified_member", "flag"}
    ages = sorted(now() - case.opened_at for case in waiting)
    assert len(waiting) >= 20 and ages[0] < timedelta(days=2) and ages[-1] > timedelta(days=5)
    assert all(case.region_id and case.organisation_id for case in waiting)
    decided = db.session.scalars(select(Case).where(Case.open_key.is_(None))).all()
    assert {case.decision for case in decided} == {"approved", "returned"}
    assert all(case.decided_at and case.opened_at < case.decided_at <= now() for case in decided)


def test_personal_starting_points_do_not_show_the_house(loaded: Loaded) -> None:
    personal = db.session.scalars(select(StartingPoint).where(StartingPoint.personal)).all()
    shared = {(p.lat, p.lon): p.municipality for p in personal}
    assert personal and len(shared) == len({p.municipality for p in personal})


@pytest.mark.parametrize(
    ("today", "years"), [((2026, 11, 21), 0), ((2027, 2, 28), 0), ((2027, 3, 1), 1), ((2025, 10, 1), -1), ((2031, 12, 1), 5)]
)
def test_dates_move_along_in_whole_years(today: tuple[int, int, int], years: int) -> None:
    assert years_on(date(*today)) == years
    assert World(datetime(*today, 12, tzinfo=UTC)).day("2027-04-02") == date(2027 + years, 4, 2)
