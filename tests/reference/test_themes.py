import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfinder.reference import themes
from techfinder.reference.themes import derive, from_label, theme


def test_every_theme_belongs_to_a_world_and_known_kerndoelen():
    assert 25 <= len(themes.THEMES) <= 35
    assert len(themes.WORLDS) == 7
    assert {t.world for t in themes.THEMES} == {w.code for w in themes.WORLDS}
    for t in themes.THEMES:
        assert t.label("nl") and t.label("en") and t.words
        assert all(themes.kerndoel(number).label() for number in t.kerndoelen)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Zelf een robotarm programmeren met de micro:bit", "robots"),
        ("Bij ons zie je hoe een windmolen stroom opwekt; we praten over zonnepanelen", "energy"),
        ("Van rioolwater naar schoon drinkwater", "water"),
        ("Metselen en timmeren op de bouwplaats", "building"),
        ("Hoe vliegt een raket naar de maan?", "aerospace"),
        ("Lassen en frezen met staal", "metal"),
        ("Hoe maak je kaas van melk?", "food"),
        ("Elektrische auto's onder de motorkap", "vehicles"),
        ("Welke beroepen zijn er in de techniek? Kom met je rolmodel", "careers"),
        ("Learn coding with a small robot", "robots"),
    ],
)
def test_text_speaks_of_a_theme(text, first):
    assert derive(text)[0] == first


@pytest.mark.parametrize(
    "text", ["", "Groep 7 heeft zin in een leuke middag", "verkeerd onderbouw bovenbouw"]
)
def test_text_about_nothing_in_particular_has_no_theme(text):
    assert derive(text) == ()


def test_no_more_themes_than_asked_for():
    text = "robots, windmolens, drinkwater, beton, raketten, kaas, staal"
    assert len(derive(text)) == 3
    assert len(derive(text, most=5)) == 5


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("robotica", "robots"),
        ("Robots en programmeren", "robots"),
        ("ICT", "ict"),
        ("digitale geletterdheid", "ict"),
        ("Care and health", "health"),
        ("energy", "energy"),
        ("BWI", "building"),
        ("zonnepanelen", "energy"),
        ("techniek", None),
        ("natuur en techniek", None),
        ("", None),
    ],
)
def test_free_label_becomes_a_theme_or_stays_unknown(label, code):
    assert from_label(label) == code


def test_own_labels_map_to_themselves():
    for t in themes.THEMES:
        assert from_label(t.code) == from_label(t.label("nl")) == from_label(t.label("en")) == t.code
        assert theme(t.code) is t


@given(st.text(max_size=80))
def test_no_text_breaks_the_derivation(text):
    assert set(derive(text)) <= {t.code for t in themes.THEMES}
    assert from_label(text) is None or theme(from_label(text))
