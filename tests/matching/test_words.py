"""What a word stands for, where a reader would not hesitate and a stemmer does."""

from datetime import datetime

import pytest

from techfinder.matching.analysis import analyser
from techfinder.matching.bulk import documents, read
from techfinder.matching.engine import Engine
from techfinder.matching.terms import document, supply_sources
from techfinder.matching.thesaurus import Thesaurus, found_in, parse
from techfinder.matching.values import Corpus, Query, Supply
from techfinder.matching.vocabulary import sound


@pytest.mark.parametrize(
    ("small", "whole"),
    [("lampjes", "lamp"), ("plantjes", "plant"), ("bruggetje", "brug"), ("treintje", "trein"), ("bloempjes", "bloem"), ("autootje", "auto")],
)
def test_a_diminutive_is_its_noun(small, whole):
    assert analyser().keys(small) == analyser().keys(whole)


@pytest.mark.parametrize(
    ("one", "other"), [("gewoon", "wonen"), ("gevoel", "voelen"), ("geboren", "boren"), ("bak", "bakken"), ("gebeuren", "beurs")]
)
def test_words_of_another_meaning_keep_apart(one, other):
    assert analyser().keys(one) != analyser().keys(other)


@pytest.mark.parametrize(
    ("word", "named"), [("scholing", True), ("scholingen", True), ("school", False), ("buizen", True), ("buis", True)]
)
def test_what_a_member_is_derived_from_does_not_name_its_concept(word, named):
    a = analyser()
    groups = parse("leren_van_leraren: scholing\nleidingen: buizen")
    t = Thesaurus(groups, found_in(groups, a.keys, a.lemma))
    assert bool(list(t.concepts(a.keys(word), a.letters(word)))) is named


def test_what_a_named_compound_holds_weighs_less_than_what_an_unnamed_one_holds():
    named = {t.key: t.weight for t in analyser().terms("warmtepomp")}
    unnamed = {t.key: t.weight for t in analyser().terms("pompkamer")}
    assert named["=verwarming"] == 1.0
    assert named["=pomp_klep"] < unnamed["=pomp_klep"] < 1.0


def test_a_place_is_a_name():
    supply = Supply(1, 1, "Gastles over robots", "workshop", 1, place="Houten")
    found = document(analyser(), supply_sources(supply)).frequencies
    assert analyser().key("houten") in found
    assert "=hout" not in found
    assert documents(analyser(), read([supply], True))[0].frequencies == found


@pytest.mark.parametrize("name", ["Rotterdam", "Leeuwarden", "Kerkrade", "Heerenveen", "Moerdijk"])
def test_the_name_of_a_place_is_not_taken_apart(name):
    assert [t.how for t in analyser().terms(name.casefold())] == ["word"]


@pytest.mark.parametrize(
    ("common", "concept"),
    [("training", "spoor"), ("spannend", "scheepsbouw"), ("zorgt", "gezondheid"), ("gelopen", "achtbaan"), ("ontwikkeling", "programmeren")],
)
def test_a_common_word_names_no_subject_that_sounds_like_it(common, concept):
    assert f"={concept}" not in {t.key for t in analyser().terms(common)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("riol", "riool"), ("watterstof", "waterstof"), ("wintmolen", "windmolen"), ("geheimschift", "geheimschrift"), ("windmolenmast", None)],
)
def test_what_sounds_alike_is_meant_first(typed, meant):
    texts = "riool rol waterstof water stof windmolen wind molen mast geheimschrift geheim schrift"
    engine = Engine.over(Corpus((Supply(1, 1, texts, "workshop", 1),)))
    assert engine.search(Query(text=typed), datetime(2026, 11, 21)).did_you_mean == meant


def test_spellings_that_sound_alike():
    assert sound("bakkery") == sound("bakkerij")
    assert sound("electronica") == sound("elektronica")
    assert sound("vliechtuich") == sound("vliegtuig")
    assert sound("rol") != sound("riool")
