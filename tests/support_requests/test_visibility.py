"""Who sees which request: in SQL, in the index's labels, and on pages; the three say the same."""

import itertools
from datetime import date

from sqlalchemy import select

from techfinder.core.db import db
from techfinder.organisations.models import Organisation
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import can_edit, labels, viewer_labels, visible_requests
from tests import factories as f

STATES = ("draft", "unconfirmed", "open", "fulfilled", "withdrawn", "expired")
INCOMPLETE = {"pupils": None}


def everybody():
    """One actor of every sort, over two schools in two regions."""
    country = f.region("Nederland")
    here, there = f.region("Hier", country), f.region("Daar", country)
    schools = [f.school(region_id=here.id), f.school(region_id=there.id), f.school(region_id=here.id, state="pending")]
    company, waiting = f.company(), f.company(state="pending")
    people = {
        "teacher": f.member(schools[0]), "unverified": f.member(schools[0], role="member", verified=False),
        "founder": f.member(schools[2], verified=False), "other": f.member(schools[1]), "company": f.member(company),
        "company_unverified": f.member(company, role="member", verified=False), "company_pending": f.member(waiting),
        "coordinator": f.coordinator(here), "above": f.coordinator(country), "reader": f.coordinator(there, "reader"),
        "administrator": f.coordinator(country, "administrator"), "nobody": f.user(),
    }  # fmt: skip
    return schools, people


def test_labels_meet_exactly_when_the_row_is_visible(app):
    schools, people = everybody()
    authors = [None, people["teacher"], people["unverified"]]
    for school, state, author, less in itertools.product(schools, STATES, authors, ({}, INCOMPLETE, {"where": "at_company"})):
        f.support_request(school, author, state=state, **less)
    rows = db.session.execute(
        select(SupportRequest, Organisation).join(Organisation, Organisation.id == SupportRequest.organisation_id)
    ).all()
    assert len(rows) == 3 * 6 * 3 * 3
    for name, person in people.items():
        actor = f.actor_of(person)
        seen = set(db.session.scalars(visible_requests(actor).with_only_columns(SupportRequest.id)))
        mine = viewer_labels(actor)
        met = {r.id for r, school in rows if labels(r, school) & mine}
        assert seen == met, name
        assert {r.id for r, _ in rows if can_edit(actor, r)} <= seen, name


def test_companies_see_open_and_complete_requests_only(app, client):
    school = f.school()
    f.sign_in(client, f.member(f.company()))
    good = f.support_request(school)
    assert client.get(f"/aanvragen/{good.id}").status_code == 200
    for less in ({"pupils": None}, {"period_from": None}, {"period_until": None}, {"place": ""}, {"levels": 0},
                 {"where": "at_company", "max_travel_km": None}, {"state": "draft"}, {"state": "withdrawn"}):  # fmt: skip
        vague = f.support_request(school, **less)
        assert client.get(f"/aanvragen/{vague.id}").status_code == 404, less


def test_a_company_that_waits_or_a_member_nobody_vouched_for_sees_no_request(app):
    request, company = f.support_request(f.school()), f.company()
    for person in (f.member(f.company(state="pending")), f.member(company, role="member", verified=False)):
        browser = app.test_client()
        f.sign_in(browser, person)
        assert browser.get(f"/aanvragen/{request.id}").status_code == 404
        page = browser.get("/aanvragen/voor-ons")
        assert page.status_code == 200 and request.title not in page.get_data(as_text=True)


def test_a_companys_pages_never_name_the_teacher(app, client):
    school = f.school()
    teacher = f.member(school, name="Geheimzinnige Naam")
    request = f.support_request(school, teacher)
    company = f.company()
    f.offer(company)
    f.sign_in(client, f.member(company))
    for path in (f"/aanvragen/{request.id}", "/aanvragen/voor-ons"):
        text = client.get(path).get_data(as_text=True)
        assert request.title in text
        assert "Geheimzinnige" not in text and teacher.email not in text


def test_an_unvouched_member_changes_only_own_requests(app, client):
    school = f.school()
    new = f.member(school, role="member", verified=False)
    own, others = f.support_request(school, new), f.support_request(school, f.member(school))
    f.sign_in(client, new)
    assert client.post(f"/aanvragen/{others.id}/trek-in").status_code == 404
    assert client.get(f"/aanvragen/{own.id}").status_code == 200
    client.post(f"/aanvragen/{own.id}/trek-in")
    db.session.expire_all()
    states = [db.session.get(SupportRequest, r.id).state for r in (own, others)]
    assert states == ["withdrawn", "open"] and date(2027, 3, 1) == own.period_from
