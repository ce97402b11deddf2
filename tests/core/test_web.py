"""Safe from the first day: what every response carries, what every request must pass, and that nothing typed is lost."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from wtforms.widgets import html_params

from techfinder.core.db import db
from techfinder.core.forms import attributes
from techfinder.core.resume import KeptPost
from techfinder.core.security import safe_next
from techfinder.organisations.models import Organisation
from tests import factories as f
from tests.conftest import make_settings


@pytest.fixture
def strict(app: Flask):
    """A browser whose posts need the token."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_every_page_carries_the_headers(client: FlaskClient):
    answer = client.get("/account/inloggen")
    csp = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", csp)[1]
    assert "default-src 'none'" in csp and "'strict-dynamic'" in csp and "frame-ancestors 'none'" in csp and "unsafe" not in csp
    assert f'nonce="{nonce}"' in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/account/inloggen").headers["Content-Security-Policy"] != csp


def test_another_host_is_not_answered(client: FlaskClient):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_a_production_cookie_is_bound_to_the_host(tmp_path):
    from_production = make_settings(
        f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, app_env="production", base_url="https://techfinder.example",
        smtp_url="smtp://127.0.0.1:1", mail_from="x@techfinder.example",
    )
    from techfinder.app import create_app  # noqa: PLC0415 - a second application, only here

    other = create_app(from_production)
    with other.app_context():
        db.create_all()
        answer = other.test_client().get("/account/inloggen", base_url="https://techfinder.example")
        db.session.remove()
        db.engine.dispose()
    cookie = answer.headers.get("Set-Cookie", "")
    assert cookie.startswith("__Host-session=") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize("target", [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/x\nSet-Cookie: a=b", "", None, "http:/evil",
])
def test_nobody_is_sent_to_another_site(target):
    assert safe_next(target, "/veilig") == "/veilig"


def test_our_own_paths_are_fine():
    assert safe_next("/aanbod?q=a&b=/c", "/") == "/aanbod?q=a&b=/c"


def test_a_too_large_body_is_refused(client: FlaskClient):
    assert client.post("/taal", data={"locale": "x" * 13_000_000}).status_code == 413


def test_a_post_without_its_token_keeps_what_was_typed(app: Flask, strict: FlaskClient):
    company = f.company()
    f.sign_in(strict, f.member(company))
    path = f"/organisaties/{company.id}/bewerken"
    if strict.get(path).status_code == 404:
        pytest.fail("the edit page moved")
    text = "Wij bouwen bruggen van stro en dat duurde een uur om op te schrijven."
    answer = strict.post(path, data={"about": text, "levels": "po_7"})
    assert answer.status_code == 302 and "/hervat/" in answer.location
    page = strict.get(answer.location).text
    assert text in page and f'action="{path}"' in page
    assert page.count("po_7") == 1 and 'value="po_7"' in page  # sent again, but nobody reads codes
    assert db.session.get(Organisation, company.id).about == ""
    other = app.test_client()
    assert other.get(answer.location).status_code == 404


def test_signing_in_first_brings_the_typed_text_back(app: Flask, client: FlaskClient):
    company = f.company()
    answer = client.post(f"/organisaties/{company.id}/bewerken", data={"about": "Dit typte ik net.", "password": "geheim-geheim"})
    assert answer.status_code == 302 and "/account/inloggen" in answer.location and "hervat" in answer.location
    kept = db.session.query(KeptPost).one()
    assert ["about", "Dit typte ik net."] in kept.fields and "geheim" not in str(kept.fields)


def test_what_does_not_exist_and_what_may_not_be_seen_answer_alike(app: Flask, client: FlaskClient):
    hidden = f.offer(f.company(), state="draft", published_at=None)
    one, two = client.get(f"/aanbod/{hidden.id}"), client.get("/aanbod/99999999")
    strip = re.compile(r'nonce="[^"]+"|value="[^"]*"|/aanbod/\d+')
    assert (one.status_code, strip.sub("", one.text)) == (two.status_code, strip.sub("", two.text)) and one.status_code == 404


def test_health_needs_no_account_and_metrics_need_their_token(client: FlaskClient):
    assert client.get("/healthz").text == "ok"
    assert client.get("/metrics").status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer metrics-token-for-tests"})
    assert answer.status_code == 200 and "techfinder_jobs_waiting" in answer.text




def test_a_post_to_what_is_gone_shows_what_was_typed(app: Flask, client: FlaskClient):
    f.sign_in(client, f.member(f.school()))
    text = "Een heel lang bericht waar ik een kwartier over deed."
    answer = client.post("/berichten/99999999", data={"body": text, "password": "een heel lang wachtwoord hier"})
    if answer.status_code == 405:
        answer = client.post("/berichten/99999999/antwoord", data={"body": text, "password": "een heel lang wachtwoord hier"})
    assert answer.status_code in (404, 405) and text in answer.text and "wachtwoord hier" not in answer.text


@pytest.mark.parametrize("value", ["robots", "", True, False, 3, "\"<a&b>'", Markup("<b>"), "é €"])
def test_attributes_are_written_as_wtforms_does(value):
    given = {"class_": value, "id": "x", "data_x_y": value, "aria_label": value, "checked": True, "value": value}
    assert attributes(**given) == html_params(**given)


def test_who_was_signed_out_while_typing_signs_in_and_sends_it_after_all(app: Flask, strict: FlaskClient):
    answer = strict.post("/aanvragen/nieuw", data={"description": "Een les over robots die kunnen dansen."})
    page = strict.get(answer.location).text
    assert f'href="/account/inloggen?next={answer.location}"' in page
    person = f.member(f.school())
    f.sign_in(strict, person)
    assert "Was je ingelogd?" not in strict.get(answer.location).text
