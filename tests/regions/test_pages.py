"""An administrator edits regions and networks."""

import pytest
from sqlalchemy import select

from techfinder.core.db import db, transaction
from techfinder.core.jobs import run_all
from techfinder.organisations.models import Organisation
from techfinder.regions import service
from techfinder.regions.models import Network, Region
from tests import factories as f


@pytest.fixture
def admin(app, client):
    land = f.region("Nederland")
    f.sign_in(client, f.coordinator(land, role="administrator"))
    return land


def test_a_new_region_takes_over_the_organisations_in_its_area(admin, client):
    school = f.school(region_id=admin.id)
    answer = client.post("/beheer/regios/nieuw", data={
        "name": "Peel", "slug": "peel", "kind": "region", "parent_id": admin.id, "area": "gemeente Helmond\npostcode 5751"})
    assert answer.status_code == 302
    run_all()
    peel = db.session.scalars(select(Region).where(Region.slug == "peel")).one()
    db.session.expire_all()
    assert db.session.get(Organisation, school.id).region_id == peel.id


def test_what_cannot_be_read_is_said_and_kept(admin, client):
    page = client.post("/beheer/regios/nieuw", data={
        "name": "Peel", "slug": "Peel!", "kind": "region", "parent_id": admin.id, "area": "gemeente Atlantis"})
    assert page.status_code == 422
    assert "gemeente Atlantis” begrijpen we niet" in page.text and "Alleen kleine letters" in page.text and 'value="Peel!"' in page.text


def test_a_stale_form_does_not_overwrite(admin, client):
    with transaction():
        row = f.db.session.get(Region, admin.id)
        row.name = "Het land"
    data = {"name": "Mijn land", "slug": admin.slug, "kind": "country", "parent_id": 0, "area": "", "version": "1"}
    page = client.post(f"/beheer/regios/{admin.id}", data=data)
    assert page.status_code == 422 and "Iemand anders bewaarde" in page.text and "Mijn land" in page.text
    db.session.expire_all()
    assert db.session.get(Region, admin.id).name == "Het land"


def test_the_seeded_pages_open(admin, client):
    with transaction():
        service.seed()
    assert "Netwerken" in client.get("/beheer/regios").text
    network = db.session.scalars(select(Network)).first()
    assert network.name in client.get(f"/beheer/netwerken/{network.id}").text
    region = db.session.scalars(select(Region).where(Region.kind == "region")).first()
    page = client.get(f"/beheer/regios/{region.id}").text
    assert "gemeente " in page
