"""Whoosh's own BM25F on the same analysed texts gives the engine's text scores; the store gives its things back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.writing import SegmentWriter

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.pack import Damaged
from techfinder.matching.side import analysed, side_of
from techfinder.matching.terms import need_sources, query_terms
from techfinder.matching.textstore import read_things, update_text, whoosh_scores, write_text
from techfinder.matching.values import Supply
from tests.matching.test_exactness import needs, supplies


def whole(things):
    return list({t.id: t for t in things}.values())


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(supplies(), min_size=1, max_size=20), needs())
def test_text_scores_equal_whooshs_own(tmp_path_factory, things, need):
    things = whole(things)
    folder = tmp_path_factory.mktemp("store") / "text"
    write_text(folder, things, analysed)
    terms = query_terms(analyser(), need_sources(need), weights().query)
    side = side_of(things, True)
    ours = side.segments[0].text_scores(terms, side.statistics, side.table)
    theirs = whoosh_scores(folder, [(t.key, t.weight) for t in terms])
    for i, score in zip(side.segments[0].columns["id"], ours, strict=True):
        assert score == pytest.approx(theirs.get(int(i), 0.0), rel=1e-12, abs=0)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(supplies(), min_size=1, max_size=12), st.lists(supplies(), max_size=5), st.sets(st.integers(1, 30), max_size=4))
def test_the_store_gives_back_what_counts(tmp_path_factory, things, changed, gone):
    things = whole(things)
    root = tmp_path_factory.mktemp("store")
    write_text(root / "one", things, analysed)
    changes = {t.id: t for t in changed}
    update_text(root / "two", root / "one", changes, gone - changes.keys(), analysed)
    expected = {t.id: t for t in things if t.id not in gone} | changes
    assert {t.id: t for t in read_things(root / "two", Supply)} == expected
    assert {t.id: t for t in read_things(root / "one", Supply)} == {t.id: t for t in things}


def test_damage_is_noticed(tmp_path):
    things = [Supply(1, 1, "Robots", "workshop", 1)]
    write_text(tmp_path / "text", things, analysed)
    segment = next((tmp_path / "text").glob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    with pytest.raises(Damaged):
        read_things(tmp_path / "text", Supply)


def test_files_that_vanish_while_they_are_written_are_damage_and_not_a_crash(tmp_path, monkeypatch):
    """A deleted index folder, or a generation that another process put aside, at the moment that Whoosh binds its files."""
    assemble = SegmentWriter._assemble_segment

    def robbed(writer):
        for path in (tmp_path / "text").iterdir():
            if path.is_file():
                path.unlink()
        assemble(writer)

    monkeypatch.setattr(SegmentWriter, "_assemble_segment", robbed)
    with pytest.raises(Damaged):
        write_text(tmp_path / "text", [Supply(1, 1, "Robots", "workshop", 1)], analysed)
