"""What changed since is put together from parts, and is what it would be if it were made from its things at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.matching import side as sides
from techfinder.matching.addresses import addressed
from techfinder.matching.merging import SUBJECT, merged
from techfinder.matching.segment import make_segment
from techfinder.matching.side import Change, analysed, side_of
from tests.benchmarks.corpus import Writer
from tests.matching.test_exactness import needs, supplies

PARTS = ("hashes", "offsets", "places", "docs", "tf", "lengths", "frequent", "held", "before")


def changed(side, no, things, gone=()):
    changes = {i: Change(no, None, None) for i in gone}
    return side.changed(changes | {t.id: Change(no, t, analysed(t)) for t in things})


def assert_as_made_at_once(side):
    for segment, shelf in zip(side.segments[1:], side.shelves[1:], strict=True):
        plain = make_segment(shelf, [analysed(t) for t in shelf], side.supplies, side.table)
        for part in PARTS:
            assert np.array_equal(getattr(segment.postings, part), getattr(plain.postings, part)), part
        assert plain.columns.keys() == segment.columns.keys() - {SUBJECT}
        pairs = [(segment.columns[name], column) for name, column in plain.columns.items()]
        assert segment.blocks.keys() == plain.blocks.keys()
        pairs += [(segment.blocks[name], array) for name, array in plain.blocks.items()]
        for made, expected in pairs:
            assert made.dtype == expected.dtype and np.array_equal(made, expected, equal_nan=made.dtype.kind == "f")
        if side.supplies:
            assert segment.addresses == addressed(array for arrays in segment.arguments for array in arrays)
        own, other = ([s.labels[code] for code in s.label_code] for s in (segment, plain))
        assert own == other


@settings(max_examples=100, deadline=None)
@given(st.booleans(), st.data())
def test_levels_equal_what_is_made_at_once(of_supplies, data):
    things = supplies() if of_supplies else needs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sides, "FANOUT", 2)
        first = data.draw(st.lists(things, max_size=4))
        side, counting = side_of(first, of_supplies), {t.id: t for t in first}
        for no in range(6):
            gone, news = data.draw(st.lists(st.integers(1, 30), max_size=3)), data.draw(st.lists(things, max_size=3))
            side = changed(side, no, news, gone)
            assert_as_made_at_once(side)
            counting = {i: t for i, t in counting.items() if i not in gone} | {t.id: t for t in news}
            rows = [(shelf[row], s.alive[row]) for s, shelf in zip(side.segments, side.shelves, strict=True) for row in range(len(s))]
            assert sorted([t for t, alive in rows if alive], key=lambda t: t.id) == [counting[i] for i in sorted(counting)]
            last = {*gone, *(t.id for t in news)}
            assert set(list(side.changes)[len(side.changes) - len(last) :]) == last  # in order of application


def test_many_changes_are_laid_in_blocks_and_equal_what_is_made_at_once():
    """Above 64 they lie by kind and subject, above 256 there are frequent terms."""
    writer = Writer(seed=5)
    side = side_of([writer.supply(n) for n in range(1, 51)], True)
    for no in range(9):
        side = changed(side, no, [writer.supply(n) for n in range(40 + 60 * no, 105 + 60 * no)], gone=(41 + 60 * no,))
    assert_as_made_at_once(side)
    assert len(side.segments[1].postings.frequent) > 10
    kinds = side.segments[1].columns["kind"]
    assert (np.diff(kinds.astype(int)) >= 0).all()


def test_a_change_takes_few_along(monkeypatch):
    taken = []

    def counted(parts, *more):
        taken.append(sum(len(part.alive) for part in parts))
        return merged(parts, *more)

    monkeypatch.setattr(sides, "merged", counted)
    writer, side = Writer(seed=6), side_of([], True)
    for n in range(1, 201):
        side = changed(side, n, [writer.supply(n)])
    assert len(side.segments) <= 4 and np.mean(taken) < 25
