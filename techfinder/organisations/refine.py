"""Refining where an organisation stands, from the centre of its four digits to its own postcode: by the worker, online.

Optional (`GEOCODER_ONLINE=1`). The offline place is good enough to begin with, so nothing ever waits for this.
"""

from collections.abc import Iterator, MutableMapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, locked, transaction
from techfinder.core.jobs import enqueue, handles
from techfinder.geo import km
from techfinder.geo.geocoders import to_place
from techfinder.geo.locatieserver import LocatieserverGeocoder
from techfinder.organisations.models import GeocoderAnswer, Organisation

FARTHEST_KM = 15.0  # an answer farther from the place of the four digits than this is about something else


class KeptAnswers(MutableMapping[str, str]):
    """The geocoder's cache as a table; each answer is its own small transaction."""

    def __getitem__(self, address: str) -> str:
        found = db.session.scalar(select(GeocoderAnswer.text).where(GeocoderAnswer.address == address))
        if found is None:
            raise KeyError(address)
        return found

    def __setitem__(self, address: str, text: str) -> None:
        with transaction():
            if db.session.scalar(select(GeocoderAnswer.id).where(GeocoderAnswer.address == address)) is None:
                db.session.add(GeocoderAnswer(address=address, text=text, at=now()))

    def __delitem__(self, address: str) -> None:
        raise TypeError("answers are kept")

    def __iter__(self) -> Iterator[str]:
        return iter(db.session.scalars(select(GeocoderAnswer.address)).all())

    def __len__(self) -> int:
        return db.session.scalar(select(func.count()).select_from(GeocoderAnswer)) or 0


def ask_to_refine(organisation: Organisation) -> None:
    """Queue the question with the current transaction, when the administrator switched it on and there is a whole postcode."""
    if current_app.config["SETTINGS"].geocoder_online and organisation.postcode and len(organisation.postcode) > 4:
        db.session.flush()
        enqueue("organisations.refine", {"organisation_id": organisation.id}, key=f"refine:{organisation.id}")


def geocoder() -> LocatieserverGeocoder:
    """The online geocoder with the kept answers."""
    return LocatieserverGeocoder(cache=KeptAnswers())


@handles("organisations.refine", in_transaction=False)
def refine(payload: dict[str, Any]) -> None:
    """Ask, and move the organisation to the answer if it still has this postcode and the answer lies near by."""
    row = db.session.get(Organisation, payload["organisation_id"])
    if row is None or not row.postcode or row.lat is None or row.lon is None:
        return
    asked, before = row.postcode, (row.lat, row.lon)
    location = geocoder().geocode(asked)
    if location is None or isinstance(location, list):
        return
    found = to_place(location)
    if km(before, (found.lat, found.lon)) > FARTHEST_KM:
        return
    with transaction():
        again = locked(Organisation, payload["organisation_id"])
        if again.postcode == asked:
            again.lat, again.lon = found.lat, found.lon
            log_change("organisation", again.id)
