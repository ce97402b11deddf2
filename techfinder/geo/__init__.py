"""Where things are in the Netherlands: postcodes, places, municipalities, and how far apart.

Pure: no web, no database, nothing else of Techfinder. Facts from GeoNames (CC BY 4.0), see `build`. Geocoders
with geopy's interface stand in `techfinder.geo.geocoders` and `techfinder.geo.locatieserver`.
"""

from techfinder.geo.distance import km, prune_radius, sphere_km, within
from techfinder.geo.gazetteer import (
    locate,
    municipalities,
    municipality_centre,
    municipality_key,
    name_words,
    place_names,
    postcode,
    postcodes,
    postcodes_of,
    province_of,
    provinces,
    to_pc4_csv,
)
from techfinder.geo.names import fold, province_key
from techfinder.geo.postcodes import parse_pc4, parse_postcode
from techfinder.geo.values import Place

__all__ = [
    "Place", "fold", "km", "locate", "municipalities", "municipality_centre", "municipality_key", "name_words",
    "parse_pc4", "parse_postcode", "place_names", "postcode", "postcodes", "postcodes_of", "province_key", "province_of",
    "provinces", "prune_radius", "sphere_km", "to_pc4_csv", "within",
]  # fmt: skip
