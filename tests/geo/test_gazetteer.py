import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.geo import (
    locate,
    municipalities,
    municipality_centre,
    municipality_key,
    parse_postcode,
    place_names,
    postcode,
    postcodes,
    postcodes_of,
    province_key,
    provinces,
    to_pc4_csv,
)


@pytest.mark.parametrize(
    "text",
    [
        "5701 AB",
        "5701AB",
        "5701ab",
        "NL-5701 AB",
        "5701 AB Helmond",
        "Helmond 5701 ab",
        "Markt 1, 5701 AB Helmond",
        "5701\u00a0AB",
        "５７０１ AB",
    ],
)
def test_a_postcode_is_found_however_it_is_written(text):
    place = locate(text)
    assert (place.postcode, place.place, place.municipality, place.province) == (
        "5701 AB", "Helmond", "Helmond", "Noord-Brabant",
    )  # fmt: skip
    assert place.precision == "postcode"
    assert place.point == pytest.approx((51.48, 5.66), abs=0.02)


def test_four_digits_are_enough():
    assert locate("5701").postcode == "5701"
    assert locate("Helmond 5701").pc4 == "5701"


def test_behind_an_unknown_postcode_the_place_is_tried():
    assert postcode("5700") is None
    assert locate("5700") is None
    place = locate("5700 AB Helmond")
    assert (place.place, place.precision, place.postcode) == ("Helmond", "place", None)
    assert locate("0000 Helmond").place == locate("12345 Helmond").place == "Helmond"


@pytest.mark.parametrize(
    ("text", "place", "municipality"),
    [
        ("Den Haag", "'s-Gravenhage", "'s-Gravenhage"),
        ("’s gravenhage", "'s-Gravenhage", "'s-Gravenhage"),
        ("DEN BOSCH", "'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("sneek", "Sneek", "Súdwest-Fryslân"),
        ("Sint Annaparochie", "St.-Annaparochie", "Waadhoeke"),
        ("Capelle a/d IJssel", "Capelle aan den IJssel", "Capelle aan den IJssel"),
        ("Koog a/d Zaan", "Koog aan de Zaan", "Zaanstad"),
        ("Nieuwerkerk aan de IJssel", "Nieuwerkerk aan den IJssel", "Zuidplas"),
        ("hoek v. holland", "Hoek van Holland", "Rotterdam"),
        ("Hollands Kroon", "Hollands Kroon", "Hollands Kroon"),
    ],
)
def test_places_are_known_by_the_names_people_use(text, place, municipality):
    found = locate(text)
    assert (found.place, found.municipality) == (place, municipality)


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("Hengelo", "Hengelo"),
        ("Hengelo (Gld)", "Bronckhorst"),
        ("Hengelo gld", "Bronckhorst"),
        ("Bergen (L)", "Bergen (L.)"),
        ("Bergen, Limburg", "Bergen (L.)"),
        ("Bergen (NH)", "Bergen (NH.)"),
        ("Spijk (Zevenaar)", "Zevenaar"),
        ("Spijk gemeente Eemsdelta", "Eemsdelta"),
        ("Altena", "Altena"),
        ("Helmond, Nederland", "Helmond"),
        ("Beverwijk (Heemskerk)", "Beverwijk"),
    ],
)
def test_homonyms_are_told_apart_by_province_or_municipality(text, municipality):
    assert locate(text).municipality == municipality


def test_provinces_are_known_by_old_and_new_name():
    assert locate("Friesland").province == "Fryslân"
    assert province_key("FRIESLAND") == province_key("fryslan") == "Fryslân"
    assert province_key("North Brabant") == "Noord-Brabant"
    assert locate("l") is None
    assert len(provinces()) == 12


@settings(deadline=None)  # the first call reads the tables
@given(st.text(max_size=60) | st.text(alphabet="0123456789 ()',-/ABab\x00é", max_size=40))
def test_no_text_raises(text):
    locate(text)
    parse_postcode(text)
    municipality_key(text)
    place_names(text)


def test_no_other_value_raises():
    assert locate(None) is None
    assert parse_postcode(None) is None


def test_municipalities_are_known_in_capitals_and_by_former_name():
    assert municipality_key("S GRAVENHAGE") == "'s-Gravenhage"
    assert municipality_key("NUENEN CA") == "Nuenen, Gerwen en Nederwetten"
    assert municipality_key("SUDWEST-FRYSLAN") == "Súdwest-Fryslân"
    assert municipality_key("gemeente Uden") == "Maashorst"
    assert municipality_key("Bergen") is None


def test_every_municipality_has_a_centre_and_postcodes():
    assert len(municipalities()) == 342
    for name in municipalities():
        lat, lon = municipality_centre(name)
        assert 50.7 < lat < 53.6 and 3.3 < lon < 7.3
        assert postcodes_of(name)
    assert municipality_centre("Atlantis") is None


def test_every_postcode_is_complete():
    assert len(postcodes()) > 4_000
    for place in postcodes():
        assert place.place and place.municipality in municipalities() and place.province in provinces()


def test_autocompletion_gives_names_that_are_found():
    assert place_names("den h")[0] == "Den Haag"
    assert "Hengelo (Gld)" in place_names("heng")
    assert place_names("") == []
    assert len(place_names("s", limit=5)) == 5
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for name in place_names(letter, limit=10_000):
            assert locate(name), name


def test_homonyms_in_autocompletion_lead_to_their_own_municipality():
    names = [name for name in place_names("spijk", limit=20) if name.startswith("Spijk (")]
    assert len({locate(name).municipality for name in names}) == len(names) == 3


def test_postcodes_can_be_written_for_other_programs(tmp_path):
    to_pc4_csv(tmp_path / "pc4.csv")
    lines = (tmp_path / "pc4.csv").read_text().splitlines()
    assert lines[0] == "pc4,lat,lon"
    assert len(lines) == len(postcodes()) + 1
