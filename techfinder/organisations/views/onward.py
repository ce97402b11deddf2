"""Where somebody goes after joining, and how a page of another package is linked while it may not exist."""

from flask import current_app, url_for

from techfinder.core.db import db
from techfinder.organisations.models import Organisation

FIRST_STEP = {"company": ("offers.new", "bedrijf"), "school": ("support_requests.new", "organisation_id")}


def at_work(organisation_id: int) -> str:
    """Who comes to colleagues first sees how things stand; there may be offers and requests already."""
    return url_for("home.overview") if "home.overview" in current_app.view_functions else first_step(organisation_id)


def first_step(organisation_id: int) -> str:
    """A company goes on to its first offer, a school to its first request."""
    row = db.session.get(Organisation, organisation_id)
    endpoint, name = FIRST_STEP[row.kind] if row else ("", "")
    if endpoint not in current_app.view_functions:
        return url_for("organisations.show", organisation_id=organisation_id)
    return url_for(endpoint, **{name: organisation_id})  # type: ignore[arg-type]
