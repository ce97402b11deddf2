"""The gazetteer as a geopy geocoder, so that code written for any geopy geocoder can use it offline."""

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from techfinder.geo.gazetteer import locate
from techfinder.geo.values import Place


def to_location(place: Place, address: str | None = None) -> Location:
    """Return a geopy Location; its `raw` holds place, municipality, province, postcode, pc4 and precision."""
    raw = {
        "place": place.place,
        "municipality": place.municipality,
        "province": place.province,
        "postcode": place.postcode,
        "pc4": place.pc4,
        "precision": place.precision,
    }
    parts = f"{place.postcode} {place.place}" if place.postcode else f"{place.place}, {place.province}"
    return Location(address or parts, place.point, raw)


def to_place(location: Location) -> Place:
    """Return the Place of a Location that one of our geocoders made."""
    raw = location.raw
    return Place(
        raw["postcode"],
        raw["place"],
        raw["municipality"],
        raw["province"],
        location.latitude,
        location.longitude,
        raw["precision"],
    )


class GazetteerGeocoder(Geocoder):
    """Finds Dutch postcodes and places without a network; see `gazetteer.locate` for what it understands."""

    def __init__(self) -> None:
        super().__init__(user_agent="techfinder")

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL) -> Location | list[Location] | None:
        """Return the Location of a text, or None (a list of one for `exactly_one=False`). Never raises on a text.

        `timeout` is there for geopy's interface and has no meaning.
        """
        place = locate(query)
        if place is None:
            return None
        location = to_location(place)
        return location if exactly_one else [location]
