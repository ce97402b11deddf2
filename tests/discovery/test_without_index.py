"""No index that can be used: pages are answered from SQL, right in what they show and count, while one process builds."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from techfinder.core.changes import begin_another_log, log_change
from techfinder.core.db import db, reading, transaction
from techfinder.core.health import run_checks
from techfinder.discovery import corpus, plain, tending
from techfinder.discovery import engine as engines
from techfinder.discovery.engine import engine, finder
from techfinder.matching.engine import Engine
from techfinder.matching.values import Query
from techfinder.offers.models import Offer, StartingPoint
from tests import factories as f
from tests.discovery.pages import look

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def no_index(monkeypatch):
    """More offers than an index is made of while somebody waits."""
    monkeypatch.setattr(engines, "AT_ONCE", -1)


@pytest.fixture
def market(app):
    """Offers of three companies that differ in everything a filter asks."""
    companies = [f.company(name="Vonk BV"), f.company(name="De Wiek", **f.GRONINGEN), f.company(name="Weg", state="blocked")]
    made = [
        f.offer(companies[0]),
        f.offer(companies[0], title="Kijk in de fabriek", kind="site_visit", themes=["techniek_breed"], levels=0b100, cost_cents=7_500,
                summary="Een rondleiding."),
        f.offer(companies[1], title="Windmolens op zee", themes=["windenergie"], language="en", cost_cents=None,
                summary="Wieken van honderd meter."),
        f.offer(companies[1], title="Robots in de zorg", state="paused"),
        f.offer(companies[2], title="Robots van een ander"),
    ]  # fmt: skip
    with transaction():
        db.session.add(StartingPoint(offer_id=made[0].id, position=1, place="Groningen", lat=53.2, lon=6.5, radius_km=5, weekdays=3))
        log_change("offer", made[0].id)
    return made


def test_columns_read_the_short_way_are_those_of_the_documents(market):
    with reading() as session:
        short = corpus.plain_supplies(session)
    assert short == tuple(replace(s, summary="", body="") for s in corpus.whole().supplies) and len(short) == 3


QUERIES = [
    Query(), Query(text="robot"), Query(text="Robots bouwen"), Query(text="fabriek"), Query(text="vonk"), Query(text="zzz"),
    Query(kinds=frozenset({"site_visit"})), Query(levels=0b100), Query(lat=51.48, lon=5.66, radius_km=20.0), Query(sort="newest"),
    Query(cost=frozenset({"free"})), Query(languages=frozenset({"en"})), Query(text="windmolen", lat=53.2, lon=6.5),
    Query(text="%"), Query(text="'; drop table offer"), Query(text="en de het"), Query(per_page=1, page=2),
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: f"{q.text or sorted(q.kinds or q.cost or q.languages)}{q.sort}")
def test_sql_finds_counts_and_measures_as_the_index_does(market, query):
    of_index, of_sql = finder().engine(at_once=True).search(query, AT), plain.Plain().search(query, AT)
    assert {(h.id, h.km, h.point_id) for h in of_sql.hits} == {(h.id, h.km, h.point_id) for h in of_index.hits}
    assert (of_sql.total, of_sql.facets) == (of_index.total, of_index.facets)


def test_suggestions_both_ways_come_from_sql_too(market, app):
    request = f.support_request(f.school())
    asked, offers = corpus.whole().needs[0], corpus.whole().supplies
    from_sql, from_index = plain.Plain(), finder().engine(at_once=True)
    assert [s.id for s in from_sql.suggest(asked, AT).fits] == [s.id for s in from_index.suggest(asked, AT).fits] == [market[0].id]
    seen = frozenset({"verified_company"})
    assert [s.id for s in from_sql.seekers(offers[0], AT, viewer=seen).fits] == [request.id]
    assert from_sql.complete("rob") == ()


def test_a_page_without_an_index_shows_and_counts_what_is_published_and_builds_nothing(client, market, no_index):
    page = look(client, q="robot")
    assert page.ids == [market[0].id] and page.total == 1
    assert not list(finder().directory.rglob("supplies.pack"))
    with transaction():
        db.session.get_one(Offer, market[0].id).state = "paused"
        log_change("offer", market[0].id)
    page = look(client)
    assert market[0].id not in page.ids and page.total == 2
    assert run_checks()["index"][0] is False and "SQL" in run_checks()["index"][1]


def test_one_process_builds_aside_and_the_others_take_it_up(client, market, no_index):
    look(client)
    assert finder().lacking_since is not None
    assert finder().build_aside()
    assert isinstance(engine(at_once=True), Engine) and finder().lacking_since is None
    assert look(client, q="robot").ids == [market[0].id]
    assert run_checks()["index"][0] is True


def test_without_a_worker_a_web_process_builds_after_a_while(client, market, no_index, monkeypatch):
    began = []
    monkeypatch.setattr(tending, "stand_in", began.append)
    look(client)
    assert not began  # the worker has its chance first
    monkeypatch.setattr(tending, "GRACE_S", -1.0)
    look(client)
    assert began


def test_who_is_too_far_behind_answers_from_sql(client, market, no_index, monkeypatch):
    finder().engine(at_once=True)
    monkeypatch.setattr(engines, "FROM_SCRATCH", 1)
    with transaction():
        for one in market[:3]:
            db.session.get_one(Offer, one.id).state = "paused"
            log_change("offer", one.id)
    assert look(client).total == 0 and engine(at_once=True) is finder()._plain


def test_an_index_of_another_database_or_version_is_not_read(client, market, no_index, monkeypatch):
    first = finder().engine(at_once=True).generation
    with transaction():
        begin_another_log()
    assert engine(at_once=True) is finder()._plain
    monkeypatch.setattr(engines, "VERSION", "f" * 32)
    assert engine(at_once=True) is finder()._plain
    assert first and len(list(finder().directory.iterdir())) == 1  # the other's stays as it is


def test_who_tends_says_what_the_disk_refuses_where_the_doctor_reads_it(market, monkeypatch):
    tending.tend(finder())
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        broken.setattr("techfinder.matching.indexer.COMPACT_MIN", 0)
        broken.setattr("techfinder.matching.indexer.COMPACT_SHARE", 0.0)
        broken.setattr("techfinder.matching.indexer.COMPACT_PAUSE_S", 0.0)
        with transaction():
            log_change("offer", market[0].id)
        assert tending.tend(finder()) is False
        assert "No space left" in run_checks()["index"][1] and run_checks()["index"][0] is False
        assert {h.id for h in engine(at_once=True).search(Query(text="robot"), AT).hits} == {market[0].id}
    assert tending.tend(finder()) and run_checks()["index"][0] is True


def test_index_status_says_generation_lag_size_and_what_was_put_aside(app, market):
    finder().engine(at_once=True)
    with transaction():
        log_change("offer", market[0].id)
    for path in finder().directory.rglob("words.pack"):
        path.write_bytes(b"")
    tending.tend(finder())
    said = app.test_cli_runner().invoke(args=["index", "status"]).output
    assert "generation g000002 as of change" in said and "MB" in said and "changes behind" in said
    assert "put aside: g000001.damaged" in said


def test_a_process_forked_after_the_start_answers_and_follows(market):
    assert finder().warm()
    finder()._busy.acquire()  # as if another thread of the parent were at it
    child = os.fork()
    if not child:
        signal.alarm(4)  # nobody gives back the lock that was held
        os._exit(0 if finder().answers().search(Query(text="robot"), AT).total == 1 and not finder().forking else 1)
    finder()._busy.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finder().forking = False
