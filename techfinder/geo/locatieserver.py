"""PDOK's Locatieserver (Kadaster, free) as a geopy geocoder: refines addresses online.

Only for a background worker: it waits for a network. Specification:
https://api.pdok.nl/bzk/locatieserver/search/v3_1/ui/. Parameters outside it are refused with status 400.
"""

import json
import re
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlencode

from geopy.adapters import BaseAdapter, URLLibAdapter
from geopy.exc import GeocoderParseError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from techfinder.geo.gazetteer import municipality_key
from techfinder.geo.geocoders import to_location
from techfinder.geo.names import province_key
from techfinder.geo.postcodes import parse_postcode
from techfinder.geo.values import Place

_POINT = re.compile(r"POINT\((-?[0-9.]+) (-?[0-9.]+)\)")
_PRECISION = {"adres": "address", "postcode": "postcode", "woonplaats": "place", "gemeente": "municipality"}
_FIELDS = "weergavenaam,type,centroide_ll,woonplaatsnaam,gemeentenaam,provincienaam,postcode"
_LONGEST = 200


class LocatieserverGeocoder(Geocoder):
    """Finds an address, a whole postcode or a place.

    `cache` maps an address on the server to the text of its answer; a mapping that writes to a table makes the
    worker ask every address once. Answers that found nothing are kept as well, failures are not.
    """

    api_path = "/bzk/locatieserver/search/v3_1/free"

    def __init__(
        self,
        *,
        timeout: float = 5,
        cache: MutableMapping[str, str] | None = None,
        scheme: str = "https",
        domain: str = "api.pdok.nl",
        user_agent: str = "techfinder",
        adapter_factory: Callable[..., BaseAdapter] = URLLibAdapter,
    ) -> None:
        super().__init__(scheme=scheme, timeout=timeout, user_agent=user_agent, adapter_factory=adapter_factory)
        self.api = f"{self.scheme}://{domain.strip('/')}{self.api_path}"
        self.cache: MutableMapping[str, str] = {} if cache is None else cache

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL) -> Location | list[Location] | None:
        """Return the best Location, None when the server knows nothing, or up to ten of them (`exactly_one=False`).

        Raises geopy's GeocoderTimedOut, GeocoderUnavailable, GeocoderServiceError (and their kin) when the server
        does not answer, refuses or errs, and GeocoderParseError when the answer is not in its documented form.
        """
        text = " ".join(query[:_LONGEST].split())
        if not text:
            return None
        url = self._url(text, 1 if exactly_one else 10)
        kept = self.cache.get(url)
        if kept is not None:
            return _read(json.loads(kept), exactly_one)

        def answered(document: Any) -> Location | list[Location] | None:
            found = _read(document, exactly_one)
            self.cache[url] = json.dumps(document, ensure_ascii=False)
            return found

        return self._call_geocoder(url, answered, timeout=timeout)

    def _url(self, text: str, rows: int) -> str:
        whole = parse_postcode(text)
        kinds = "type:postcode" if whole else "type:(adres OR postcode OR woonplaats)"
        question = {"q": whole.replace(" ", "") if whole else text, "fq": kinds, "rows": rows, "fl": _FIELDS}
        return f"{self.api}?{urlencode(question)}"


def _read(document: Any, exactly_one: bool) -> Location | list[Location] | None:
    try:
        found = [_location(entry) for entry in document["response"]["docs"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GeocoderParseError(f"Locatieserver gave an answer of an unknown form: {error!r}") from error
    if not found:
        return None
    return found[0] if exactly_one else found


def _location(entry: dict[str, str]) -> Location:
    point = _POINT.fullmatch(entry["centroide_ll"])
    if not point:
        raise ValueError(entry["centroide_ll"])
    lon, lat = (float(number) for number in point.groups())
    municipality = entry.get("gemeentenaam", "")
    province = entry.get("provincienaam", "")
    place = Place(
        parse_postcode(entry.get("postcode", "")),
        entry.get("woonplaatsnaam") or municipality,
        municipality_key(municipality) or municipality,
        province_key(province) or province,
        lat,
        lon,
        _PRECISION.get(entry.get("type", ""), "place"),
    )
    return to_location(place, entry.get("weergavenaam"))
