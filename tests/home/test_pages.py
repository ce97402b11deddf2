"""Pages that show several packages."""

import re

import pytest

from techfinder.accounts.models import StaffPost
from techfinder.core.db import db, transaction
from techfinder.core.jobs import Job
from techfinder.core.permissions import SYSTEM
from techfinder.regions import service as regions
from tests import factories as f

pytestmark = pytest.mark.usefixtures("fresh_index")


def test_the_front_page_counts_and_shows_what_is_public(app, client):
    f.offer(f.company(name="Peelrobotica"))
    f.offer(f.company(), state="paused", title="Verborgen")
    page = client.get("/").text
    assert "1 keer aanbod" in page and "Peelrobotica" in page and "Verborgen" not in page


@pytest.mark.parametrize("path", ["/voor-scholen", "/voor-bedrijven", "/hulp", "/privacyverklaring", "/toegankelijkheid"])
def test_pages_that_explain_open_for_everybody(app, client, path):
    assert client.get(path).status_code == 200


def test_the_overview_says_what_asks_for_attention(app, client):
    company = f.company()
    f.offer(company, state="draft", published_at=None)
    f.sign_in(client, f.member(company, name="Joost Willems"))
    page = client.get("/overzicht").text
    assert "Hallo Joost" in page and "1 concept" in page


def test_a_company_reads_that_it_is_full_and_what_opens_it_again(app, client):
    company = f.company(full_until=f.AT.replace(year=2099))
    f.sign_in(client, f.member(company))
    for path in ("/overzicht", "/mijn-aanbod"):
        assert "Jullie zitten vol tot" in client.get(path).text
    with transaction():
        db.session.merge(company).full_until = f.AT
    for path in ("/overzicht", "/mijn-aanbod"):
        assert "Jullie zitten vol" not in client.get(path).text


def test_an_owner_reads_that_somebody_wants_to_take_part_and_a_member_does_not(app, client):
    company = f.company()
    owner, colleague = f.member(company), f.member(company, role="member")
    f.member(company, role="member", verified=False)
    f.sign_in(client, owner)
    page = client.get("/overzicht").text
    assert "1 persoon wil meedoen" in page and f'href="/organisaties/{company.id}/collegas"' in page
    f.sign_in(client, colleague)
    assert "wil meedoen" not in client.get("/overzicht").text


def test_who_began_an_offer_is_led_to_that_one_and_not_to_a_second(app, client):
    company = f.company()
    begun = f.offer(company, state="draft", published_at=None)
    f.sign_in(client, f.member(company))

    def next_step():
        return re.search(r'class="btn btn-primary" href="([^"]+)"', client.get("/overzicht").text)[1]

    assert next_step() == "/mijn-aanbod"
    with transaction():
        db.session.delete(db.session.merge(begun))
    assert next_step() == "/aanbod/nieuw"


def test_the_overview_shows_a_school_where_its_requests_stand(app, client):
    school, other = f.school(), f.school()
    person = f.member(school)
    f.support_request(school, person, title="Bruggen bouwen")
    f.support_request(school, person, title="Iets met robots", pupils=None)
    f.support_request(school, person, title="Al gelukt", state="fulfilled")
    f.support_request(other, f.member(other), title="Van een ander")
    f.sign_in(client, person)
    page = client.get("/overzicht").text
    assert "Bruggen bouwen" in page and "Iets met robots" in page and "nog niet compleet" in page
    assert "Al gelukt" not in page and "Van een ander" not in page


def test_a_company_that_was_sent_back_reads_why_wherever_it_looks(app, client):
    company = f.company(state="returned", state_reason="Wie zijn jullie?")
    f.offer(company, state="returned", published_at=None, state_reason="Vul de kosten in")
    f.sign_in(client, f.member(company))
    overview = client.get("/overzicht").text
    for page in (overview, client.get("/mijn-aanbod").text):
        assert "Wie zijn jullie?" in page and "stuur het opnieuw in" in page
    assert "1 keer aanbod kwam terug" in overview


def test_who_has_a_post_but_no_second_step_is_told_so(app, client):
    f.sign_in(client, f.coordinator(f.region("Nederland"), name="Nina"), strong=False)
    page = client.get("/overzicht").text
    assert "/account/twee-stappen" in page and "Waar werk je?" not in page and "actiepunten" not in page


@pytest.mark.parametrize(("role", "word"), [("reader", "lezer"), ("coordinator", "coördinator")])
def test_the_header_says_which_role_somebody_has(app, client, role, word):
    f.sign_in(client, f.coordinator(f.region("Nederland"), role=role, name="Jo"))
    assert f"<strong>Jo</strong>{word}" in client.get("/overzicht").text


def test_in_public_a_region_names_an_office_and_no_person(app, client):
    land = f.region("Nederland")
    here, beside = f.region("Brabant-Oost", land, "Helmond"), f.region("Noord", land)
    ann = f.coordinator(here, name="Ann Smits")
    f.coordinator(land, role="administrator", name="Bo Beheer")
    page = client.get(f"/regio/{here.slug}").text
    assert "De coördinator van Brabant-Oost keurt" in page and "Ann Smits" not in page and ann.email not in page
    assert "De beheerder van Techfinder kijkt hier mee" in client.get(f"/regio/{beside.slug}").text
    way = re.search(r'href="(/hulp)#(\w+)"', page)
    assert way and f'id="{way[2]}"' in client.get(way[1]).text, "nobody is named, but there is a way to ask"
    assert client.get("/regio/bestaat-niet").status_code == 404


def test_a_region_shows_its_newest_offers_and_advises_where_there_are_none(app, client):
    land = f.region("Nederland")
    here, beside = f.region("Brabant-Oost", land, "Helmond"), f.region("Noord", land)
    f.offer(f.company(region_id=here.id), title="Vers van de pers")
    assert "Vers van de pers" in client.get(f"/regio/{here.slug}").text and "Vers van de pers" in client.get(f"/regio/{land.slug}").text
    empty = client.get(f"/regio/{beside.slug}").text
    assert "Vers van de pers" not in empty and "Hier is nog geen aanbod" in empty and "/voor-bedrijven" in empty


def test_people_with_an_account_read_who_coordinates_but_never_who_administers(app, client):
    land = f.region("Nederland")
    here = f.region("Brabant-Oost", land, "Helmond")
    ann = f.coordinator(here, name="Ann Smits")
    f.coordinator(land, role="administrator", name="Bo Beheer")
    f.sign_in(client, f.member(f.school()))
    pages = [client.get(f"/regio/{region.slug}").text for region in (here, land)]
    assert "Dat doet Ann Smits." in pages[0] and "Bo Beheer" not in "".join(pages) and ann.email not in pages[0]
    below = f.region("De Peel", here)
    assert "geen eigen coördinator. De coördinator van Brabant-Oost" in client.get(f"/regio/{below.slug}").text


def test_the_administrator_retries_a_job_that_failed(app, client):
    land = f.region("Nederland")
    with transaction() as session:
        job = Job(kind="mail.send", payload={}, created_at=f.AT, run_at=f.AT, set_aside=True, attempts=8, last_error="Boem")
        again = Job(kind="mail.send", payload={}, created_at=f.AT, run_at=f.AT, attempts=3, last_error="Traceback\nSMTPAuthenticationError: 535\n")
        session.add_all([job, again])
    f.sign_in(client, f.coordinator(land, role="administrator"))
    page = client.get("/beheer").text
    assert "Boem" in page and "Nederland" in page and "opgegeven" in page
    assert "volgende poging" in page and page.count("SMTPAuthenticationError: 535") == 2  # beside the job, and with "taken en mails"
    assert "De mailserver nam dit niet aan" in page and "Boem" in "".join(re.findall(r"<details.*?</details>", page))
    assert client.post(f"/beheer/taken/{job.id}").status_code == 302
    again = db.session.get(Job, job.id)
    assert (again.set_aside, again.attempts) == (False, 0)
    assert db.session.query(StaffPost).count() == 1


def test_a_network_sees_and_counts_its_area_and_nobody_else_does(app, client):
    land = f.region("Nederland")
    with transaction():
        sto = regions.save_network(SYSTEM, None, name="STO Peel", slug="sto-peel", kind="sto", ended_on=None, sectors=["vo"],
                                   area=[("municipality", "Helmond")])
    f.offer(f.company(name="Peelrobotica"))
    f.support_request(f.school(name="Basisschool De Peel", sector="po"))
    f.support_request(f.school(name="Peelcollege", sector="vo"))
    reader = f.coordinator(land, role="reader")
    with transaction() as session:
        post = session.query(StaffPost).filter_by(user_id=reader.id).one()
        post.region_id, post.network_id = None, sto.id
    f.sign_in(client, reader)
    page = client.get("/netwerk/sto-peel").text
    assert "Peelrobotica" in page and "Peelcollege" in page and "De Peel" not in page
    assert "1 school, 1 bedrijf, 1 keer aanbod online, 1 open aanvraag" in page
    overview = client.get("/overzicht").text
    assert "STO Peel" in overview and "Jouw netwerk" in overview and "Jouw regio" not in overview
    f.sign_in(client, f.coordinator(land))
    assert client.get("/netwerk/sto-peel").status_code == 404


def test_a_reader_reads_and_is_not_led_to_the_queue(app, client):
    here = f.region("Brabant-Oost", f.region("Nederland"), "Helmond")
    f.sign_in(client, f.coordinator(here, role="reader"))
    page = client.get("/overzicht").text
    assert "Brabant-Oost" in page and "beoordelen" not in page
