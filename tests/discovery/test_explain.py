"""Which words an explanation names: the asker's own subject, literally where it can, and never one that says little."""

import pytest

from techfinder.discovery.explain import subject
from techfinder.matching.values import Need, Suggestion, Supply, Word
from techfinder.reference.levels import LEVELS


def said(asked, offered, *words, reader="school", **more):
    """What is said about the subject, of a request and an offer with these (title, text) and these matching words."""
    need = Need(1, 1, asked[0], LEVELS[0].mask, description=asked[1])
    supply = Supply(2, 2, offered[0], "guest_lesson", LEVELS[0].mask, summary=offered[1], **more)
    found = Suggestion(2, 2, 1.0, None, None, words=tuple(Word(*w) if isinstance(w, tuple) else Word(w, w) for w in words))
    return [str(line.text.striptags()) if line.code == "words" else line.text for line in subject(need, supply, found, reader)]


def test_the_words_of_the_title_come_first_and_three_are_enough(app):
    asked = ("Een les over stoom", "We lazen over zuigers, ketels en treinen en willen nu stoom zien.")
    offered = ("Stoom en ijzer", "Over stoom, zuigers, ketels en treinen.")
    assert said(asked, offered, "zuigers", "ketels", "treinen", "stoom") == ["Noemt stoom, zuigers en ketels, net als jullie aanvraag."]


def test_for_a_company_its_own_title_counts(app):
    asked, offered = ("Iets over vuur", "Met stoom en ketels."), ("Stoom", "Over ketels en vuur.")
    assert said(asked, offered, "ketels", "vuur", "stoom", reader="company") == ["Noemt stoom, ketels en vuur, net als jullie aanbod."]


def test_a_word_that_says_little_convinces_nobody(app):
    asked, offered = ("Zelf een brug maken", "We willen zelf bouwen."), ("Zelf maken", "Wij bouwen zelf een rekstok.")
    assert said(asked, offered, "zelf", "bouwen", "maken") == []


@pytest.mark.parametrize(("asked", "found", "named"), [
    ("yoghurt", "melk", True),  # both are dairy
    ("gras", "keukenblad", False),  # one of the compound's parts grows too
    ("licht", "plantenbril", False),
    ("schoenen", "garen", False),  # textile, in one of its meanings
    ("turbine", "föhn", False),
])  # fmt: skip
def test_another_word_is_named_only_where_people_see_what_it_has_to_do_with_it(app, asked, found, named):
    told = said((f"Over {asked}", ""), ("Iets", f"Met {found} erbij."), (asked, found, "synonym"))
    assert told == ([f"Noemt {found}. Dat hoort bij {asked}."] if named else [])
    assert not said((f"Over {asked}", ""), ("Iets", f"Met {found} erbij."), (asked, found, "related"))


def test_what_nobody_wrote_is_not_said_to_be_mentioned(app):
    assert said(("Over yoghurt", ""), ("Iets", "Over kaas."), ("yoghurt", "melk", "synonym")) == []
