"""The engine equals the reference: order, scores, kilometres, near misses, bit for bit, whatever changed since."""

import tempfile
from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techfinder.matching.blend import weights
from techfinder.matching.engine import Engine
from techfinder.matching.reach import REACH
from techfinder.matching.values import Need, Point, Supply
from tests.benchmarks.corpus import Writer
from tests.matching import reference

TODAY = datetime(2026, 11, 21)
WORDS = ["robot", "robots", "robotworkshop", "windmolen", "windturbine", "lassen", "metaal", "water", "zuivering", "drinkwater", "brug", "chip", "groep", "les"]
texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
days = st.none() | st.integers(0, 400).map(lambda n: date.fromordinal(date(2026, 6, 1).toordinal() + n))
masks = st.sampled_from((0, 0, 1, 2, 3))
kinds = st.sampled_from((*REACH, "guest_lesson", "workshop", "site_visit", "unheard_of"))
labels = st.sampled_from((frozenset({"public"}), frozenset({"public"}), frozenset({"org:1"})))
themes = st.lists(st.sampled_from(("a", "b", "c")), max_size=2, unique=True).map(tuple)
# few places, so that distances tie, and one exactly on others' doorstep
places = st.sampled_from(((51.5, 5.5), (51.5, 5.6), (51.58, 5.5), (52.0, 5.0), (53.2, 6.56)))
kms = st.sampled_from((None, 0.0, 5.0, 7.0, 15.0, 60.0, 6.944_8))


@st.composite
def points(draw, owner):
    return tuple(
        Point(owner * 10 + n, *draw(places), draw(kms), draw(masks)) for n in range(draw(st.sampled_from((0, 1, 1, 1, 3))))
    )


@st.composite
def supplies(draw, number=None):
    number = number or draw(st.integers(1, 30))
    return Supply(
        id=number, organisation_id=draw(st.integers(1, 4)), title=draw(texts), summary=draw(texts), kind=draw(kinds),
        levels=draw(st.integers(0, 7)), labels=draw(labels), themes=draw(themes), points=draw(points(number)),
        language=draw(st.sampled_from(("nl", "nl", "en"))), period_from=draw(days), period_until=draw(days),
        weekdays=draw(masks), dayparts=draw(masks), available=draw(st.sampled_from((True, True, True, False))),
        places_left=draw(st.sampled_from((None, None, 0, 3))), trust=draw(st.sampled_from((None, 0.25, 1.0))),
    )  # fmt: skip


@st.composite
def needs(draw, number=None):
    lat, lon = draw(places | st.just((None, None)))
    return Need(
        id=number or draw(st.integers(1, 30)), organisation_id=draw(st.integers(5, 8)), title=draw(texts), description=draw(texts),
        levels=draw(st.integers(0, 7)), near_levels=draw(st.integers(0, 7)), labels=draw(labels), themes=draw(themes),
        kinds=draw(st.frozensets(kinds, max_size=2)), lat=lat, lon=lon, max_travel_km=draw(kms),
        period_from=draw(days), period_until=draw(days), weekdays=draw(masks), dayparts=draw(masks),
        closed=draw(st.sampled_from(((), ((date(2026, 12, 19), date(2027, 1, 3)),)))),
        language=draw(st.sampled_from(("", "", "nl"))), blocked=draw(st.frozensets(st.integers(1, 4), max_size=1)),
        had_nothing_before=draw(st.booleans()),
    )  # fmt: skip


def compared(found):
    """(id, score, km, point) of the three lists, as the reference gives them."""
    row = lambda s: (s.id, s.score, s.km, s.point_id)  # noqa: E731
    near = [(*row(m.suggestion), m.fails) for m in found.near]
    return [row(s) for s in found.fits], near, [row(s) for s in found.nearby]


def laid_over(things, changes, gone):
    """What counts after the changes: later ones win."""
    living = {t.id: t for t in things}
    for batch, dead in zip(changes, gone, strict=True):
        for i in dead:
            living.pop(i, None)
        living |= {t.id: t for t in batch}
    return list(living.values())


gone_sets = st.lists(st.integers(1, 30), max_size=3)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(supplies(), max_size=25), st.lists(st.lists(supplies(), max_size=4), min_size=3, max_size=3),
       st.lists(gone_sets, min_size=3, max_size=3), needs())  # fmt: skip
def test_suggestions_equal_the_reference(base, changes, gone, asked):
    engine = Engine(tempfile.gettempdir() + "/never-written")
    with_memory_only(engine, base, [])
    for no, (batch, dead) in enumerate(zip(changes, gone, strict=True), 2):
        engine.apply(no, supplies=batch, gone_supplies=dead)
    generation = reference.Generation.of({t.id: t for t in base}.values())
    things = laid_over(base, changes, gone)
    expected = reference.suggestions(asked, things, generation, weights(), TODAY.date(), frozenset({"public"}), 10)
    assert compared(engine.suggest(asked, TODAY, 10)) == tuple(expected)
    assert compared(engine.suggest(asked, TODAY, 10, explain=False))[0] == expected[0]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(needs(), max_size=20), st.lists(st.lists(needs(), max_size=4), min_size=2, max_size=2),
       st.lists(gone_sets, min_size=2, max_size=2), supplies())  # fmt: skip
def test_seekers_equal_the_reference(base, changes, gone, offered):
    engine = Engine(tempfile.gettempdir() + "/never-written")
    with_memory_only(engine, [], base)
    for no, (batch, dead) in enumerate(zip(changes, gone, strict=True), 2):
        engine.apply(no, needs=batch, gone_needs=dead)
    generation = reference.Generation.of({t.id: t for t in base}.values())
    things = laid_over(base, changes, gone)
    expected = reference.suggestions(offered, things, generation, weights(), TODAY.date(), frozenset({"public"}), 10)
    assert compared(engine.seekers(offered, TODAY, 10)) == tuple(expected)


def test_seekers_among_many_equal_the_reference():
    writer = Writer(seed=13)
    asked = [writer.need(n) for n in range(1, 301)]
    engine = Engine(tempfile.gettempdir() + "/never-written")
    with_memory_only(engine, [], asked)
    generation, fits = reference.Generation.of(asked), 0
    for offered in (writer.supply(n) for n in range(1, 13)):
        expected = reference.suggestions(offered, asked, generation, weights(), TODAY.date(), frozenset({"public"}), 10)
        assert compared(engine.seekers(offered, TODAY, 10)) == tuple(expected)
        fits += len(expected[0])
    assert fits > 20


def with_memory_only(engine, supplies, needs):
    engine._write = lambda state: state  # the disk has its own tests
    engine.build(supplies, needs, 1)
