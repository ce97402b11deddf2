"""The online geocoder refines, is asked once, and is not believed blindly."""

from dataclasses import replace

import pytest
from geopy.adapters import BaseSyncAdapter
from sqlalchemy import select

from techfinder.core.db import db, transaction
from techfinder.core.jobs import Job, run_all
from techfinder.geo.locatieserver import LocatieserverGeocoder
from techfinder.organisations import refine
from techfinder.organisations.models import GeocoderAnswer, Organisation
from tests import factories as f


@pytest.fixture
def online(app, monkeypatch):
    """The switch is on, and the server answers with what the test says."""
    asked, point = [], ["POINT(5.66 51.482)"]

    class Canned(BaseSyncAdapter):
        session = None

        def get_text(self, url, *, timeout, headers):
            raise NotImplementedError

        def get_json(self, url, *, timeout, headers):
            asked.append(url)
            doc = {"type": "postcode", "centroide_ll": point[0], "woonplaatsnaam": "Helmond", "gemeentenaam": "Helmond",
                   "provincienaam": "Noord-Brabant", "postcode": "5701AB", "weergavenaam": "5701AB"}
            return {"response": {"numFound": 1, "start": 0, "docs": [doc]}}

    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], geocoder_online=True))
    monkeypatch.setattr(refine, "geocoder", lambda: LocatieserverGeocoder(
        cache=refine.KeptAnswers(), adapter_factory=lambda **_: Canned(proxies=None, ssl_context=None)))
    return asked, point


def place(row):
    with transaction():
        refine.ask_to_refine(db.session.get(Organisation, row.id))
    run_all()
    db.session.expire_all()
    assert [j.last_error for j in db.session.scalars(select(Job))] == []
    found = db.session.get(Organisation, row.id)
    return found.lat, found.lon


def test_the_answer_moves_the_organisation_and_is_asked_once(online):
    asked, _ = online
    assert place(f.company()) == (51.482, 5.66)
    assert place(f.company()) == (51.482, 5.66)
    assert len(asked) == 1 and db.session.query(GeocoderAnswer).count() == 1


def test_an_answer_far_away_is_not_believed(online):
    _, point = online
    point[0] = "POINT(4.9 52.37)"
    row = f.company()
    assert place(row) == (f.HELMOND["lat"], f.HELMOND["lon"])


def test_without_the_switch_nothing_is_asked(app):
    row = f.company()
    with transaction():
        refine.ask_to_refine(db.session.get(Organisation, row.id))
    assert db.session.scalars(select(Job)).all() == []
