"""A teacher without an account: write, look at what fits, click the link in the mail, be in."""

import re
from datetime import date

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.conversations.models import Conversation, Message
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.jobs import Job
from techfinder.organisations.models import Membership, Organisation
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service import save
from tests import factories as f

YEAR = date.today().year + 1  # ahead, whenever these tests run


def typed(school, **more):
    return {
        "description": "We werken in maart over robots. Wie laat er een zien?", "school_id": str(school.id), "q": school.name,
        "levels": ["po_7"], "pupils": "28", "period_from": f"{YEAR}-03-01", "period_until": f"{YEAR}-03-26", "where": "either",
        "person": "Marieke Jansen", "email": "m.jansen@kleinebeer.example", **more,
    }  # fmt: skip


def mailed_link():
    texts = [j.payload.get("text", "") for j in db.session.scalars(select(Job).where(Job.kind.like("mail%")).order_by(Job.id.desc()))]
    return re.search(r"/aanvragen/bevestigen/[\w-]+", next(t for t in texts if "bevestigen" in t)).group(0)


def only_request():
    db.session.expire_all()
    return db.session.scalars(select(SupportRequest)).one()


def test_a_teacher_writes_a_request_sees_what_fits_and_sends_it_with_one_click(app, client):
    school, offer = f.school(name="De Kleine Beer"), f.offer(f.company(name="Brandaris"))
    page = client.post("/aanvragen/nieuw", data=typed(school), follow_redirects=True)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Klik op de link in je mail" in text and offer.title in text and "Past bij groep 7." in text
    assert only_request().state == "unconfirmed" and db.session.scalar(select(User.id)) is None

    link = mailed_link()
    assert client.get(link).status_code == 200 and only_request().state == "unconfirmed"
    done = client.post(link)
    assert done.status_code == 302
    request = only_request()
    member = db.session.scalars(select(Membership)).one()
    assert (request.state, request.guest_email, request.guest_key) == ("open", "", None)
    assert member.user_id == request.author_id and member.organisation_id == school.id
    assert client.get(f"/aanvragen/{request.id}").status_code == 200


def test_a_request_that_no_company_sees_yet_is_not_called_sent(app, client):
    page = client.post("/aanvragen/nieuw", data=typed(f.school(), pupils=""), follow_redirects=True).text
    assert "Bedrijven zien je aanvraag nog niet" in page and "hoeveel leerlingen</a>" in page
    mail = db.session.scalars(select(Job).where(Job.kind == "mail.send")).one().payload
    link = mailed_link()
    for text in (client.get(link).text, mail["text"], mail["html"], mail["subject"]):
        assert "de deur uit" not in text and "Verstuur" not in text
    after = client.post(link, follow_redirects=True).text
    assert "nog niet compleet" in after and "Je aanvraag staat erop" not in after
    assert after.index("hoeveel leerlingen</a>") < after.index("Dit past goed")  # on a phone what stands aside comes last


def test_a_period_that_is_over_is_refused_at_the_field(app, client):
    school, old = f.school(), {"period_from": "2020-03-01", "period_until": "2020-03-26"}
    page = client.post("/aanvragen/nieuw", data=typed(school, **old))
    assert page.status_code == 422 and page.text.count(RuleBroken("support_request.past").sentence) == 2  # on top and at the field
    assert db.session.scalar(select(SupportRequest.id)) is None
    client.post("/aanvragen/nieuw", data=typed(school))
    edit = f"/aanvragen/{only_request().id}/pas-aan"
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(edit).text).group(1)
    assert client.post(edit, data=typed(school, version=version, **old)).status_code == 422
    assert only_request().period_from == date(YEAR, 3, 1)


def test_a_mistake_unfolds_only_the_part_it_is_in(app, client):
    for wrong, unfolded in (({"person": ""}, 0), ({"pupils": "veel"}, 1), ({"budget": "veel"}, 1)):
        few = {"pupils": "", "period_from": "", "period_until": "", **wrong}
        page = client.post("/aanvragen/nieuw", data=typed(f.school(), **few))
        assert page.status_code == 422 and page.text.count('class="tf-fold" data-fold open') == unfolded, wrong


def test_without_script_enter_in_a_field_does_not_search_for_no_school(app, client):
    page = client.post("/aanvragen/nieuw", data=typed(f.school(), q="", school_id="", zoek="1"))
    assert page.status_code == 422 and "We vonden geen school" not in re.sub(r'data-none="[^"]*"', "", page.text)


def test_a_link_that_was_used_says_where_the_request_is(app, client):
    client.post("/aanvragen/nieuw", data=typed(f.school()))
    link = mailed_link()
    client.post(link)
    again = client.get(link)
    assert again.status_code == 410 and "Deze link werkt niet meer" in again.get_data(as_text=True)


def test_nobody_else_sees_an_unconfirmed_request(app, client):
    school = f.school()
    client.post("/aanvragen/nieuw", data=typed(school))
    ident, other = only_request().id, app.test_client()
    assert other.get(f"/aanvragen/{ident}").status_code == 302  # asked to sign in, as for any number
    for person in (f.member(school), f.member(f.company())):
        browser = app.test_client()
        f.sign_in(browser, person)
        assert browser.get(f"/aanvragen/{ident}").status_code == 404


def test_without_script_the_school_is_searched_with_a_button_and_nothing_typed_is_lost(app, client):
    school = f.school(name="De Kleine Beer", name_key="de kleine beer")
    page = client.post("/aanvragen/nieuw", data=typed(school, school_id="", q="kleine beer", zoek="1"))
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and f'value="{school.id}"' in text and "We werken in maart over robots" in text
    assert "checked" in re.search(r'<input[^>]*value="po_7"[^>]*>', text).group(0) and "m.jansen@kleinebeer.example" in text


def test_whose_school_is_not_in_the_list_adds_it_and_goes_on_with_what_was_typed(app, client):
    f.region("Nederland")
    lost = typed(f.school(), school_id="", q="De Nieuwe School", ontbreekt="1")
    offer = f.offer(f.company())
    page = client.post(f"/aanvragen/nieuw?offer={offer.id}", data=lost, follow_redirects=True).text
    assert page.count('value="De Nieuwe School"') == 1 and 'value="Marieke Jansen"' in page and 'value="m.jansen@' in page
    new = {"mode": "add", "name": "De Nieuwe School", "postcode": "5701 AB", "sector": "po", "person": "Marieke", "email": lost["email"]}
    client.post("/account/registreren/school", data=new)
    mails = [j.payload["text"] for j in db.session.scalars(select(Job).where(Job.kind == "mail.send"))]
    done = client.post(re.search(r"/account/registreren/bevestig/[\w-]+", mails[-1]).group(0), follow_redirects=True)
    assert done.request.path == "/aanvragen/nieuw" and offer.title in done.text and "We werken in maart over robots" in done.text
    assert "checked" in re.search(r'<input[^>]*value="po_7"[^>]*>', done.text).group(0) and 'value="28"' in done.text


def test_errors_stand_at_the_field_and_what_was_typed_stays(app, client):
    school = f.school()
    wrong = typed(school, pupils="de hele klas", period_until=f"{YEAR}-02-01", levels=[], email="m.jansen")
    page = client.post("/aanvragen/nieuw", data=wrong)
    text = page.get_data(as_text=True)
    assert page.status_code == 422 and "de hele klas" in text
    summary = re.search(r'class="tf-summary".*?</ul>', text, re.DOTALL).group(0)
    for sentence in ("aantal leerlingen in met een cijfer", "Kies voor welke groepen", "volledig mailadres", RuleBroken("support_request.period").sentence):
        assert summary.count(sentence) == 1, sentence  # all at once
    assert db.session.scalar(select(SupportRequest.id)) is None


def test_the_link_can_be_mailed_to_a_corrected_address_and_the_old_one_stops(app, client):
    client.post("/aanvragen/nieuw", data=typed(f.school(), email="m.jansne@kleinebeer.example"))
    first, ident = mailed_link(), only_request().id
    client.post(f"/aanvragen/{ident}/mail-opnieuw", data={"email": "m.jansen@kleinebeer.example"})
    assert mailed_link() != first
    assert client.get(first).status_code == 410
    client.post(mailed_link())
    assert db.session.scalars(select(User)).one().email == "m.jansen@kleinebeer.example"


def test_the_chosen_offer_stays_in_sight_until_its_company_is_asked(app, client):
    offer = f.offer(f.company(name="Brandaris"))
    f.member(db.session.get_one(Organisation, offer.organisation_id))
    school = f.school(website="kleinebeer.example")
    known = f"“{offer.title}” van Brandaris"
    page = client.post(f"/aanvragen/nieuw?offer={offer.id}", data=typed(school, pupils="", period_from=""), follow_redirects=True).text
    assert "Dit vraag je aan" in page and "klik op de link in je mail. Dan gaat je vraag naar Brandaris" in page
    mail = db.session.scalars(select(Job).where(Job.kind == "mail.send")).one().payload
    assert all(known in mail[part] and "gaat je vraag naar Brandaris" in mail[part] for part in ("text", "html"))
    link = mailed_link()
    assert "Dit vraag je aan" in client.get(link).text and offer.title in client.get(link).text
    after = client.post(link, follow_redirects=True).text
    assert "Vul je aanvraag nog aan. Dan gaat je vraag naar Brandaris" in after
    edit = f"/aanvragen/{only_request().id}/pas-aan"
    form = client.get(edit).text
    assert "Dan gaat je vraag naar Brandaris zodra je bewaart" in form and db.session.scalar(select(Conversation.id)) is None
    more = {"version": re.search(r'name="version"[^>]*value="(\d+)"', form).group(1)}
    done = client.post(edit, data=typed(school, **more), follow_redirects=True)
    talk = db.session.scalars(select(Conversation)).one()
    assert talk.offer_id == offer.id and done.request.path == f"/berichten/{talk.id}"
    page = client.get(f"/aanvragen/{only_request().id}").text
    assert "Naar jullie gesprek" in page and "Vul je aanvraag nog aan" not in page


def test_a_chosen_offer_that_went_offline_is_said_to_be_gone(app, client):
    offer = f.offer(f.company(name="Brandaris"))
    client.post(f"/aanvragen/nieuw?offer={offer.id}", data=typed(f.school(), pupils=""))
    with transaction():
        db.session.get(type(offer), offer.id).state = "paused"
    client.post(mailed_link())
    assert "Het aanbod dat je koos, staat niet meer online" in client.get(f"/aanvragen/{only_request().id}").text


def test_a_request_that_is_made_vague_and_whole_again_asks_nobody_twice(app, client):
    offer = f.offer(f.company())
    school = f.school()
    person = f.member(school)
    row = f.support_request(school, person, offer_id=offer.id)
    me = f.actor_of(person)
    for pupils in (None, 24, None, 25):
        with transaction():
            save(me, row.id, {"pupils": pupils})
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_mails_to_one_address_are_limited(app, client):
    school = f.school()
    answers = [client.post("/aanvragen/nieuw", data=typed(school)).status_code for _ in range(7)]
    assert answers[:5] == [302] * 5 and answers[5:] == [422, 422]


def test_a_guest_can_change_the_request_and_choose_an_offer_before_the_click(app, client):
    offer = f.offer(f.company())
    client.post("/aanvragen/nieuw", data=typed(f.school()))
    request = only_request()
    page = client.get(f"/aanvragen/{request.id}/pas-aan")
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.get_data(as_text=True)).group(1)
    client.post(f"/aanvragen/{request.id}/pas-aan", data=typed(f.school(), pupils="24", version=version))
    assert only_request().pupils == 24 and only_request().period_from == date(YEAR, 3, 1)
    client.post(f"/aanvragen/{request.id}/kies", data={"offer": offer.id})
    assert only_request().offer_id == offer.id
