"""A search equals the reference: order, scores, kilometres, counts and ways out, bit for bit, whatever changed since."""

import math
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techfinder.geo import km as geodesic
from techfinder.matching import search_kernel, side, windows
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.engine import Engine
from techfinder.matching.terms import query_terms, supply_sources
from techfinder.matching.values import Query
from techfinder.matching.windows import Key, window
from tests.benchmarks.corpus import Writer
from tests.matching import reference, search_reference
from tests.matching.test_exactness import TODAY, days, gone_sets, kinds, laid_over, supplies, texts, themes, with_memory_only
from tests.matching.test_explain import plainly

PLACES = ((51.5, 5.5), (51.5, 5.6), (51.58, 5.5), (52.0, 5.0), (53.2, 6.56))
BETWEEN = sorted({geodesic(a, b) for a in PLACES for b in PLACES})
# on the boundary: exactly as far as two places lie from each other, and the least bit nearer and farther
RADII = [math.nextafter(km, to) for km in BETWEEN for to in (km, -1.0, 1e9) if km] + [0.0, 5.0, 25.0]
GROUPS = ((), (0b011, 0b110, 0b1000))
START = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def offers(draw, number=None):
    made = draw(supplies(number))
    return replace(
        made, points=tuple(replace(p, radius_km=draw(st.sampled_from((None, *RADII)))) for p in made.points),
        cost_cents=draw(st.sampled_from((None, 0, 1, 5_000, 5_001, 15_000, 15_001))),
        region_ids=draw(st.frozensets(st.integers(1, 3), max_size=2)),
        published_at=draw(st.sampled_from((None, START, START + timedelta(days=1), START + timedelta(days=2)))),
    )  # fmt: skip


@st.composite
def queries(draw):
    lat, lon = draw(st.sampled_from((*PLACES, (None, None), (52.3, 4.9))))
    since, until = draw(st.none() | days), draw(st.none() | days)
    return Query(
        text=draw(texts | st.sampled_from(("", " ", "de", "onzinwoord", "robbots lassen"))), lat=lat, lon=lon,
        radius_km=draw(st.sampled_from((None, *RADII))), kinds=draw(st.frozensets(kinds, max_size=2)),
        levels=draw(st.sampled_from((0, 0, 1, 6, 8))), level_groups=draw(st.sampled_from(GROUPS)), themes=frozenset(draw(themes)),
        languages=draw(st.sampled_from((frozenset(), frozenset({"en"}), frozenset({"nl", "en"}), frozenset({"de"})))),
        cost=draw(st.frozensets(st.sampled_from(("free", "to_50", "to_150", "more", "unknown")), max_size=2)),
        regions=draw(st.frozensets(st.integers(1, 4), max_size=2)), period_from=since, period_until=until,
        sort=draw(st.sampled_from(("relevance", "distance", "newest"))), per_page=draw(st.integers(1, 7)),
        labels=draw(st.sampled_from((frozenset({"public"}), frozenset({"public", "org:1"}), frozenset()))),
    )  # fmt: skip


def simpler(query):
    """The same with few filters, so that something is found."""
    return replace(query, kinds=frozenset(), levels=0, themes=frozenset(), languages=frozenset(), cost=frozenset(), regions=frozenset())


@contextmanager
def small_limits():
    """Segments and windows as a large corpus has them: three segments, and pages that are narrowed down to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(side, "FANOUT", 2)
        patch.setattr(windows, "FEW", 2)
        yield


def compared(engine, query, things, generation):
    """Every page of the engine against the reference."""
    terms = engine._corrected(engine._state.supplies, query_terms(analyser(), [(query.text, 1.0)], weights().query))[0]
    order, facets, ways_out = search_reference.search(query, terms, things, generation, weights(), TODAY.date())
    by_id = {t.id: t for t in things}
    pages = math.ceil(len(order) / query.per_page) + 1
    for number in range(1, pages + 1):
        result = engine.search(replace(query, page=number), TODAY)
        expected = order[(number - 1) * query.per_page : number * query.per_page]
        assert [(h.id, h.score, h.km, h.point_id) for h in result.hits] == expected
        assert result.total == len(order)
        assert {name: list(counts.items()) for name, counts in result.facets.items()} == facets
        assert [(r.code, r.count, r.change) for r in result.relaxations] == ways_out
        for h in result.hits:
            asked = terms if query.text.strip() else ()
            assert h.words == plainly(asked, [text for text, _ in supply_sources(by_id[h.id])])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(offers(), max_size=25), st.lists(st.lists(offers(), max_size=4), min_size=3, max_size=3),
       st.lists(gone_sets, min_size=3, max_size=3), queries())  # fmt: skip
def test_a_search_equals_the_reference(base, changes, gone, query):
    engine = Engine(tempfile.gettempdir() + "/never-written")
    with small_limits():
        with_memory_only(engine, base, [])
        for no, (batch, dead) in enumerate(zip(changes, gone, strict=True), 2):
            engine.apply(no, supplies=batch, gone_supplies=dead)
        generation = reference.Generation.of({t.id: t for t in base}.values())
        things = laid_over(base, changes, gone)
        compared(engine, query, things, generation)
        compared(engine, simpler(query), things, generation)


def test_a_search_among_many_equals_the_reference():
    writer = Writer(seed=11)
    r = writer.random
    base = [replace(writer.supply(n), published_at=START + timedelta(days=r.randrange(40)), trust=r.choice((None, 0.2, 0.9))) for n in range(1, 701)]
    engine = Engine(tempfile.gettempdir() + "/never-written")
    with_memory_only(engine, base, [])
    changed = [replace(writer.supply(n), title="Robots en windmolens") for n in range(600, 680)]
    engine.apply(2, supplies=changed[:70], gone_supplies=[3, 4])
    engine.apply(3, supplies=changed[70:], gone_supplies=[5])
    things = laid_over(base, [changed[:70], changed[70:]], [[3, 4], [5]])
    generation = reference.Generation.of(base)
    for n in range(12):
        place = r.choice(writer.places)
        many = " ".join(r.choice(s.words) for s in r.sample(writer.subjects, search_kernel.MOST_GROUPS + 4))
        words = (r.choice(r.choice(writer.subjects).words), "", "robots water", f"robots windmolens {many}")[n % 4]
        asked = Query(words, radius_km=r.choice((None, 40.0)), sort=("relevance", "distance", "newest")[n // 4], per_page=150)
        compared(engine, replace(asked, lat=place.lat, lon=place.lon) if n % 3 else asked, things, generation)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=40), st.integers(0, 45), st.integers(1, 9))
def test_a_window_is_a_slice_of_the_whole_order(rows, first, size):
    whole, exact, below, above = (np.array(column, float) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 4
    asked_for = []

    def measure(chosen):
        asked_for.extend(chosen)
        return exact[chosen]

    ids = np.arange(len(rows))[::-1]
    keys = [Key(whole, whole), Key(exact - below, exact + above, measure), Key(ids, ids)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "FEW", 3)
        assert window(keys, first, first + size).tolist() == np.lexsort((ids, exact, whole))[first : first + size].tolist()
        assert window(keys[1:], first, first + size).tolist() == np.lexsort((ids, exact))[first : first + size].tolist()


def test_only_what_may_stand_on_the_page_is_measured():
    exact = np.arange(5_000.0)
    asked_for = set()

    def measure(chosen):
        asked_for.update(chosen.tolist())
        return exact[chosen]

    ids = np.arange(5_000)
    assert window([Key(exact - 3, exact + 3, measure), Key(ids, ids)], 2_000, 2_020).tolist() == list(range(2_000, 2_020))
    assert len(asked_for) <= 40
