"""How to sign in to the demo: printed as the last lines of `make run`."""

from datetime import datetime

import pyotp
from flask_babel import gettext as _

from techfinder.accounts.demo import demo_people
from techfinder.accounts.models import User
from techfinder.core.db import db

DEMO_PASSWORD = "samen-techniek-doen"  # noqa: S105 - everybody may know it: it opens invented people only
DEMO_TOTP_SECRET = "TECHFINDERDEMOTECHFINDERDEMO2345"  # noqa: S105 - the same


def hint_lines(base_url: str, at: datetime, *, demo: bool = True, mails: str = "") -> list[str]:
    """Where to look, and a few people to sign in as; outside demo mode or without demo data only where to look.

    `mails`: the folder that stands for a mail server.
    """
    lines = ["", _("Techfinder staat klaar op %(address)s", address=base_url)]
    if mails:
        lines.append(_("Mails die Techfinder verstuurt, komen als bestand in %(folder)s", folder=mails))
    words = {
        "school": _("leraar"), "company": _("bedrijf"), "coordinator": _("coördinator"), "administrator": _("beheerder"),
    }
    people = demo_people(at) if demo else []
    if not people:
        return lines
    lines.append(_("Log in op %(address)s met één klik, of met:", address=f"{base_url}/account/inloggen"))
    for what, word in words.items():
        person = next((p for p in people if p.what == what), None)
        user = db.session.get(User, person.id) if person else None
        if person and user:
            lines.append(f"  {word:<12} {user.email:<42} {person.where}")
    lines.append("  " + _("wachtwoord: %(password)s", password=DEMO_PASSWORD))
    lines.append(
        "  " + _("code voor coördinator en beheerder: %(code)s (sleutel voor je app: %(key)s)",
                 code=pyotp.TOTP(DEMO_TOTP_SECRET).at(at), key=DEMO_TOTP_SECRET)
    )
    return lines
