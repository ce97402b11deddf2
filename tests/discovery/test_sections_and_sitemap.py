"""What discovery adds to an offer's page, and what search engines get."""

import re

from techfinder.core.db import db, transaction
from techfinder.discovery import sitemap
from techfinder.offers.models import Offer
from tests import factories as f


def test_an_offer_leads_to_others_like_it_but_never_to_itself_or_to_hidden_ones(client):
    one, other = f.offer(f.company()), f.offer(f.company(), title="Laat een robot dansen")
    hidden = f.offer(f.company(), title="Geheime robot", state="paused")
    page = client.get(f"/aanbod/{one.id}").text
    part = page[page.index("Lijkt hierop") :]
    assert f'href="/aanbod/{other.id}"' in part and f'href="/aanbod/{one.id}"' not in part and f"/aanbod/{hidden.id}" not in part


def test_an_offer_that_nothing_resembles_has_no_such_section(client):
    assert "Lijkt hierop" not in client.get(f"/aanbod/{f.offer(f.company()).id}").text


def test_schools_that_seek_this_stand_there_for_the_company_only(client):
    company, school = f.company(), f.school(name="De Zoekende School")
    one = f.offer(company)
    f.support_request(school, f.member(school))
    assert "Scholen die dit zoeken" not in client.get(f"/aanbod/{one.id}").text
    f.sign_in(client, f.member(f.company()))
    assert "De Zoekende School" not in client.get(f"/aanbod/{one.id}").text
    f.sign_in(client, f.member(company))
    page = client.get(f"/aanbod/{one.id}").text
    assert "Scholen die dit zoeken" in page and "De Zoekende School" in page


def test_the_sitemap_names_public_pages_only(client):
    shown, hidden = f.offer(f.company()), f.offer(f.company(), state="draft")
    blocked = f.company(state="blocked")
    xml = client.get("/sitemap.xml").text
    assert f"<loc>http://localhost/aanbod/{shown.id}</loc>" in xml and f"/organisaties/{shown.organisation_id}<" in xml
    assert f"/aanbod/{hidden.id}<" not in xml and f"/organisaties/{blocked.id}<" not in xml
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def test_a_large_sitemap_is_cut_in_parts_that_hold_everything_once_and_stay_put(client, monkeypatch):
    company = f.company()
    offers = [f.offer(company) for _ in range(5)]
    monkeypatch.setattr(sitemap, "MOST", 3)
    parts = re.findall(r"<loc>http://localhost(/sitemap-\d+\.xml)</loc>", client.get("/sitemap.xml").text)
    files = [re.findall(r"<loc>([^<]*)", client.get(part).text) for part in parts]
    places = [place for file in files for place in file]
    assert all(files) and len(parts) > 2 and len(places) == len(set(places)) == 7
    for path in ("/sitemap-0.xml", "/sitemap-999999.xml", "/sitemap-99999999999999999999.xml"):
        assert client.get(path).status_code == 404
    with transaction():
        db.session.get(Offer, offers[0].id).state = "paused"
    after = [re.findall(r"<loc>([^<]*)", client.get(part).text) for part in parts]
    assert [[p for p in file if p != f"http://localhost/aanbod/{offers[0].id}"] for file in files] == after
