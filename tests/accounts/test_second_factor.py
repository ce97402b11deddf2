"""Codes from an app: asked of those who have them, demanded of those with a post, each taken once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from techfinder.accounts import totp
from techfinder.accounts.models import User
from techfinder.accounts.passwords import hash_password
from techfinder.core.db import db
from tests import factories
from tests.accounts.mails import mails
from tests.accounts.test_sign_in import PASSWORD, SECRET, ask_link, signed_in_as

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE, SETUP = "/account/inloggen/code", "/account/twee-stappen"


def code_at(moment: datetime | None = None, key: str = KEY) -> str:
    return pyotp.TOTP(key).at(moment or datetime.now(UTC))


@pytest.fixture
def careful(app) -> User:
    """Somebody with a second factor and a password, and no post."""
    return factories.user(
        totp_secret=KEY, totp_confirmed_at=factories.AT, password_hash=hash_password(SECRET), recovery_hashes=[totp.recovery_hash("aaaa-bbbb-cccc-dddd")]
    )


def first_step(client, person) -> None:
    answer = client.post(PASSWORD, data={"email": person.email, "password": SECRET})
    assert answer.headers["Location"].startswith(CODE) and signed_in_as(client) is None


def test_who_has_a_second_factor_is_signed_in_only_after_the_code(client, careful):
    first_step(client, careful)
    assert client.get("/account").status_code == 302
    assert client.get(CODE).status_code == 200
    assert client.post(CODE, data={"code": "000000"}).status_code == 422 and signed_in_as(client) is None
    assert client.post(CODE, data={"code": code_at()}).status_code == 302
    assert signed_in_as(client) == careful.id and client.get("/account").status_code == 200


def test_a_mailed_link_does_not_pass_by_the_second_factor(client, careful):
    assert client.post(ask_link(client, careful)).headers["Location"].startswith(CODE)
    assert signed_in_as(client) is None


def test_a_code_is_taken_once(client, careful):
    code = code_at()
    first_step(client, careful)
    client.post(CODE, data={"code": code})
    other = client.application.test_client()
    first_step(other, careful)
    assert other.post(CODE, data={"code": code}).status_code == 422 and signed_in_as(other) is None


def test_a_recovery_code_works_once(client, careful):
    for expected in (302, 422):
        browser = client.application.test_client()
        first_step(browser, careful)
        assert browser.post(CODE, data={"code": "AAAA bbbb cccc dddd"}).status_code == expected


def test_the_code_must_follow_soon(client, careful, monkeypatch):
    first_step(client, careful)
    with client.session_transaction() as session:
        session["pending"] = {**session["pending"], "at": session["pending"]["at"] - 3600}
    answer = client.post(CODE, data={"code": code_at()})
    assert answer.headers["Location"].startswith("/account/inloggen") and signed_in_as(client) is None


def test_guessing_codes_is_stopped(client, careful):
    first_step(client, careful)
    for _ in range(8):
        client.post(CODE, data={"code": "000000"})
    page = client.post(CODE, data={"code": code_at()})
    assert page.status_code == 422 and "te vaak" in page.text


def test_a_person_with_a_post_must_set_it_up_before_the_work(client):
    country = factories.region()
    person = factories.coordinator(country, role="administrator", totp_secret=None, totp_confirmed_at=None)
    assert client.post(ask_link(client, person)).headers["Location"].startswith(SETUP)
    assert client.get("/beheer/rollen").headers["Location"].startswith(CODE)
    assert client.get(CODE).headers["Location"].startswith(SETUP)
    client.post(SETUP + "/begin")
    db.session.expire_all()
    key = db.session.get(User, person.id).totp_secret
    page = client.get(SETUP)
    assert totp.spaced(key) in page.text and "data:image/svg+xml" in page.text
    assert client.post(SETUP + "/aan", data={"code": "000000"}).status_code == 422
    page = client.post(SETUP + "/aan", data={"code": code_at(key=key)})
    assert page.status_code == 200 and page.text.count("<li><code") == totp.RECOVERY_CODES
    assert client.get("/beheer/rollen").status_code == 200
    assert client.get(SETUP).text.count("<li><code") == 0  # shown once


def test_looking_at_the_set_up_changes_nothing(client):
    person = factories.user()
    factories.sign_in(client, person)
    client.get(SETUP)
    db.session.expire_all()
    assert db.session.get(User, person.id).totp_secret is None


def test_setting_it_up_ends_other_sessions(client):
    person = factories.user(totp_secret=KEY)
    factories.sign_in(client, person)
    other = client.application.test_client()
    factories.sign_in(other, person)
    assert client.post(SETUP + "/aan", data={"code": code_at()}).status_code == 200
    assert client.get("/account").status_code == 200 and other.get("/account").status_code == 302


def test_it_goes_off_with_a_code_but_not_for_staff(client, careful):
    factories.sign_in(client, careful)
    assert client.post(SETUP + "/uit", data={"code": "123"}).status_code == 422
    assert client.post(SETUP + "/uit", data={"code": code_at()}).status_code == 302
    db.session.expire_all()
    assert db.session.get(User, careful.id).totp_secret is None
    staff = factories.coordinator(factories.region(), totp_secret=KEY)
    factories.sign_in(client, staff)
    page = client.post(SETUP + "/uit", data={"code": code_at()})
    assert page.status_code == 422 and db.session.get(User, staff.id).totp_confirmed_at is not None


def test_new_recovery_codes_replace_the_old(client, careful):
    factories.sign_in(client, careful)
    page = client.post(SETUP + "/herstelcodes", data={"code": code_at()})
    codes = [part.split("</code>")[0] for part in page.text.split("<li><code class=\"text-reset\">")[1:]]
    assert len(set(codes)) == totp.RECOVERY_CODES
    for code, expected in (("aaaa-bbbb-cccc-dddd", 422), (codes[3], 302)):
        browser = client.application.test_client()
        first_step(browser, careful)
        assert browser.post(CODE, data={"code": code}).status_code == expected


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    at = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)
    fits = {s: totp.matching_step(KEY, code_at(at + timedelta(seconds=s)), 0, at) is not None for s in (-60, -30, 0, 30, 60)}
    assert fits == {-60: False, -30: True, 0: True, 30: True, 60: False}


def test_an_administrator_helps_who_lost_phone_and_codes_and_the_person_is_told(client, app):
    country = factories.region()
    boss, lost = (factories.coordinator(country, role=role) for role in ("administrator", "coordinator"))
    elsewhere = app.test_client()
    factories.sign_in(elsewhere, lost)
    factories.sign_in(client, boss)
    assert "Zet twee stappen uit" in client.get(f"/beheer/mensen/{lost.id}").text
    assert "Zet twee stappen uit" not in client.get(f"/beheer/mensen/{boss.id}").text
    client.post(f"/beheer/mensen/{lost.id}/twee-stappen-uit")
    db.session.expire_all()
    assert (lost.totp_secret, lost.totp_confirmed_at, lost.recovery_hashes) == (None, None, [])
    assert elsewhere.get("/overzicht").status_code == 302, "signed out everywhere"
    assert "Een beheerder van Techfinder zette" in mails(lost.email, "accounts/second_factor_changed")[-1]["text"]
    fresh = app.test_client()
    assert fresh.post(ask_link(fresh, lost)).headers["Location"].startswith(SETUP), "the post still demands it"
    client.post(f"/beheer/mensen/{lost.id}/twee-stappen-uit")
    assert len(mails(lost.email, "accounts/second_factor_changed")) == 1
