"""Generated rows are what the rules would let through, so that what is measured is what people will see."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from techfinder.accounts.models import User
from techfinder.accounts.passwords import password_fits
from techfinder.core.db import db
from techfinder.discovery.engine import engine
from techfinder.offers import rules as offer_rules
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules as request_rules
from techfinder.support_requests.models import SupportRequest
from tests.benchmarks.generate import PASSWORD, Sizes, generate

pytestmark = pytest.mark.usefixtures("fresh_index")


def test_generated_rows_are_complete_and_found(app: Flask) -> None:
    generate(Sizes(offers=40, companies=12, requests=15, schools=20, people=3))
    offers = db.session.scalars(select(Offer).options(selectinload(Offer.points))).all()
    requests = db.session.scalars(select(SupportRequest)).all()
    assert len(offers) == 40 and len(requests) == 15
    assert [offer_rules.gaps(offer) for offer in offers] == [()] * 40
    assert [request_rules.missing(request) for request in requests] == [()] * 15
    assert all(row.region_id and row.lat for row in db.session.scalars(select(Organisation)))
    person = db.session.scalars(select(User).where(User.email == "school1@school1.example")).one()
    assert password_fits(person.password_hash, PASSWORD)
    state = engine(at_once=True).status()
    assert (state.supplies, state.needs) == (40, 15)
