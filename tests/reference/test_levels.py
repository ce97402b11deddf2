import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfinder.reference import levels
from techfinder.reference.levels import cell, codes, describe, group_codes, mask, parse, school_preset

SETS = st.sets(st.sampled_from([level.code for level in levels.LEVELS]))

WHOLE_TRACKS = st.sets(st.sampled_from([track.code for track in levels.TRACKS])).map(
    lambda tracks: {level.code for level in levels.LEVELS if level.track in tracks}
)


def test_bits_are_permanent():
    assert len({level.bit for level in levels.LEVELS}) == len(levels.LEVELS) == 41
    assert max(level.bit for level in levels.LEVELS) < 63
    assert {c: mask([c]).bit_length() - 1 for c in ("po_1", "po_8", "sbo", "isk", "vmbo_bb_1", "vmbo_tl_4")} == {
        "po_1": 0, "po_8": 7, "sbo": 8, "isk": 12, "vmbo_bb_1": 13, "vmbo_tl_4": 28,
    }  # fmt: skip
    assert {c: mask([c]).bit_length() - 1 for c in ("havo_1", "vwo_1", "vwo_6", "mbo")} == {
        "havo_1": 29, "vwo_1": 34, "vwo_6": 39, "mbo": 40,
    }  # fmt: skip


def test_unions_cover_every_level_once():
    assert ";".join(group.code for group in levels.LEVEL_GROUPS) == (
        "po_1_2;po_3_4;po_5_6;po_7_8;sbo;so;vso;pro;isk;vmbo_onderbouw;vmbo_bovenbouw;"
        "havo_vwo_onderbouw;havo_vwo_bovenbouw;mbo"
    )
    assert sum(group.mask for group in levels.LEVEL_GROUPS) == levels.ALL


def test_slo_identifier_stands_beside_our_code():
    groups = {group.code: group.slo for group in levels.LEVEL_GROUPS}
    assert groups["po_7_8"] == ("457f3ac7-522b-41f4-b2c7-6f4c2d891faf",)
    tracks = {track.code: track.slo for track in levels.TRACKS}
    assert tracks["havo"] == "a3ddbe60-8478-4204-b769-6f5e9f4cbca2"


def test_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        mask(["po_9"])


@given(SETS)
def test_mask_and_codes_are_each_others_inverse(chosen):
    assert set(codes(mask(chosen))) == chosen


@given(SETS)
def test_a_file_cell_reads_back_as_the_same_levels(chosen):
    assert parse(cell(mask(chosen))) == (mask(chosen), [])


@given(SETS)
def test_a_facet_is_touched_by_any_of_its_levels(chosen):
    touched = group_codes(mask(chosen))
    assert mask(touched) & mask(chosen) == mask(chosen)


@given(st.sets(st.sampled_from([level.code for level in levels.LEVELS]), max_size=6), WHOLE_TRACKS)
def test_a_description_names_what_is_there_and_nothing_else(some, whole):
    """The words themselves read back as the mask; only "alle groepen" means more than it says (sbo, so)."""
    chosen = some | whole
    words = describe(mask(chosen))
    if not words.startswith("alle"):
        assert parse(words) == (mask(chosen), [])


@pytest.mark.parametrize(
    ("cell_", "nl", "en"),
    [
        ("", "", ""),
        ("po_7_8", "groep 7-8", "groups 7-8"),
        ("po_5_6;po_7_8", "groep 5-8", "groups 5-8"),
        ("po_7", "groep 7", "group 7"),
        ("po", "groep 1-8", "groups 1-8"),
        ("po;sbo;so", "alle groepen", "all primary groups"),
        ("po_1_2;po_5_6", "groep 1-2 en 5-6", "groups 1-2 and 5-6"),
        ("po_1_2;po_5_6;havo_3", "groep 1-2 en 5-6, havo 3", "groups 1-2 and 5-6, havo year 3"),
        ("po_7_8;sbo", "groep 7-8 en sbo", "groups 7-8 and sbo"),
        ("vmbo_onderbouw", "vmbo 1-2", "vmbo years 1-2"),
        ("vmbo_bovenbouw;pro", "praktijkonderwijs en vmbo 3-4", "practical education and vmbo years 3-4"),
        ("havo_vwo_onderbouw", "havo/vwo onderbouw", "havo/vwo lower years"),
        ("havo_vwo_bovenbouw", "havo/vwo bovenbouw", "havo/vwo upper years"),
        ("vmbo_tl_3;vmbo_tl_4", "mavo / vmbo-tl 3-4", "mavo / vmbo-tl years 3-4"),
        ("vmbo_gl_1;vmbo_tl_1", "vmbo gl/tl 1", "vmbo gl/tl year 1"),
        (
            "po_7_8;havo_vwo_onderbouw",
            "groep 7-8 en havo/vwo onderbouw",
            "groups 7-8 and havo/vwo lower years",
        ),
        ("havo_4;vwo_5;vwo_6", "havo 4 en vwo 5-6", "havo year 4 and vwo years 5-6"),
        ("vo", "vmbo en havo/vwo", "vmbo and havo/vwo"),
        ("vo;pro;isk", "alle klassen", "all secondary years"),
        ("alle niveaus", "alle groepen en klassen", "all groups and years"),
        ("mbo", "mbo", "mbo"),
        ("havo;vwo 1", "havo 1-5 en vwo 1", "havo years 1-5 and vwo year 1"),
        (
            "vmbo;havo_vwo_onderbouw",
            "vmbo 1-4 en havo/vwo onderbouw",
            "vmbo years 1-4 and havo/vwo lower years",
        ),
    ],
)
def test_describes_like_a_teacher_would(cell_, nl, en):
    levels_, unknown = parse(cell_)
    assert unknown == []
    assert describe(levels_, "nl") == nl
    assert describe(levels_, "en") == en


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("groep 7", ["po_7"]),
        ("Groep 7/8", ["po_7", "po_8"]),
        ("groep 5 t/m 8", ["po_5", "po_6", "po_7", "po_8"]),
        ("groep 5, 6 en 7", ["po_5", "po_6", "po_7"]),
        ("havo 3", ["havo_3"]),
        ("klas 3 havo", ["havo_3"]),
        ("3 havo en 4 vwo", ["havo_3", "vwo_4"]),
        ("onderbouw havo", ["havo_1", "havo_2", "havo_3"]),
        ("havo/vwo bovenbouw", ["havo_vwo_bovenbouw"]),
        ("onderbouw havo en vwo", ["havo_vwo_onderbouw"]),
        ("mavo 3|mavo 4", ["vmbo_tl_3", "vmbo_tl_4"]),
        ("vmbo-t 4", ["vmbo_tl_4"]),
        ("vmbo basis/kader 3 en 4", ["vmbo_bb_3", "vmbo_bb_4", "vmbo_kb_3", "vmbo_kb_4"]),
        ("brugklas havo/vwo", ["havo_1", "vwo_1"]),
        ("gymnasium 6", ["vwo_6"]),
        ("(V)SO", ["so", "vso"]),
        ("Speciaal basisonderwijs; Praktijkonderwijs", ["sbo", "pro"]),
        ("basisonderwijs", ["po_1_2", "po_3_4", "po_5_6", "po_7_8"]),
    ],
)
def test_reads_the_words_people_write(written, expected):
    assert parse(written) == (mask(expected), [])


def test_what_cannot_be_read_is_handed_back_and_not_guessed():
    assert parse("groep 3; peuters; onderbouw; havo 6; groep 9") == (
        mask(["po_3"]),
        ["peuters", "onderbouw", "havo 6", "groep 9"],
    )


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    found, unknown = parse(text)
    assert 0 <= found <= levels.ALL
    assert all(part in text for part in unknown)


@pytest.mark.parametrize(
    ("duo", "words"),
    [
        ("basisschool", "groep 1-8"),
        ("SBAO", "sbo"),
        ("(V)SO", "so en vso"),
        ("SO", "so"),
        ("VSO", "vso"),
        ("PRO", "praktijkonderwijs"),
        ("VBO", "vmbo bb/kb/gl"),
        ("MAVO", "mavo / vmbo-tl"),
        ("VBO/MAVO", "vmbo"),
        ("VBO/MAVO/HAVO/VWO", "vmbo en havo/vwo"),
        ("VBO/MAVO/HAVO/VWO/PRO", "praktijkonderwijs, vmbo en havo/vwo"),
        ("HAVO", "havo"),
        ("HAVO/VWO", "havo/vwo"),
        ("BRUGJAAR", "vmbo 1-2 en havo/vwo 1-2"),
        ("universiteit", ""),
    ],
)
def test_duo_school_type_presets_the_levels(duo, words):
    assert describe(school_preset(duo)) == words


def test_sector_of_a_mask():
    assert levels.sector(mask(["po_7", "sbo"])) == "po"
    assert levels.sector(mask(["so", "vso"])) == "so"
    assert levels.sector(mask(["po_8", "havo_1"])) is None
    assert levels.sectors(mask(["po_8", "havo_1"])) == ("po", "vo")
    assert levels.sectors(0) == ()


def test_neighbours_are_one_year_away_in_the_same_track():
    assert levels.neighbours(mask(["po_7", "po_8"])) == mask(["po_6"])
    assert levels.neighbours(mask(["havo_1"])) == mask(["havo_2"])
    assert levels.neighbours(mask(["sbo", "mbo"])) == 0
