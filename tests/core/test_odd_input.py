"""What no browser sends and people try all the same: it answers like any wrong address or any unreadable field."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from techfinder.accounts import totp
from techfinder.core import mail, resume
from techfinder.core.db import db
from techfinder.core.paging import page_number
from techfinder.core.resume import KeptPost
from techfinder.discovery.models import Dismissal
from techfinder.offers.views import edit
from techfinder.organisations.views import register
from tests import factories as f

TOO_LARGE = 2**63


@pytest.mark.parametrize("path", [
    f"/aanbod/{TOO_LARGE}", f"/organisaties/{TOO_LARGE}", f"/aanvragen/{TOO_LARGE}", f"/berichten/{'9' * 30}", "/regio/a%00b",
    "/account/link/a%00b", "/uitnodiging/%00",
])  # fmt: skip
def test_a_number_that_no_row_can_have_and_a_nul_are_no_address(client: FlaskClient, path):
    f.sign_in(client, f.member(f.company()))
    assert client.get(path).status_code == 404


def test_a_nul_in_a_question_is_left_out(client: FlaskClient):
    page = client.get("/aanbod?q=ro%00bots&postcode=%00")
    assert page.status_code == 200 and 'value="robots"' in page.text


def test_a_page_number_of_any_length_is_a_page():
    assert page_number("9" * 5000) == 1 and page_number("0") == 1 and page_number("999999") == 10_000


@pytest.mark.parametrize("code", ["٣٣٣٣٣٣", "①②③④⑤⑥", "²²²²²²"])
def test_figures_of_other_scripts_are_no_code(code):
    assert totp.matching_step("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code, 0, f.AT) is None


@pytest.mark.parametrize("version", ["²", "9" * 5000])
def test_an_odd_version_is_no_version(client: FlaskClient, version):
    school = f.school()
    teacher = f.member(school)
    request = f.support_request(school, teacher)
    f.sign_in(client, teacher)
    form = {"description": "Anders", "levels": "po_7", "version": version}
    assert client.post(f"/aanvragen/{request.id}/pas-aan", data=form).status_code in (302, 422)
    f.sign_in(client, f.member(f.company()))
    assert client.post("/aanbod/nieuw", data={"organisation_id": version, "doe": "stop"}).status_code == 404


def test_a_post_that_another_site_made_is_refused_and_not_kept(app, client: FlaskClient):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/aanvragen/nieuw", data={"description": "Koop nu"}, headers={"Sec-Fetch-Site": "cross-site"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400 and "Koop nu" not in answer.text and db.session.query(KeptPost).count() == 0


def test_one_person_does_not_join_every_school(client: FlaskClient, monkeypatch):
    monkeypatch.setattr(register, "PER_USER", 2)
    f.sign_in(client, f.user())
    answers = [client.post("/account/registreren/school", data={"mode": "find", "school_id": f.school().id}) for _ in range(3)]
    assert [a.status_code for a in answers] == [302, 302, 422]


def test_one_person_does_not_fill_the_disk(client: FlaskClient, monkeypatch):
    monkeypatch.setattr(edit, "FILES_A_DAY", 1)
    company = f.company()
    f.sign_in(client, f.member(company))

    def send():
        file = (BytesIO(b"%PDF-1.4\n%%EOF\n"), "les.pdf")
        return client.post("/aanbod/nieuw", data={"organisation_id": company.id, "doe": "stop", "title": "Les", "material_file": file})

    assert send().status_code == 302
    answer = send()
    assert answer.status_code == 422 and "veel bestanden" in answer.text


def test_files_are_read_as_what_they_are_and_only_by_our_own_pages(client: FlaskClient):
    for path in ("/static/css/tokens.css", "/robots.txt", "/bestaat-niet", "/scholen/zoek?q=a", "/healthz"):
        answer = client.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin" and "Access-Control-Allow-Origin" not in answer.headers


def test_nobody_fills_the_database_with_posts_that_are_kept(client: FlaskClient, monkeypatch):
    monkeypatch.setattr(resume, "AN_HOUR", 2)
    for n in range(4):
        assert client.post("/account/naam", data={"name": f"Sam {n}"}).status_code == 302
    assert db.session.query(KeptPost).count() == 2


def test_what_comes_with_a_dismissal_is_cleaned(client: FlaskClient):
    school = f.school()
    teacher = f.member(school)
    request, offer = f.support_request(school, teacher), f.offer(f.company())
    f.sign_in(client, teacher)
    assert client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id, "weights": "1\0"}).status_code == 302
    assert db.session.query(Dismissal).one().weights == "1"


PAYLOAD = {
    "to": "noor@school.example", "name": "Noor", "subject": "Dag", "text": "Dag\n", "html": "<p>Dag</p>",
    "message_id": "<1@techfinder.example>", "date": "Sat, 21 Nov 2026 09:00:00 +0000",
}  # fmt: skip


def _received(**changes: str) -> EmailMessage:
    sent = mail._message(PAYLOAD | changes, "Techfinder <post@techfinder.example>")
    return message_from_bytes(bytes(sent), EmailMessage, policy=policy.default)  # type: ignore[type-var]


def test_a_name_with_a_line_break_is_a_name_and_no_header():
    message = _received(name="Noor\r\nBcc: x@elders.example")
    assert message["Bcc"] is None and message["To"].addresses[0].addr_spec == "noor@school.example"


def test_a_mail_arrives_as_it_was_written():
    subject = "Bericht van Café ’t Hoekje over een les met zoveel woorden en zo’n groep dat het niet op één regel past"
    text = "Hallo José,\n\n.punt\nFrom hier tot daar: " + "x" * 300 + " €\n"
    message = _received(subject=subject, text=text, name="José “de” Wit, jr.", to="jose@käse.example", unsubscribe="https://x.example/" + "a" * 200)
    assert message["Subject"] == subject and message.get_body(("plain",)).get_content() == text
    assert message.get_body(("html",)).get_content().strip() == "<p>Dag</p>"
    assert message["To"].addresses[0].display_name == "José “de” Wit, jr."
    assert message["To"].addresses[0].addr_spec == "jose@xn--kse-qla.example"
    assert message["List-Unsubscribe"] == "<https://x.example/" + "a" * 200 + ">"
    assert max(map(len, bytes(mail._message(PAYLOAD | {"text": text, "subject": subject}, "a@b.example")).splitlines())) < 100
