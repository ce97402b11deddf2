"""The compiled kernel gives what the filters give, on a corpus where only a few of many can win; serving never compiles."""

import pytest

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.compiled import FUNCTIONS
from techfinder.matching.fast import race
from techfinder.matching.matcher import question
from techfinder.matching.side import side_of
from techfinder.matching.suggestions import asker, slow_race
from techfinder.matching.terms import need_sources, query_terms
from techfinder.matching.values import PUBLIC
from tests.benchmarks.corpus import Writer
from tests.matching.test_exactness import TODAY


@pytest.fixture(scope="module")
def corpus():
    writer = Writer(seed=3)
    side = side_of([writer.supply(i) for i in range(1, 3001)], True)
    return side, [writer.need(i) for i in range(1, 121)]


def test_the_kernel_equals_the_filters(corpus):
    side, needs = corpus
    segment, w = side.segments[0], weights()
    for need in needs:
        q = question(query_terms(analyser(), need_sources(need), w.query), need.themes, PUBLIC, TODAY.date(), side.statistics)
        text = segment.text_scores(q.terms, side.statistics, side.table)
        fast = race(segment, 0, text, need, q, w, 50, 5, counting=True)
        quick = race(segment, 0, text, need, q, w, 50, 5, counting=False)
        slow = slow_race(segment, 0, text, asker(need, q), q, 50, w)
        assert [r.ranked() for r in fast.fits] == [r.ranked() for r in slow.fits]
        assert [r.ranked() for r in fast.near] == [r.ranked() for r in slow.near]
        assert [r[:4] for r in quick.fits + quick.near] == [r[:4] for r in fast.fits + fast.near]
        assert (fast.failures, fast.on_subject) == (slow.failures, slow.on_subject)


def test_serving_never_compiles(corpus):
    for function in FUNCTIONS:
        assert function.nopython_signatures
        before = len(function.signatures)
        with pytest.raises(TypeError):
            function("nothing that was foreseen")
        assert len(function.signatures) == before
