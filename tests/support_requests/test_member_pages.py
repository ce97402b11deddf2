"""What members of a school do with their requests, through the pages."""

import re
from datetime import UTC, date, datetime

from sqlalchemy import event, select

from techfinder.core.db import db, transaction
from techfinder.support_requests import service
from techfinder.support_requests.models import SupportRequest
from tests import factories as f


def typed(**more):
    return {
        "description": "Wie bouwt er een brug met groep 6?", "levels": ["po_6"], "pupils": "24", "parallel_groups": "2",
        "period_from": "2027-04-05", "period_until": "2027-04-23", "where": "either", "travel_mode": "cars", "kinds": ["workshop", "any"],
        "weekdays": ["tue"], "dayparts": ["morning"], "budget": "12,50", **more,
    }  # fmt: skip


def fresh(request_id=None):
    db.session.expire_all()
    if request_id:
        return db.session.get(SupportRequest, request_id)
    return db.session.scalars(select(SupportRequest).order_by(SupportRequest.id.desc())).first()


def signed_in(client, **values):
    school = f.school()
    person = f.member(school, **values)
    f.sign_in(client, person)
    return school, person


def version_in(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page.get_data(as_text=True)).group(1)


def test_a_member_publishes_in_one_step_and_everything_typed_is_kept(app, client):
    school, person = signed_in(client)
    answer = client.post("/aanvragen/nieuw", data=typed())
    r = fresh()
    assert answer.location.endswith(f"/aanvragen/{r.id}")
    assert (r.state, r.author_id, r.organisation_id, r.levels, r.pupils, r.parallel_groups) == ("open", person.id, school.id, 32, 24, 2)
    assert (r.kinds, r.weekdays, r.dayparts, r.budget_cents, r.max_travel_km) == (["workshop"], 2, 1, 1250, 20)
    assert r.title == "Wie bouwt er een brug met groep 6" and r.place == school.place


def test_a_concept_needs_only_the_question(app, client):
    signed_in(client)
    client.post("/aanvragen/nieuw", data={"description": "Iets met sterrenkunde", "concept": "1"})
    r = fresh()
    assert (r.state, r.levels) == ("draft", 0)
    page = client.post(f"/aanvragen/{r.id}/plaats", follow_redirects=True)
    assert "Kies voor welke groepen" in page.get_data(as_text=True) and fresh(r.id).state == "draft"
    edit = client.get(f"/aanvragen/{r.id}/pas-aan")
    client.post(f"/aanvragen/{r.id}/pas-aan", data=typed(version=version_in(edit), plaats="1"))
    assert fresh(r.id).state == "open"


def test_who_completes_a_request_while_asking_a_company_goes_on_to_that_company(app, client):
    school, person = signed_in(client)
    offer = f.offer(f.company())
    r = f.support_request(school, person, pupils=None)
    ask = client.get(f"/berichten/nieuw?offer={offer.id}&request={r.id}").text
    edit = re.search(r'href="(/aanvragen/[^"]*pas-aan[^"]*)"', ask).group(1).replace("&amp;", "&")
    done = client.post(edit, data=typed(version=version_in(client.get(edit))))
    assert done.location == f"/berichten/nieuw?offer={offer.id}&request={r.id}"


def test_who_completes_a_request_reads_that_companies_see_it_now(app, client):
    school, person = signed_in(client)
    r = f.support_request(school, person, pupils=None)
    path = f"/aanvragen/{r.id}/pas-aan"
    said = "Bedrijven zien hem nu"
    assert said in client.post(path, data=typed(version=version_in(client.get(path))), follow_redirects=True).text
    assert said not in client.post(path, data=typed(version=version_in(client.get(path))), follow_redirects=True).text, "it already was"


def test_who_asks_an_offer_and_wrote_a_request_before_need_not_write_it_again(app, client):
    school, person = signed_in(client)
    offer = f.offer(f.company())
    assert "Kies een aanvraag die al openstaat" not in client.get(f"/aanvragen/nieuw?offer={offer.id}").text
    r = f.support_request(school, person, title="Bruggen bouwen")
    page = client.get(f"/aanvragen/nieuw?offer={offer.id}").text
    choose = client.get(re.search(r'href="([^"]*)">Kies een aanvraag die al openstaat', page).group(1)).text
    assert "Bruggen bouwen" in choose and f"/berichten/nieuw?offer={offer.id}&amp;request={r.id}" in choose


def test_title_and_themes_follow_the_text_unless_they_were_given(app, client):
    school, person = signed_in(client)
    client.post("/aanvragen/nieuw", data=typed(description="Een les over robots"))
    r = fresh()
    assert r.themes == ["robots"]
    with transaction():
        service.save(f.actor_of(person), r.id, {"description": "Een les over sterren en planeten", "title": ""})
    assert fresh(r.id).title == "Een les over sterren en planeten" and "robots" not in fresh(r.id).themes
    given = f.support_request(school, person, title="Onze eigen titel", themes=["energie"])
    with transaction():
        service.save(f.actor_of(person), given.id, {"description": "Een les over robots"})
    assert (fresh(given.id).title, fresh(given.id).themes) == ("Onze eigen titel", ["energie"])


def test_who_saves_over_a_colleague_sees_both_texts(app, client):
    school, person = signed_in(client)
    r = f.support_request(school, person)
    old = version_in(client.get(f"/aanvragen/{r.id}/pas-aan"))
    with transaction():
        service.save(f.actor_of(person), r.id, {"description": "Intussen door een collega veranderd."})
    page = client.post(f"/aanvragen/{r.id}/pas-aan", data=typed(version=old))
    text = page.get_data(as_text=True)
    assert page.status_code == 409 and "Intussen door een collega" in text and "Wie bouwt er een brug" in text
    client.post(f"/aanvragen/{r.id}/pas-aan", data=typed(version=version_in(page)))
    assert fresh(r.id).description.startswith("Wie bouwt er een brug")


def test_found_somebody_closes_and_placing_again_opens(app, client):
    school, person = signed_in(client)
    r = f.support_request(school, person)
    client.post(f"/aanvragen/{r.id}/gevonden")
    assert fresh(r.id).state == "fulfilled"
    assert "er is iemand gevonden" in client.get(f"/aanvragen/{r.id}").get_data(as_text=True)
    client.post(f"/aanvragen/{r.id}/plaats")
    assert fresh(r.id).state == "open"


def test_the_period_passes_and_the_request_closes_by_itself(app):
    school = f.school()
    over, still = f.support_request(school, period_until=date(2027, 3, 26)), f.support_request(school, period_until=date(2027, 3, 27))
    with transaction():
        service.expire_due(datetime(2027, 3, 27, 6, tzinfo=UTC))
    assert (fresh(over.id).state, fresh(still.id).state) == ("expired", "open")


def test_an_unconfirmed_request_is_thrown_away_after_two_weeks(app):
    school = f.school()
    old = f.support_request(school, state="unconfirmed", guest_email="a@b.example", created_at=datetime(2026, 11, 1, tzinfo=UTC)).id
    new = f.support_request(school, state="unconfirmed", guest_email="c@b.example", created_at=datetime(2026, 11, 10, tzinfo=UTC)).id
    with transaction():
        service.drop_unconfirmed(datetime(2026, 11, 16, tzinfo=UTC))
    ids = set(db.session.scalars(select(SupportRequest.id)))
    assert new in ids and old not in ids


def test_the_list_takes_a_fixed_number_of_queries(app, client):
    school, person = signed_in(client)
    counts = []
    for _ in range(2):
        for state in ("open", "draft", "fulfilled"):
            f.support_request(school, person, state=state)
        counts.append(queries(lambda: client.get("/aanvragen")))
    assert counts[0] == counts[1] <= 6


def queries(work):
    """How many SELECTs this does."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert work().status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_asking_for_an_offer_makes_a_request_addressed_to_it(app, client):
    signed_in(client)
    offer = f.offer(f.company(), kind="site_visit")
    page = client.get(f"/aanvragen/nieuw?offer={offer.id}")
    assert offer.title in page.get_data(as_text=True) and "Welke soort mag het zijn" not in page.get_data(as_text=True)
    answer = client.post(f"/aanvragen/nieuw?offer={offer.id}", data=typed())
    r = fresh()
    assert (r.offer_id, r.kinds, r.where) == (offer.id, ["site_visit"], "at_company")
    assert answer.location.endswith(f"/berichten/nieuw?offer={offer.id}&request={r.id}&net=1")
    sent = client.get(answer.location, follow_redirects=True).get_data(as_text=True)
    assert "Je bericht is verstuurd" in sent and "staat erop" not in sent, "it went to the company: that is what the teacher wants to know"


def test_a_question_that_could_not_leave_at_once_is_not_said_to_be_sent(app, client):
    offer = f.offer(f.company(max_open_requests=1))
    for _school in ("the first fills the company", "the second waits"):
        signed_in(client)
        answer = client.post(f"/aanvragen/nieuw?offer={offer.id}", data=typed(), follow_redirects=True).get_data(as_text=True)
    assert "Je aanvraag staat erop" in answer and "is verstuurd" not in answer


def test_an_offer_that_is_not_public_cannot_be_asked_for(app, client):
    signed_in(client)
    offer = f.offer(f.company(), state="draft", title="Geheim plan")
    assert "Geheim plan" not in client.get(f"/aanvragen/nieuw?offer={offer.id}").get_data(as_text=True)


def test_a_folded_part_says_what_stands_in_it_and_opens_where_something_is_needed(app, client):
    signed_in(client)
    client.post("/aanvragen/nieuw", data=typed(pupils=""))
    address = f"/aanvragen/{fresh().id}/pas-aan"
    folds = re.findall(r'<details class="tf-fold" data-fold( open)?>.*?<small data-said>([^<]*)', client.get(address).get_data(as_text=True))
    assert [bool(is_open) for is_open, _ in folds] == [True, False, False]
    assert folds[0][1].startswith("5 t/m 23 april") and folds[1][1] == "dinsdag, in de ochtend · op school of bij het bedrijf · tot 20 km, met auto’s van ouders"
    assert folds[2][1].startswith("workshop · bijdrage:")
