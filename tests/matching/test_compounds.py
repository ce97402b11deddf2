"""Compounds of the field, on a list of our own: odd entries develop the splitter, even ones are held out."""

from pathlib import Path

import pytest

from techfinder.matching.analysis import analyser

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
