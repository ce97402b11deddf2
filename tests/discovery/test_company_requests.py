"""The requests that a company's offers fit."""

from datetime import timedelta

from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.organisations.models import Organisation
from tests import factories as f

FAR = {"lat": 51.4393, "lon": 5.4786, "place": "Eindhoven", "postcode": "5611 AA"}


def company_in(client, **values):
    company = f.company(**values)
    f.sign_in(client, f.member(company))
    return company


def text(client, path="/aanvragen/voor-ons"):
    return client.get(path).get_data(as_text=True)


def test_requests_stand_best_first_with_reasons_for_the_company(app, client):
    company = company_in(client)
    f.offer(company)
    far = f.support_request(f.school(**FAR), title="Robots, maar verder weg")
    near = f.support_request(f.school(), title="Robots om de hoek")
    f.support_request(f.school(), title="Iets over sterren", description="Sterren en planeten", themes=[])
    html = text(client)
    assert html.index(near.title) < html.index(far.title) and "Iets over sterren" not in html
    assert "jullie reizen tot" in html and "net als jullie aanbod" in html


def test_one_offer_can_be_looked_at_alone(app, client):
    company = company_in(client)
    robots, stars = f.offer(company), f.offer(company, title="Sterren", summary="Sterren kijken", activity="", themes=[])
    one = f.support_request(f.school())
    assert one.title in text(client, f"/aanvragen/voor-ons?aanbod={robots.id}")
    assert one.title not in text(client, f"/aanvragen/voor-ons?aanbod={stars.id}")


def test_a_request_that_was_put_away_stays_away_for_the_company_and_not_for_the_school(app, client):
    company = company_in(client)
    offer, school = f.offer(company), f.school()
    teacher = f.member(school)
    request = f.support_request(school, teacher)
    client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id, "side": "company"})
    assert request.title not in text(client)
    browser = app.test_client()
    f.sign_in(browser, teacher)
    assert offer.title in browser.get(f"/aanvragen/{request.id}").get_data(as_text=True)


def test_what_was_put_away_by_mistake_comes_back_for_the_own_company_only(app, client):
    offer = f.offer(company_in(client))
    request = f.support_request(f.school())
    answer = client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id, "side": "company"}, follow_redirects=True)
    assert "Maak ongedaan" in answer.text and request.title not in answer.text
    stranger = app.test_client()
    company_in(stranger)
    stranger.post(f"/aanvragen/{request.id}/toch-wel", data={"side": "company"})
    assert request.title not in text(client)
    client.post(f"/aanvragen/{request.id}/toch-wel", data={"side": "company"})
    assert request.title in text(client)


def test_nobody_puts_away_for_another_company(app, client):
    company_in(client)
    offer = f.offer(f.company())
    request = f.support_request(f.school())
    assert client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id, "side": "company"}).status_code == 403
    assert client.post(f"/aanvragen/{request.id}/past-niet", data={"offer": offer.id}).status_code == 403


def test_a_full_company_sees_that_it_is_full_and_still_what_there_is(app, client):
    company = company_in(client)
    f.offer(company)
    request = f.support_request(f.school())
    with transaction():
        db.session.get(Organisation, company.id).full_until = now() + timedelta(days=3)
    html = text(client)
    assert request.title in html and "genoeg open aanvragen" in html


def test_without_an_offer_the_page_says_what_to_do(app, client):
    company_in(client)
    f.support_request(f.school())
    assert "nog geen aanbod online" in text(client)


def test_a_school_member_finds_no_company_page(app, client):
    f.sign_in(client, f.member(f.school()))
    assert client.get("/aanvragen/voor-ons").status_code == 404


def test_aanvragen_leads_a_company_to_its_requests(app, client):
    company_in(client)
    assert client.get("/aanvragen").location.endswith("/aanvragen/voor-ons")
