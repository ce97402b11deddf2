"""The benchmark itself: its reference is right, the engine equals it, and what peers miss is counted."""

from datetime import datetime

import pytest

from techfinder.matching.blend import weights
from tests.benchmarks.analysed import analyse
from tests.benchmarks.blending import Blend
from tests.benchmarks.corpus import Writer
from tests.benchmarks.engine import Tally, asked, changing, interleaved
from tests.benchmarks.peers import ENGINES, Corpus, question
from tests.benchmarks.peers.apart import Apart
from tests.benchmarks.reference import Reference
from tests.matching import reference as plain

OFFERS, NEEDS = 400, 40


@pytest.fixture(scope="module")
def corpus():
    writer = Writer(5)
    supplies = [writer.supply(n) for n in range(1, OFFERS + 1)]
    return Corpus(supplies, analyse(supplies), Blend(supplies)), [writer.need(n) for n in range(NEEDS)]


def test_the_brute_force_reference_finds_what_plain_python_finds(corpus):
    made, needs = corpus
    generation, found = plain.Generation.of(made.supplies), Reference(made.supplies, made.analysed, made.blend)
    today = datetime(2026, 11, 21).date()
    for need in needs[:10]:
        fits, _, _ = plain.suggestions(need, made.supplies, generation, weights(), today, frozenset({"public"}), 10)
        mine = found.first_ten(need, question(need))
        assert [i for i, _ in mine] == [row[0] for row in fits]
        assert [s for _, s in mine] == pytest.approx([row[1] for row in fits], rel=1e-12)


@pytest.mark.parametrize(("name", "least"), [("ours", 1.0), ("plain Whoosh", 1.0), ("tantivy + numpy", 0.8), ("SQLite FTS5 + R*Tree", 0.5)])
def test_an_engine_finds_its_share_of_the_right_ten(corpus, tmp_path, name, least):
    made, needs = corpus
    house = Apart(ENGINES[name], tmp_path, made)
    tally = interleaved({name: house}, needs, made)[name]
    assert tally.columns()["agreement"] >= least
    assert tally.same or name not in ("ours", "plain Whoosh")
    before = house.does(asked, needs[0])[2]
    assert house.does(changing, made.supplies[:1]) > 0
    assert house.does(asked, needs[0])[2] == before
    house.close()


def test_what_was_missed_is_told_apart():
    tally = Tally()
    tally.note(1.0, 1.0, [1, 2], [1, 2, 3, 4], {1, 2, 3})
    found = tally.columns()
    assert (found["agreement"], found["missed_cut"], found["missed_score"]) == (0.5, 0.25, 0.25)
    assert not tally.same
