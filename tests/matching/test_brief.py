"""Asked without explanation, the words of a question are compiled: the same fits as by the long way, or none and the long way is taken."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techfinder.matching import phrasebook
from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.brief import MOST_ANSWERS, MOST_ASKED, book_of, first_fits
from techfinder.matching.side import Change, analysed, side_of
from techfinder.matching.suggestions import bare_suggestions
from techfinder.matching.values import PUBLIC, Need
from tests.benchmarks.corpus import Writer
from tests.matching.test_exactness import TODAY
from tests.matching.test_kernel import asked_by

# phrases of the thesaurus, ballast, light words, joints, compounds, accents, names that the lexicon lacks, misspelt words, hardly words
WORDS = [
    "drone", "piloot", "micro bit", "micro:bit", "virtual reality", "kunstmatige intelligentie", "windmolens", "dakwindmolen", "windmolen",
    "ik zoek", "voor mijn", "groep", "leuke", "les", "over", "het", "techniek", "maken", "3d-printer", "e-mail,", "foto's", "robots/drones",
    "robótica", "Robotworkshop!", "zorgrobots", "robot", "robots", "lassen.", "(metaal)", "…", "-", "42", "windmollen", "Zxqwvrk", "ΩΔ", "‘chip’",
]  # fmt: skip
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@pytest.fixture(scope="module")
def side():
    writer = Writer(seed=6)
    things = [writer.supply(i) for i in range(1, 1201)]
    about = [replace(s, title=f"{WORDS[s.id % len(WORDS)]} {s.title}", levels=0, kind="material") for s in things[::3]]
    return side_of([*things, *about], True)


def long_way(side, need, k=10):
    return bare_suggestions(side, need, asked_by(side, need), k, weights()).fits


def short_way(side, need, k=10):
    return first_fits(side, need, TODAY.toordinal(), k, PUBLIC, weights())


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts, texts, texts, st.sampled_from((0, 1, 10, 60)))
def test_both_ways_give_the_same(side, title, theme_words, description, k):
    need = Need(id=1, organisation_id=9, title=title, theme_words=theme_words, description=description, levels=0)
    assert short_way(side, need, k) in (None, long_way(side, need, k))


def test_the_short_way_is_the_usual_one(side):
    writer = Writer(seed=6)
    needs = [writer.need(n) for n in range(1, 101)]
    found = [short_way(side, need) for need in needs]
    assert found.count(None) < 10
    assert all(short in (None, long_way(side, need)) for short, need in zip(found, needs, strict=True))


@pytest.mark.parametrize("text", ["windmollen", "virtueel rialiteit", "robot windmollen"])
def test_who_may_have_misspelt_a_word_goes_the_long_way(side, text):
    assert short_way(side, Need(id=1, organisation_id=9, title=text, levels=0)) is None


@pytest.mark.parametrize("title", ["techniek kunstmatige intelligentie " * 60 + "lassen", "het " * 650 + "robots"])
def test_long_texts_are_cut_alike(side, title):
    need = Need(id=1, organisation_id=9, title=title, description="windmolens, drone piloot", levels=0)
    assert short_way(side, need) == long_way(side, need) != ()


def test_a_book_that_is_full_is_begun_anew(side, monkeypatch):
    monkeypatch.setattr(phrasebook, "MOST", 3)
    for title in ("robots lassen windmolens techniek", "robots", "metaal"):
        need = Need(id=1, organisation_id=9, title=title, levels=0)
        assert short_way(side, need) == long_way(side, need)


def test_many_threads_write_in_one_book():
    """Each meets words that are new to it and to others, while arrays are replaced by greater ones."""
    writer = Writer(seed=8)
    side = side_of([writer.supply(i) for i in range(1, 301)], True)
    words = [word for s in side.shelves[0] for word in s.summary.split()]
    needs = [Need(id=n, organisation_id=9, title=" ".join(words[n * 7 : n * 7 + 12]), levels=0) for n in range(len(words) // 7)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda need: short_way(side, need), needs))
    assert len(book_of(side)._entries) > 4096
    assert all(short in (None, long_way(side, need)) for short, need in zip(found, needs, strict=True))


@pytest.mark.parametrize("title", ["robots \0 lassen", "\0", "robots\0lassen", "\0 robots"])
def test_a_text_cannot_pretend_to_be_two(side, title):
    need = Need(id=1, organisation_id=9, title=title, description="windmolens", levels=0)
    assert short_way(side, need) in (None, long_way(side, need))


def test_what_does_not_fit_in_the_room_goes_the_long_way(side):
    need = Need(id=1, organisation_id=9, title="robots lassen windmolens", levels=0)
    assert short_way(side, need, MOST_ANSWERS) == long_way(side, need, MOST_ANSWERS)
    assert len(long_way(side, need, MOST_ANSWERS)) > 50
    assert short_way(side, need, MOST_ANSWERS + 1) is None
    assert short_way(side, replace(need, blocked=frozenset(range(10_000, 10_000 + MOST_ASKED)))) is None


def test_numbers_of_a_question_and_its_answer_are_whole(side):
    """Ids and blocked organisations use all their bits, themes come again, and closed periods stand beside both."""
    big = (1 << 62) + 12345
    things = [replace(s, id=big + s.id, organisation_id=big + s.organisation_id) for s in side.shelves[0][:300]]
    great = side_of(things, True)
    themes = tuple(sorted({t for s in things for t in s.themes}))[:3]
    need = Need(
        id=1, organisation_id=9, title="robots techniek energie", levels=0, themes=(*themes, themes[0]),
        closed=((date(2026, 12, 19), date(2027, 1, 3)),), lat=52.0, lon=5.1,
    )  # fmt: skip
    first = long_way(great, need)[0].organisation_id
    need = replace(need, blocked=frozenset({first, -5}))
    assert short_way(great, need) == long_way(great, need) != ()
    assert all(s.id > big for s in short_way(great, need))


def test_rows_of_the_generation_are_no_rows_of_another_segment(side):
    """Once its first segment is not the one that the statistics are of, terms are looked up in it."""
    writer = Writer(seed=12)
    other = side_of([writer.supply(i) for i in range(5001, 5601)], True)
    mixed = replace(side, segments=other.segments, shelves=other.shelves)
    needs = [writer.need(n) for n in range(1, 31)]
    assert any(short_way(mixed, need) for need in needs)
    assert all(short_way(mixed, need) in (None, long_way(mixed, need)) for need in needs)


def test_words_are_known_by_the_generation_whatever_changed(side):
    later = Writer(seed=9).supply(1)
    changed = side.changed({later.id: Change(2, later, analysed(later))})
    need = Need(id=1, organisation_id=9, title=later.title, levels=0)
    assert short_way(changed, need) == long_way(changed, need)
    assert book_of(changed) is book_of(side)
    assert analyser() is book_of(side)._analyser
