"""The engine of a process follows the database."""

from datetime import UTC, datetime

from sqlalchemy import update

from techfinder.core.changes import ChangeCounter, log_change
from techfinder.core.db import db, transaction
from techfinder.core.permissions import SYSTEM
from techfinder.discovery.engine import engine
from techfinder.matching.values import Query
from techfinder.offers import service
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from tests import factories as f

AT = datetime(2026, 11, 21, tzinfo=UTC)


def found(text="robot"):
    return {h.id for h in engine(at_once=True).search(Query(text=text), AT).hits}


def test_a_published_offer_is_found_and_a_paused_one_is_not(app):
    one = f.offer(f.company())
    assert found() == {one.id}
    person = f.member(db.session.get(Organisation, one.organisation_id))
    with transaction():
        service.pause(f.actor_of(person), one.id)
    assert found() == set()


def test_blocking_a_company_takes_all_its_offers_away(app):
    company = f.company()
    f.offer(company)
    f.offer(company)
    assert len(found()) == 2
    with transaction():
        db.session.execute(update(Organisation).where(Organisation.id == company.id).values(state="blocked"))
        log_change("organisation", company.id)
    assert found() == set()


def test_a_working_copy_is_never_found(app):
    one = f.offer(f.company())
    person = f.member(db.session.get(Organisation, one.organisation_id))
    with transaction():
        copy = service.edit_published(f.actor_of(person), one.id)
        copy.title = "Zeldzaamwoord"
        log_change("offer", copy.id)
    assert found() == {one.id} and found("zeldzaamwoord") == set()


def test_a_database_restored_to_an_older_moment_is_read_again(app):
    one = f.offer(f.company())
    assert found() == {one.id}
    with transaction():
        db.session.execute(update(Offer).values(title="Bouw een brug", summary="", activity="", themes=[]))
        db.session.execute(update(ChangeCounter).values(no=0))
    assert found() == set() and found("brug") == {one.id}


def test_reading_the_index_leaves_the_objects_of_the_request_alone(app):
    one = f.offer(f.company())
    mine = db.session.get(Offer, one.id)
    found()
    assert mine in db.session and mine.title == "Bouw een robot" and SYSTEM.is_administrator
