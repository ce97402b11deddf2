"""What is read all at once is what is read one by one."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import documents, pile_of, read
from techfinder.matching.side import analysed
from techfinder.matching.terms import document
from techfinder.matching.vocabulary import vocabulary
from tests.matching.test_engine import need, supply

MEMBERS = [member for group in analyser().thesaurus.groups for member, _ in group.members]
WORDS = st.sampled_from([*MEMBERS, "robotworkshop", "foto's", "micro:bit", "3D-printer", "Coöperatie", "½", "cafe\u0301", "de", "\ud800", ""])
TEXT = st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=40))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=5))
def test_documents_made_together_are_those_made_one_by_one(texts) -> None:
    supplies = [supply(a, summary=b, body=c, organisation=d, theme_words=a) for a, b, c, d in texts]
    needs = [need(a, description=b, theme_words=c) for a, b, c, _ in texts]
    for things, side in ((supplies, True), (needs, False)):
        made = documents(analyser(), read(things, side))
        assert list(made) == [analysed(t) for t in things]


def test_a_text_beyond_the_limit_is_cut_alike() -> None:
    long = supply("robot " * 700, summary="windmolen 3d printen " * 2_000)
    assert documents(analyser(), read([long], True))[0] == analysed(long)


def test_a_pile_can_be_made_of_documents_and_be_put_in_another_order() -> None:
    single = [document(analyser(), [(text, 1.0)]) for text in ("robots en drones", "", "windmolens op zee")]
    pile = pile_of(single)
    assert list(pile) == single
    assert list(pile.taken(np.array([2, 0, 1]))) == [single[2], single[0], single[1]]


def test_the_vocabulary_counts_public_offers_and_shows_a_word_as_most_often_written() -> None:
    supplies = [
        supply("Coöperatie energie"), supply("cooperatie energie", summary="coöperatie coöperatie"), supply("robot", labels=frozenset({"org:1"})),
    ]  # fmt: skip
    words = vocabulary(analyser(), supplies, read(supplies, True))
    found = {c.text: c.count for c in words.complete("coop", 5)} | {c.text: c.count for c in words.complete("energie", 1)}
    assert found["coöperatie"] == 2
    assert found["energie"] == 2
    assert not any(c.count for c in words.complete("robot", 1))


def test_a_change_that_leaves_the_texts_alone_is_not_analysed_again() -> None:
    before = supply("Robots in de klas", summary="programmeren met sensoren")
    assert analysed(replace(before, places_left=3)) is analysed(before)
    assert analysed(replace(before, title="Drones in de klas")) != analysed(before)
