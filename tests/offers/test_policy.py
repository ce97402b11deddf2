"""Labels in the index and rows in SQL say the same about who sees what."""

import itertools

from sqlalchemy import select

from techfinder.core.db import db, transaction
from techfinder.core.permissions import ANYBODY
from techfinder.offers.models import STATES, Offer
from techfinder.offers.policy import labels, viewer_labels, visible_offers
from techfinder.organisations.models import STATES as COMPANY_STATES
from techfinder.organisations.models import Organisation
from tests import factories


def test_labels_meet_exactly_when_the_row_is_visible(app):
    """Exhaustive: every state of an offer × of its company × working copy or not × every sort of reader."""
    country = factories.region()
    here, there = factories.region(parent=country), factories.region(parent=country)
    company, other, school = factories.company(region_id=here.id), factories.company(), factories.school()
    homeless = factories.company(region_id=None)
    public = factories.offer(company)
    seen = {
        (c.id, state): factories.offer(c, state=state).id
        for c, state in itertools.product((company, homeless), STATES)
    }
    copies = [factories.offer(company, state=state, replaces_id=factories.offer(company).id).id for state in STATES]
    actors = {
        "anybody": ANYBODY, "teacher": factories.actor_of(factories.member(school)),
        "own member": factories.actor_of(factories.member(company, role="member")),
        "claims to work there": factories.actor_of(factories.member(company, role="member", verified=False)),
        "founder": factories.actor_of(factories.member(company, verified=False)),
        "other company": factories.actor_of(factories.member(other)),
        "coordinator here": factories.actor_of(factories.coordinator(here)),
        "coordinator there": factories.actor_of(factories.coordinator(there)),
        "coordinator above": factories.actor_of(factories.coordinator(country)),
        "reader here": factories.actor_of(factories.coordinator(here, "reader")),
        "administrator": factories.actor_of(factories.coordinator(here, "administrator")),
    }
    ids = [public.id, *seen.values(), *copies]
    for company_state in COMPANY_STATES:
        with transaction():
            for c in (company, homeless):
                db.session.get(Organisation, c.id).state = company_state
        pairs = select(Offer, Organisation).join(Organisation, Organisation.id == Offer.organisation_id)
        rows = db.session.execute(pairs.where(Offer.id.in_(ids))).all()
        for name, actor in actors.items():
            visible = set(db.session.scalars(visible_offers(actor).with_only_columns(Offer.id)))
            for offer, of in rows:
                meets = bool(labels(offer, of) & viewer_labels(actor))
                assert meets == (offer.id in visible), (name, company_state, offer.state, offer.replaces_id)
        db.session.rollback()
