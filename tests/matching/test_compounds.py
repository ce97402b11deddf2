"""Compounds of the field, on a list of our own: odd entries develop the splitter, even ones are held out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from techfinder.geo import name_words
from techfinder.matching.analysis import analyser, fold
from techfinder.matching.compounds import read_words
from techfinder.matching.lexicon import lexicon
from techfinder.matching.splitting import LINKS
from tests.matching.plain_splitter import PlainSplitter

LIST = [line.split() for line in (Path(__file__).parent / "compounds.txt").read_text().splitlines() if line[0] != "#"]


def right(entry: list[str]) -> bool:
    """All expected parts are found; a simple word has none."""
    a = analyser()
    expected, found = {a.key(p) for p in entry[1:]}, {a.key(p) for p in a.splitter.parts(entry[0])}
    return expected <= found if expected else not found


def test_the_list_is_long_enough():
    assert len(LIST) >= 300


@pytest.mark.parametrize(("entries", "share"), [(LIST[0::2], 0.94), (LIST[1::2], 0.90)], ids=["developed", "held out"])
def test_compounds_are_taken_apart_and_simple_words_are_not(entries, share):
    wrong = [e[0] for e in entries if not right(e)]
    assert len(wrong) <= (1 - share) * len(entries), wrong


@pytest.mark.parametrize(
    ("one", "other"),
    [("robots", "robot"), ("windmolens", "windmolen"), ("gelast", "lassen"), ("programmeert", "programmeren"),
     ("dakwindmolens", "dakwindmolen"), ("foto's", "foto"), ("Café", "cafe"), ("micro:bits", "microbit")],
)  # fmt: skip
def test_forms_of_one_word_share_a_key(one, other):
    a = analyser()
    assert a.keys(one) == a.keys(other)


LISTED = sorted(map(fold, DefaultDictionaryFactory().get_dictionary("nl")))
SPECIAL = sorted({word for name in ("short_parts", "not_parts", "simple_words", "extra_words") for word in read_words(f"{name}.txt")})
PIECES = st.one_of(st.sampled_from(LISTED), st.sampled_from(SPECIAL).map(lambda word: word.partition("=")[0]), st.text(max_size=4))
MADE = st.lists(st.tuples(PIECES, st.sampled_from(LINKS)), min_size=1, max_size=4).map(lambda made: "".join(map("".join, made)))


def plain() -> PlainSplitter:
    known = lexicon(fold).get
    return PlainSplitter(analyser().lemma, known, {name for name in name_words() if known(name) is None})


@settings(max_examples=600, deadline=None)
@given(st.one_of(MADE, MADE.map(fold), st.sampled_from(LISTED)))
def test_the_compiled_splitter_says_what_plain_python_says(word):
    assert analyser().splitter.split(word) == plain().split(word)


def test_it_says_the_same_of_every_hundredth_word_of_the_lexicon():
    reference = plain()
    assert [w for w in LISTED[::100] if analyser().splitter.split(w) != reference.split(w)] == []


@pytest.mark.parametrize("word", ["", "é" * 61, "robot" * 14, "日本語日本語日本語", "робот" * 3, "robot語workshop", "\ud800robotworkshop", "robot\0workshop"])
def test_what_is_no_dutch_word_does_no_harm(word):
    assert analyser().splitter.split(word) == plain().split(word)
