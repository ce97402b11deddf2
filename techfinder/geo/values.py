"""The values that this package gives and takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A known location in the Netherlands.

    `lat` and `lon` are WGS 84 degrees. `precision` says what the point stands for: "address" (online
    geocoder), "postcode" (the middle of a four-digit postcode), "place", "municipality" or "province".
    `postcode` is what was asked, normalised ("5701 AB" or "5701"), and None when the answer does not come
    from a postcode.
    """

    postcode: str | None
    place: str
    municipality: str
    province: str
    lat: float
    lon: float
    precision: str

    @property
    def pc4(self) -> str | None:
        """The four digits, or None when this is not the answer to a postcode."""
        return self.postcode[:4] if self.postcode else None

    @property
    def point(self) -> tuple[float, float]:
        """(lat, lon) in degrees, the order that geopy uses."""
        return self.lat, self.lon
