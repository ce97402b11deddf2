import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfinder.reference.water import crosses

PLACES = {
    "Vlissingen": (51.453, 3.571), "Breskens": (51.396, 3.556), "Middelburg": (51.499, 3.611),
    "Terneuzen": (51.335, 3.828), "Goes": (51.504, 3.889), "Hulst": (51.281, 4.052), "Yerseke": (51.493, 4.050),
    "Zierikzee": (51.650, 3.916), "Tholen": (51.533, 4.221), "Stavenisse": (51.588, 4.013),
    "Bergen op Zoom": (51.495, 4.291), "Middelharnis": (51.757, 4.165), "Hellevoetsluis": (51.834, 4.133),
    "Rotterdam": (51.922, 4.479), "Hoek van Holland": (51.981, 4.128), "Brielle": (51.902, 4.163),
    "Strijen": (51.745, 4.552), "Klundert": (51.666, 4.534), "Dordrecht": (51.813, 4.690),
    "Werkendam": (51.809, 4.893), "Breda": (51.589, 4.776), "Den Helder": (52.953, 4.760),
    "Den Burg": (53.054, 4.797), "Harlingen": (53.174, 5.423), "West-Terschelling": (53.359, 5.215),
    "Nes": (53.447, 5.773), "Leeuwarden": (53.201, 5.799), "Enkhuizen": (52.704, 5.293),
    "Stavoren": (52.884, 5.361), "Urk": (52.662, 5.601), "Medemblik": (52.772, 5.105), "Lemmer": (52.846, 5.709),
    "Amsterdam": (52.373, 4.893), "Almere": (52.371, 5.215), "Volendam": (52.495, 5.071),
    "Lelystad": (52.509, 5.475), "Huizen": (52.299, 5.243), "Harderwijk": (52.341, 5.620),
    "Dronten": (52.525, 5.718), "Utrecht": (52.091, 5.122), "Arnhem": (51.985, 5.899), "Sneek": (53.033, 5.658),
}  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "water"),
    [
        ("Vlissingen", "Breskens", "Westerschelde"),
        ("Middelburg", "Breskens", "Westerschelde"),
        ("Yerseke", "Hulst", "Westerschelde"),
        ("Stavenisse", "Yerseke", "Oosterschelde"),
        ("Stavenisse", "Zierikzee", "Oosterschelde"),
        ("Middelharnis", "Hellevoetsluis", "Haringvliet"),
        ("Strijen", "Klundert", "Hollands Diep"),
        ("Dordrecht", "Werkendam", "Nieuwe Merwede"),
        ("Den Helder", "Den Burg", "Waddenzee"),
        ("Harlingen", "West-Terschelling", "Waddenzee"),
        ("Leeuwarden", "Nes", "Waddenzee"),
        ("Nes", "West-Terschelling", "Waddenzee"),
        ("Enkhuizen", "Stavoren", "IJsselmeer"),
        ("Enkhuizen", "Urk", "IJsselmeer"),
        ("Medemblik", "Lemmer", "IJsselmeer"),
        ("Volendam", "Lelystad", "Markermeer"),
    ],
)
def test_other_side_of_a_wide_water_is_reported(a, b, water):
    assert crosses(PLACES[a], PLACES[b]).label("nl") == water
    assert crosses(PLACES[b], PLACES[a]).label("nl") == water


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Terneuzen", "Goes"),
        ("Zierikzee", "Goes"),
        ("Bergen op Zoom", "Yerseke"),
        ("Bergen op Zoom", "Tholen"),
        ("Rotterdam", "Dordrecht"),
        ("Rotterdam", "Breda"),
        ("Dordrecht", "Breda"),
        ("Amsterdam", "Almere"),
        ("Den Helder", "Harlingen"),
        ("Lelystad", "Enkhuizen"),
        ("Lelystad", "Harderwijk"),
        ("Dronten", "Harderwijk"),
        ("Amsterdam", "Utrecht"),
        ("Utrecht", "Arnhem"),
        ("Leeuwarden", "Sneek"),
        ("Stavoren", "Urk"),
        ("Vlissingen", "Goes"),
        ("Medemblik", "Enkhuizen"),
    ],
)
def test_same_side_or_an_easy_bridge_is_not_reported(a, b):
    assert crosses(PLACES[a], PLACES[b]) is None


@given(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(PLACES)))
def test_the_way_back_crosses_the_same_water(a, b):
    there, back = crosses(PLACES[a], PLACES[b]), crosses(PLACES[b], PLACES[a])
    assert (there and there.code) == (back and back.code)
    assert crosses(PLACES[a], PLACES[a]) is None
