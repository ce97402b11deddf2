"""Signing in by mailed link and by password, through the pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import func, select

from techfinder.accounts import limits, passwords, tokens
from techfinder.accounts.models import Token, User
from techfinder.accounts.passwords import hash_password
from techfinder.accounts.views import sign_in as views
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.web import actor
from tests import factories
from tests.accounts.mails import link_in, mails

ASK, PASSWORD = "/account/inloggen", "/account/inloggen/wachtwoord"
SECRET = "paarse kachel zingt"


def ask_link(client, person, **more):
    assert client.post(ASK, data={"email": person.email, **more}).status_code == 200
    return link_in(mails(person.email)[-1])


def signed_in_as(client) -> int | None:
    with client.session_transaction() as session:
        return int(session["_user_id"].partition(".")[0]) if "_user_id" in session else None


def test_a_mailed_link_signs_in_once(client):
    person = factories.user()
    link = ask_link(client, person)
    assert client.post(link).status_code == 302 and signed_in_as(client) == person.id
    other = client.application.test_client()
    assert other.post(link).status_code == 410 and signed_in_as(other) is None


def test_a_link_says_so_when_somebody_else_is_signed_in_and_when_it_is_no_longer_needed(client):
    me, other = factories.user(name="Ria Test"), factories.user(name="Anke Dijkema")
    link = ask_link(client, me)
    assert "Je bent in deze browser ingelogd als" not in client.get(link).text
    factories.sign_in(client, other)
    assert "Je bent in deze browser ingelogd als Anke Dijkema" in client.get(link).text
    client.post(link)
    again = client.get(link)
    assert again.status_code == 410 and "Je bent al ingelogd als Ria Test" in again.text and ASK not in again.text


def test_opening_a_link_changes_nothing(client):
    person = factories.user(email_verified_at=None)
    link = ask_link(client, person)
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200 and person.email in page.text
        client.head(link)
    assert signed_in_as(client) is None
    db.session.expire_all()
    assert db.session.scalars(select(Token)).one().used_at is None and person.email_verified_at is None
    assert client.post(link).status_code == 302
    db.session.expire_all()
    assert person.email_verified_at is not None


def test_a_link_ends_after_a_quarter_of_an_hour(client, monkeypatch):
    person = factories.user()
    link = ask_link(client, person)
    later = datetime.now(UTC) + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(views, "now", lambda: later)
    assert client.get(link).status_code == 410
    page = client.post(link)
    assert page.status_code == 410 and ASK in page.text


def test_an_unknown_a_used_and_an_expired_link_answer_alike(client):
    person = factories.user()
    used = ask_link(client, person)
    client.post(used)
    client.post("/account/uitloggen")
    with transaction():
        old = tokens.issue("sign_in", person.email, user_id=person.id, lifetime=timedelta(seconds=-1))
        other = tokens.issue("reset_password", person.email, user_id=person.id)
    client.get(ASK)  # takes the flash away
    pages = [client.get(path) for path in (used, "/account/link/nooitgemaakt", f"/account/link/{old}", f"/account/link/{other}")]
    assert {p.status_code for p in pages} == {410} and len({without_nonces(p.text) for p in pages}) == 1


def without_nonces(text: str) -> str:
    """A page without what differs from answer to answer: nonces, tokens (which hold the second they were made in) and its address."""
    text = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|name="next" value="[^"]*"', "", text)
    return re.sub(r"<span>http://localhost[^<]*</span>", "", text)


def test_the_answer_does_not_tell_whether_an_account_exists(client):
    person = factories.user()
    blocked = factories.user(blocked_at=factories.AT)
    pages = []
    for email in (person.email, "niemand@school.example", blocked.email):
        page = client.post(ASK, data={"email": email})
        pages.append((page.status_code, without_nonces(page.text).replace(email, "…")))
        assert len(mails(email)) == 1  # as much work in each case
    assert len(set(pages)) == 1
    assert not db.session.scalar(select(func.count()).select_from(Token).where(Token.user_id != person.id))


def test_a_wrong_password_an_unknown_account_and_a_blocked_one_answer_alike(client):
    person = factories.user(password_hash=hash_password(SECRET))
    blocked = factories.user(password_hash=hash_password(SECRET), blocked_at=factories.AT)
    pages = set()
    for email, password in ((person.email, "x"), ("niemand@school.example", SECRET), (blocked.email, SECRET)):
        page = client.post(PASSWORD, data={"email": email, "password": password})
        pages.add((page.status_code, without_nonces(page.text).replace(email, "…")))
    assert len(pages) == 1 and signed_in_as(client) is None
    assert client.post(PASSWORD, data={"email": person.email.upper(), "password": SECRET}).status_code == 302
    assert signed_in_as(client) == person.id


def test_an_unknown_account_takes_the_same_hashing_as_a_known_one(client, monkeypatch):
    person = factories.user(password_hash=hash_password(SECRET))
    without = factories.user()
    checked = []

    class Recording:
        def verify(self, stored, password):
            checked.append(extract_parameters(stored))
            return real.verify(stored, password)

    real = passwords._hasher
    passwords._nobodys_hash()
    monkeypatch.setattr(passwords, "_hasher", Recording())
    for email in (person.email, without.email, "niemand@school.example"):
        client.post(PASSWORD, data={"email": email, "password": "fout"})
    assert len(checked) == 3 and checked[0] == checked[1] == checked[2]


@pytest.mark.parametrize("path, what", [(ASK, "link"), (PASSWORD, "password")])
def test_too_many_attempts_on_one_account_must_wait_and_are_told_until_when(client, path, what):
    person = factories.user(password_hash=hash_password(SECRET))
    for _ in range(limits.PER_ACCOUNT[what]):
        client.post(path, data={"email": person.email, "password": "fout"})
    before = len(mails(person.email))
    page = client.post(path, data={"email": person.email, "password": SECRET})
    assert page.status_code == 422 and "te vaak geprobeerd. Vanaf" in page.text
    assert len(mails(person.email)) == before and signed_in_as(client) is None


def test_another_way_of_writing_an_address_is_the_same_account(client):
    person = factories.user(email="sam@school.example")
    ways = ["sam@school.example", "SAM@school.example", " sam@school.example ", "sam@SCHOOL.example", "Sam@School.Example", "sam@ｓchool.example"]
    for way in ways[: limits.PER_ACCOUNT["link"]]:
        assert client.post(ASK, data={"email": way}).status_code == 200
    assert client.post(ASK, data={"email": ways[-1]}).status_code == 422
    assert len(mails(person.email)) == limits.PER_ACCOUNT["link"]


def test_one_internet_address_cannot_try_all_accounts(app):
    at = datetime.now(UTC)
    for n in range(limits.PER_ADDRESS["link"]):
        limits.check_limits("link", f"a{n}@school.example", "192.0.2.1", at)
    with pytest.raises(RuleBroken, match="too_often"):
        limits.check_limits("link", "nieuw@school.example", "192.0.2.1", at)
    limits.check_limits("link", "nieuw@school.example", "192.0.2.1", at + limits.WINDOW + timedelta(seconds=1))
    limits.check_limits("link", "ander@school.example", "192.0.2.2", at)


@pytest.mark.parametrize("target", ["https://kwaad.example/", "//kwaad.example", "/\\kwaad.example", "http:kwaad", "\thttps://kwaad.example"])
def test_next_leads_to_our_own_pages_only(client, target):
    person = factories.user()
    link = ask_link(client, person, next=target)
    answer = client.post(link)
    assert answer.headers["Location"] == "/account/verder"
    assert client.get(ASK, query_string={"next": target}).headers["Location"] == "/account/verder"


def test_next_leads_back_to_where_somebody_was(client):
    link = ask_link(client, factories.user(), next="/aanvragen/5?stap=2")
    assert client.post(link).headers["Location"] == "/aanvragen/5?stap=2"


def test_a_link_from_before_a_new_address_does_not_work(client):
    person = factories.user()
    link = ask_link(client, person)
    with transaction():
        db.session.get(User, person.id).email = "nieuw@school.example"
    assert client.post(link).status_code == 410


@pytest.mark.parametrize("change", [{"epoch": 7}, {"blocked_at": factories.AT}, {"erased_at": factories.AT}])
def test_a_session_ends_when_its_epoch_passed_or_its_owner_is_gone(client, app, change):
    person = factories.user()
    factories.sign_in(client, person)
    assert client.get("/account/verder").headers["Location"] != "/account/inloggen?next=/account/verder"
    with transaction():
        for name, value in change.items():
            setattr(db.session.get(User, person.id), name, value)
    assert client.get("/account/verder").headers["Location"].startswith("/account/inloggen")


def test_signing_in_needs_its_token(app):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        browser = app.test_client()
        person = factories.user()
        browser.post(ASK, data={"email": person.email})
        assert mails(person.email) == []
        page = browser.get(ASK).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        assert browser.post(ASK, data={"email": person.email, "csrf_token": token}).status_code == 200
        assert len(mails(person.email)) == 1
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_post_counts_until_its_last_day_and_for_every_region_below(client, app):
    country = factories.region()
    south = factories.region(parent=country)
    below = factories.region(parent=south)
    person = factories.coordinator(south)
    factories.sign_in(client, person)
    with client:
        client.get("/account/inloggen")
        assert actor().scope_ids("coordinator", "region") == {south.id, below.id}
    with transaction():
        post = db.session.scalars(select(factories.StaffPost).where(factories.StaffPost.user_id == person.id)).one()
        post.ends_on = (datetime.now(UTC) - timedelta(days=2)).date()
    with client:
        client.get("/account/inloggen")
        assert actor().signed_in and not actor().grants
