"""The long form: nothing typed is lost, nothing is made twice, and what is missing is said beside its field."""

import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from techfinder.core.db import db, transaction
from techfinder.offers import privacy
from techfinder.offers.compare import marked
from techfinder.offers.models import Offer
from techfinder.organisations.models import Membership
from tests import factories

FILLED = {
    "kind": "guest_lesson", "title": "Solderen", "summary": "Een les solderen.", "activity": "Leerlingen solderen een robot.",
    "levels": ["po_7_8", "havo_1"], "language": "nl", "duration_minutes": "60", "max_pupils": "30", "cost_cents": "12,50",
    "points-0-where": "5701 AB", "points-0-radius_km": "20", "points-1-where": "Groningen", "points-1-radius_km": "15",
    "weekdays": ["mon"], "vog": "ja", "photos_allowed": "", "paid_transport": "nee",
}  # fmt: skip


@pytest.fixture
def company(app):
    return factories.company()


@pytest.fixture
def browser(client, company):
    factories.sign_in(client, factories.member(company, name="Soraya Haddad"))
    return client


def stored(ident):
    db.session.expire_all()
    return db.session.execute(select(Offer).where(Offer.id == ident).options(selectinload(Offer.points))).scalar_one()


def offers_of(company):
    return db.session.scalar(select(func.count()).where(Offer.organisation_id == company.id))


def post_new(browser, company, **changes):
    answer = browser.post("/aanbod/nieuw", data={"organisation_id": company.id, "key": "k1", **FILLED, **changes})
    found = re.search(r"/aanbod/(\d+)/", answer.headers.get("Location", ""))
    return answer, int(found[1]) if found else None


def test_opening_the_form_makes_nothing_and_the_first_save_makes_one_draft(browser, company):
    assert browser.get("/aanbod/nieuw").status_code == 200
    assert offers_of(company) == 0
    answer, ident = post_new(browser, company)
    assert answer.location == f"/aanbod/{ident}/voorbeeld"
    again, same = post_new(browser, company)
    assert (same, offers_of(company)) == (ident, 1), "the same form sent twice is one draft"
    offer = stored(ident)
    assert (offer.state, offer.cost_cents, offer.vog, offer.paid_transport, offer.photos_allowed) == ("draft", 1250, True, False, None)
    assert [(p.place, p.radius_km) for p in offer.points] == [("Helmond", 20), ("Groningen", 15)]
    assert offer.themes, "themes are proposed from the text"


def test_from_the_form_through_the_preview_to_the_site(browser, company):
    _, ident = post_new(browser, company)
    preview = browser.get(f"/aanbod/{ident}/voorbeeld").text
    assert "Zo ziet een leraar je aanbod" in preview and "Leerlingen solderen een robot." in preview
    answer = browser.post(f"/aanbod/{ident}/verstuur", data={"version": stored(ident).version}, follow_redirects=True)
    assert "Je aanbod staat online" in answer.text
    assert browser.application.test_client().get(f"/aanbod/{ident}").status_code == 200


def test_a_first_offer_hears_that_it_waits(client):
    new = factories.company(offers_approved=0)
    factories.sign_in(client, factories.member(new))
    _, ident = post_new(client, new)
    answer = client.post(f"/aanbod/{ident}/verstuur", follow_redirects=True)
    assert "meestal binnen 2 schooldagen" in answer.text and stored(ident).state == "submitted"


def test_what_came_back_is_not_called_sent(browser, company):
    _, ident = post_new(browser, company)
    assert browser.get(f"/aanbod/{ident}/verstuurd").headers["Location"].endswith(f"/aanbod/{ident}/voorbeeld")


def test_sending_too_early_names_each_missing_field_and_links_to_it(browser, company):
    _, ident = post_new(browser, company, activity="", levels=[], **{"points-1-radius_km": ""})
    answer = browser.post(f"/aanbod/{ident}/verstuur")
    assert answer.status_code == 422 and stored(ident).state == "draft"
    for anchor in ("activity", "levels", "points-1-radius_km"):
        assert f'<a href="#{anchor}">' in answer.text and f'id="{anchor}"' in answer.text, anchor


def test_what_was_typed_stays_when_something_is_wrong(browser, company):
    answer, _ = post_new(browser, company, max_pupils="de hele klas", contact_email="geen adres", material_url="onzin",
                         **{"points-1-where": "Nergenshuizen"})  # fmt: skip
    assert answer.status_code == 422
    for typed in ("de hele klas", "geen adres", "onzin", "Solderen", "Leerlingen solderen een robot.", "12,50"):
        assert typed in answer.text, typed
    for anchor in ("max_pupils", "contact_email", "material_url", "points-1-where"):  # all at once
        assert f'href="#{anchor}"' in answer.text
    second, _ = post_new(browser, company, key="k2", **{"points-1-where": "Nergenshuizen"})
    assert 'href="#points-1-where"' in second.text and 'value="Nergenshuizen"' in second.text
    assert offers_of(company) == 2, "and what could be kept is kept as a draft"


def test_rows_come_and_go_without_javascript_and_keep_the_rest(browser, company):
    answer, _ = post_new(browser, company, doe="erbij", max_pupils="dertig")
    assert answer.status_code == 200 and 'name="points-2-where"' in answer.text and 'value="dertig"' in answer.text
    ident = int(re.search(r'action="/aanbod/(\d+)/bewerk"', answer.text)[1])
    form = {**FILLED, "version": stored(ident).version, "key": "k9", "doe": "weg-0"}
    answer = browser.post(f"/aanbod/{ident}/bewerk", data=form)
    assert 'name="points-0-where" type="text" value="Groningen"' in answer.text and 'name="points-1-where"' not in answer.text


def test_saving_while_typing_takes_what_it_can(browser, company):
    data = {"organisation_id": company.id, "key": "k1", "title": "Half", "max_pupils": "der", "points-0-where": "57",
            "points-1-where": "5701"}  # fmt: skip
    answer = browser.post("/aanbod/nieuw/bewaar", data=data, headers={"X-Requested-With": "fetch"}).json
    ident = int(re.search(r"\d+", answer["page"])[0])
    assert answer == {"autosave_url": f"/aanbod/{ident}/bewaar", "url": f"/aanbod/{ident}/bewerk", "page": f"/aanbod/{ident}/bewerk",
                      "fields": {"version": str(stored(ident).version)}}  # fmt: skip
    offer = stored(ident)
    assert (offer.title, offer.max_pupils, [p.place for p in offer.points]) == ("Half", None, ["Helmond"])
    for title in ("Half af", "Helemaal af"):
        answer = browser.post(answer["autosave_url"], data={**data, "title": title, **answer["fields"]}).json
    assert stored(ident).title == "Helemaal af" and offers_of(company) == 1


def test_two_people_in_one_offer_see_both_texts_and_choose(browser, company):
    _, ident = post_new(browser, company)
    version = stored(ident).version
    browser.post(f"/aanbod/{ident}/bewerk", data={**FILLED, "title": "Van Anna", "version": version, "key": "a"})
    typed = {**FILLED, "title": "Van Ben", "version": version, "key": "b", "themes": ["robots"]}
    assert browser.post(f"/aanbod/{ident}/bewaar", data=typed).status_code == 409
    answer = browser.post(f"/aanbod/{ident}/bewerk", data=typed)
    assert answer.status_code == 409 and "<del>Anna</del>" in answer.text and "<ins>Ben</ins>" in answer.text
    assert stored(ident).title == "Van Anna"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    browser.post(f"/aanbod/{ident}/bewerk", data={**FILLED, **hidden})
    assert stored(ident).title == "Van Ben"


def test_editing_what_is_public_leaves_it_until_it_is_sent(browser, company):
    offer = factories.offer(company, title="Oud", published_at=factories.AT)
    form = browser.get(f"/aanbod/{offer.id}/bewerk")
    assert "De huidige versie blijft online" in form.text and offers_of(company) == 1, "looking changes nothing"
    answer = browser.post(f"/aanbod/{offer.id}/bewerk", data={**FILLED, "title": "Nieuw", "version": offer.version, "key": "k"})
    copy = int(re.search(r"\d+", answer.location)[0])
    anybody = browser.application.test_client()
    assert copy != offer.id and "Oud" in anybody.get(f"/aanbod/{offer.id}").text
    assert browser.get(f"/aanbod/{offer.id}/bewerk").location == f"/aanbod/{copy}/bewerk"
    sent = browser.post(f"/aanbod/{copy}/verstuur", follow_redirects=True)
    assert "Je wijziging staat online" in sent.text and "Nieuw" in anybody.get(f"/aanbod/{offer.id}").text


def test_a_file_travels_with_the_offer_and_others_get_it_only_with_the_page(browser, company):
    _, ident = post_new(browser, company, material_file=(io.BytesIO(b"%PDF-1.4 les"), "les.pdf"))
    stranger = browser.application.test_client()
    assert stranger.get(f"/aanbod/{ident}/materiaal").status_code == 404
    browser.post(f"/aanbod/{ident}/verstuur")
    answer = stranger.get(f"/aanbod/{ident}/materiaal")
    assert answer.data == b"%PDF-1.4 les" and "attachment" in answer.headers["Content-Disposition"]
    wrong, _ = post_new(browser, company, key="k3", material_file=(io.BytesIO(b"MZ"), "les.pdf"))
    assert wrong.status_code == 422 and 'href="#material_file"' in wrong.text


def test_strangers_find_no_form(browser, client):
    other = factories.company()
    draft, shown = factories.offer(other, state="draft"), factories.offer(other)
    for path in ("bewerk", "voorbeeld", "verstuurd"):
        assert browser.get(f"/aanbod/{draft.id}/{path}").status_code == 404
        assert browser.get(f"/aanbod/{shown.id}/{path}").status_code == 403
    for path in ("bewerk", "bewaar", "verstuur", "kopieer", "verwijder", "pauzeer"):
        assert browser.post(f"/aanbod/{draft.id}/{path}", data=FILLED).status_code == 404, path
    answer, _ = post_new(browser, other)
    assert answer.status_code == 404 and offers_of(other) == 2


def test_the_buttons_of_the_list_do_what_they_say(browser, company):
    offer = factories.offer(company)
    for action, state in (("pauzeer", "paused"), ("hervat", "published"), ("archiveer", "archived"), ("zet-terug", "draft")):
        assert browser.post(f"/aanbod/{offer.id}/{action}").status_code == 302
        assert stored(offer.id).state == state
    copy = int(re.search(r"\d+", browser.post(f"/aanbod/{offer.id}/kopieer").location)[0])
    assert browser.post(f"/aanbod/{copy}/verwijder").status_code == 302 and offers_of(company) == 1


def test_a_persons_details_can_be_exported_and_go_out_of_the_offers(app, company):
    person = factories.member(company)
    mine = factories.offer(company, author_id=person.id, contact_email=person.email, contact_name="Ik", contact_phone="06")
    other = factories.offer(company, contact_email="ander@school.example")
    assert [o["id"] for o in privacy.export(person.id)["offers"]] == [mine.id]
    with transaction():
        privacy.erase(person.id, datetime.now(UTC))
    db.session.expire_all()
    assert (stored(mine.id).author_id, stored(mine.id).contact_email, stored(mine.id).contact_name) == (None, "", "")
    assert stored(other.id).contact_email == "ander@school.example"


def test_only_the_words_that_differ_are_marked():
    left, right = marked("Wij solderen een lampje.", "Wij solderen samen een lampje.")
    assert [op for op, _ in left] == ["same"] * len(left)
    assert ("ins", "samen ") in right and "".join(t for _, t in right) == "Wij solderen samen een lampje."


def test_typing_on_in_an_offer_that_was_sent_from_another_window_loses_nothing(browser, company):
    _, ident = post_new(browser, company)
    browser.post(f"/aanbod/{ident}/verstuur")
    with transaction():
        db.session.get(Offer, ident).state = "archived"
    answer = browser.post(f"/aanbod/{ident}/bewerk", data={**FILLED, "title": "Nog een zin"})
    assert answer.status_code == 422 and "Nog een zin" in answer.text and "Dit kan nu niet" in answer.text


def test_somebody_without_a_company_is_told_what_to_do(client):
    factories.sign_in(client, factories.member(factories.school()))
    for path in ("/aanbod/nieuw", "/mijn-aanbod"):
        answer = client.get(path)
        assert answer.status_code == 200 and "Je hoort nog niet bij een bedrijf" in answer.text
    assert client.application.test_client().get("/aanbod/nieuw").status_code == 302


def test_with_several_companies_one_is_chosen(client):
    first, second = factories.company(name="Eerste"), factories.company(name="Tweede")
    person = factories.member(first)
    with transaction():
        at = factories.AT
        db.session.add(Membership(user_id=person.id, organisation_id=second.id, role="member", created_at=at, verified_at=at))
    factories.sign_in(client, person)
    form = client.get(f"/aanbod/nieuw?bedrijf={second.id}").text
    assert f'checked class="form-check-input" id="organisation_id-1" name="organisation_id" type="radio" value="{second.id}"' in form
    post_new(client, second)
    assert (offers_of(first), offers_of(second)) == (0, 1)
