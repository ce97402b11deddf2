"""The compiled kernel gives what the filters give, on a corpus where only a few of many can win; serving never compiles."""

from dataclasses import replace

import pytest

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.compiled import FUNCTIONS
from techfinder.matching.matcher import question
from techfinder.matching.side import Change, analysed, side_of
from techfinder.matching.suggestions import asker, fast_race, slow_race
from techfinder.matching.terms import need_sources, query_terms
from techfinder.matching.values import PUBLIC, Need, Point, Supply
from tests.benchmarks.corpus import Writer
from tests.matching.test_exactness import TODAY


@pytest.fixture(scope="module")
def corpus():
    writer = Writer(seed=3)
    side = side_of([writer.supply(i) for i in range(1, 3001)], True)
    return side, [writer.need(i) for i in range(1, 121)]


def asked_by(side, need):
    terms = query_terms(analyser(), need_sources(need), weights().query)
    return question(terms, need.themes, PUBLIC, TODAY.date(), side.statistics)


@pytest.mark.parametrize("k", [1, 3, 10, 50, 70])
def test_the_kernel_equals_the_filters(corpus, k):
    side, needs = corpus
    w = weights()
    for need in needs[: 120 if k == 10 else 20]:
        q = asked_by(side, need)
        fast = fast_race(side, asker(need, q), q, k, w)
        slow = slow_race(side, asker(need, q), q, k, w)
        assert [r.ranked() for r in fast.fits[:k]] == [r.ranked() for r in slow.fits[:k]]
        assert [r.ranked() for r in fast.near] == [r.ranked() for r in slow.near]
        assert (fast.failures if len(fast.fits) < k else {}, fast.on_subject) == (slow.failures, slow.on_subject)


def test_the_kernel_equals_the_filters_where_few_organisations_offer_all(corpus):
    """Then the re-ranking turns much around, and its end at fifty counts."""
    _, needs = corpus
    writer, w = Writer(seed=4), weights()
    things = [replace(writer.supply(i), organisation_id=1 + i % 3) for i in range(1, 1501)]
    side = side_of(things, True)
    for need in needs[:40]:
        need = replace(need, levels=0, kinds=frozenset())
        q = asked_by(side, need)
        for k in (10, 25, 45):
            fast, slow = fast_race(side, asker(need, q), q, k, w), slow_race(side, asker(need, q), q, k, w)
            assert [r.ranked() for r in fast.fits[:k]] == [r.ranked() for r in slow.fits[:k]]


def test_the_kernel_equals_the_filters_over_what_changed(corpus):
    """One list for all segments: places and doubts keep their segment, and what was replaced is nowhere."""
    side, needs = corpus
    writer, w = Writer(seed=5), weights()
    for ids in (range(1, 2_400, 8), range(5, 165, 4), range(3_001, 3_006)):
        later = [writer.supply(i) for i in ids]
        side = side.changed({s.id: Change(2, s, analysed(s)) for s in later})
    assert len(side.segments) == 4
    for need in needs[:40]:
        q = asked_by(side, need)
        fast, slow = fast_race(side, asker(need, q), q, 10, w), slow_race(side, asker(need, q), q, 10, w)
        assert [r.ranked() for r in fast.fits[:10]] == [r.ranked() for r in slow.fits[:10]]
        assert [r.ranked() for r in fast.near] == [r.ranked() for r in slow.near]


def offer(number, organisation, title):
    return Supply(id=number, organisation_id=organisation, title=title, kind="material", levels=0)


def test_bounds_hold_where_the_end_of_the_re_ranking_shifts():
    """Ten others come among the first 25, for one organisation's offers are spread. Twenty more of those push others out of the
    fifty that are re-ranked: then the 25th ranks lower than the bound by which offers were left out before."""
    w = weights()
    for ours, middling in ((40, 0), (25, 0), (25, 12), (14, 30)):
        titles = ["windmolen"] * ours + ["windmolen bouwen met karton, papier en wind en nog veel meer in de klas"] * 10
        titles += ["windmolen bouwen met lijm"] * middling
        things = [offer(i, 99 if i <= ours else 100 + i, title) for i, title in enumerate(titles, 1)]
        later = [offer(i, 99, "windmolen") for i in range(101, 121)]
        side = side_of(things, True).changed({s.id: Change(2, s, analysed(s)) for s in later})
        need = Need(id=1, organisation_id=1000, title="windmolen", levels=0)
        q = asked_by(side, need)
        for k in (1, 5, 10, 20, 25, 30, 45, 50, 60):
            fast, slow = fast_race(side, asker(need, q), q, k, w), slow_race(side, asker(need, q), q, k, w)
            assert [r.ranked() for r in fast.fits[:k]] == [r.ranked() for r in slow.fits[:k]]


HERE, THERE, BEYOND = (52.0, 5.0), (52.06, 5.0), (52.13, 5.0)  # 0, 6.7 and 14.5 km away


def equals(offers, place, k=10):
    """Workshops for which places decide: twelve blocks, one a level, and the lower an offer's number, the later its block."""
    things = []
    for i in range(1, offers + 1):
        lat, lon = place(i)
        at = Point(id=i, lat=lat, lon=lon, radius_km=12.0)
        things.append(replace(offer(i, i, "windmolen bouwen"), kind="workshop", levels=1 << (11 - (i - 1) // 64), points=(at,)))
    side, w = side_of(things, True), weights()
    need = Need(id=1, organisation_id=100_000, title="windmolen", levels=0, lat=HERE[0], lon=HERE[1])
    q = asked_by(side, need)
    return fast_race(side, asker(need, q), q, k, w), slow_race(side, asker(need, q), q, k, w)


@pytest.mark.parametrize("place", [lambda i: THERE, lambda i: (THERE[0] + 0.03 * (i % 2), THERE[1] + 0.03 * (i % 3 - 1))], ids=["one", "many"])
def test_bounds_are_no_less_than_the_score_where_all_are_as_good(place):
    """Nothing but the number decides, and the lowest come last: a bound a hair too low leaves them out."""
    fast, slow = equals(768, place)
    assert [r.ranked() for r in fast.fits[:10]] == [r.ranked() for r in slow.fits[:10]]
    assert {r.id for r in slow.fits[:10]} <= set(range(1, 65))


def test_bounds_of_near_misses_are_no_less_than_their_score():
    fast, slow = equals(768, lambda i: BEYOND)
    assert not slow.fits and len(slow.near) > 0
    assert [r.ranked() for r in fast.near] == [r.ranked() for r in slow.near]


def test_few_documents_are_looked_at(corpus):
    """The bounds are worth something: what cannot come among the first is not even brought forward."""
    side, needs = corpus
    brought = [len(fast_race(side, asker(n, q := asked_by(side, n)), q, 10, weights()).fits) for n in needs]
    assert max(brought) < 20


def test_serving_never_compiles(corpus):
    for function in FUNCTIONS:
        assert function.nopython_signatures
        before = len(function.signatures)
        with pytest.raises(TypeError):
            function("nothing that was foreseen")
        assert len(function.signatures) == before
