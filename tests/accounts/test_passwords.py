"""Passwords: forgotten, set, changed, removed; and what they may be."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from techfinder.accounts import rules
from techfinder.accounts.models import User
from techfinder.accounts.passwords import hash_password, password_fits
from techfinder.accounts.views import credentials as views
from techfinder.core.db import db
from techfinder.core.errors import RuleBroken
from techfinder.core.resume import KeptPost
from tests import factories
from tests.accounts.mails import link_in, mails
from tests.accounts.test_account import EMAIL
from tests.accounts.test_sign_in import PASSWORD as SIGN_IN
from tests.accounts.test_sign_in import SECRET, ask_link, signed_in_as, without_nonces

FORGOTTEN, MINE = "/account/wachtwoord-vergeten", "/account/wachtwoord"
NEW = "drie groene kachels"


def has_password(person, password) -> bool:
    db.session.expire_all()
    return password_fits(db.session.get(User, person.id).password_hash, password)


def ask_reset(client, person) -> str:
    client.post(FORGOTTEN, data={"email": person.email})
    return link_in(mails(person.email, "accounts/reset_password")[-1])


def test_a_forgotten_password_is_replaced_once_and_ends_all_sessions(client):
    person = factories.user(password_hash=hash_password(SECRET))
    elsewhere = client.application.test_client()
    factories.sign_in(elsewhere, person)
    link = ask_reset(client, person)
    assert client.get(link).status_code == 200 and has_password(person, SECRET)
    assert client.post(link, data={"new_password": "kort"}).status_code == 422
    assert client.post(link, data={"new_password": NEW}).status_code == 302
    assert has_password(person, NEW) and signed_in_as(client) == person.id
    assert elsewhere.get("/account").status_code == 302
    assert client.get(link).status_code == 410 and client.post(link, data={"new_password": SECRET}).status_code == 410
    assert has_password(person, NEW) and mails(person.email, "accounts/password_changed")


def test_a_reset_link_ends_after_half_an_hour(client, monkeypatch):
    link = ask_reset(client, factories.user())
    monkeypatch.setattr(views, "now", lambda: datetime.now(UTC) + timedelta(minutes=30, seconds=1))
    assert client.get(link).status_code == 410 and client.post(link, data={"new_password": NEW}).status_code == 410


def test_a_reset_ends_links_that_were_mailed_before(client):
    person = factories.user()
    sign_in, reset, second = ask_link(client, person), ask_reset(client, person), ask_reset(client, person)
    client.post(reset, data={"new_password": NEW})
    assert client.get(sign_in).status_code == 410 and client.get(second).status_code == 410


def test_asking_for_a_reset_does_not_tell_whether_an_account_exists(client):
    person = factories.user()
    pages = set()
    for email in (person.email, "niemand@school.example"):
        page = client.post(FORGOTTEN, data={"email": email})
        pages.add((page.status_code, without_nonces(page.text).replace(email, "…")))
        assert len(mails(email)) == 1
    assert len(pages) == 1


def test_a_new_password_ends_other_sessions_but_not_this_one(client):
    person = factories.user(password_hash=hash_password(SECRET))
    factories.sign_in(client, person)
    elsewhere = client.application.test_client()
    factories.sign_in(elsewhere, person)
    wrong = client.post(MINE, data={"nieuw-current_password": "mis", "nieuw-new_password": NEW})
    assert wrong.status_code == 422 and has_password(person, SECRET)
    assert client.post(MINE, data={"nieuw-current_password": SECRET, "nieuw-new_password": NEW}).status_code == 302
    assert has_password(person, NEW)
    assert client.get("/account").status_code == 200 and elsewhere.get("/account").status_code == 302


def test_a_password_can_go_again(client):
    person = factories.user(password_hash=hash_password(SECRET))
    factories.sign_in(client, person)
    assert client.post(MINE + "/weg", data={"weg-current_password": "mis"}).status_code == 422
    assert client.post(MINE + "/weg", data={"weg-current_password": SECRET}).status_code == 302
    db.session.expire_all()
    assert db.session.get(User, person.id).password_hash is None and client.get("/account").status_code == 200


@pytest.mark.parametrize("path, field", [
    (MINE, "nieuw-new_password"), (MINE + "/weg", "weg-current_password"), (EMAIL, "current_password"), (SIGN_IN, "password"),
])  # fmt: skip
def test_a_password_is_never_kept_for_later(app, path, field):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert app.test_client().post(path, data={"email": "sam@school.example", field: SECRET}).status_code == 302
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    kept = db.session.scalars(select(KeptPost)).all()
    assert all(SECRET not in str(post.fields) for post in kept)


@pytest.mark.parametrize(
    "password, code",
    [
        ("kort maar", "short"), ("x" * 201, "long"), ("welkom012026", "common"), ("wachtwoord123", "common"),
        ("QwertyUiop", "common"), ("aaaaaaaaaaaa", "common"), ("feyenoord1908", "common"), ("sam.de.boer", "own"),
        ("sam@school7.example", "own"), ("School7!!2026", "own"),
    ],
)  # fmt: skip
def test_a_password_that_others_would_guess_is_refused(password, code):
    with pytest.raises(RuleBroken, match=f"password_{code}"):
        rules.check_password(password, "sam@school7.example", "Sam de Boer")


@pytest.mark.parametrize("password", ["paarse kachel zingt", "vandaag regent het", "x9!fhqLpzW", "samen op school7 fietsen"])
def test_other_passwords_need_no_figures_or_signs(password):
    rules.check_password(password, "sam@school7.example", "Sam de Boer")
