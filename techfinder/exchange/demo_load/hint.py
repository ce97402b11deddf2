"""How to sign in to the demo: printed as the last lines of `make run`."""

from datetime import datetime

import pyotp

from techfinder.accounts.demo import demo_people
from techfinder.accounts.models import User
from techfinder.core.db import db

DEMO_PASSWORD = "samen-techniek-doen"  # noqa: S105 - everybody may know it: it opens invented people only
DEMO_TOTP_SECRET = "TECHFINDERDEMOTECHFINDERDEMO2345"  # noqa: S105 - the same


def hint_lines(base_url: str, at: datetime, *, demo: bool = True, mails: str = "") -> list[str]:
    """Where to look, and a few people to sign in as; outside demo mode or without demo data only where to look.

    `mails`: the folder that stands for a mail server.
    """
    lines = ["", f"Techfinder is ready at {base_url}"]
    if mails:
        lines.append(f"Mails that Techfinder sends become files in {mails}")
    words = {"school": "teacher", "company": "company", "coordinator": "coordinator", "administrator": "administrator"}
    people = demo_people(at) if demo else []
    if not people:
        return lines
    lines.append(f"Sign in at {base_url}/account/inloggen with one click, or as:")
    for what, word in words.items():
        person = next((p for p in people if p.what == what), None)
        user = db.session.get(User, person.id) if person else None
        if person and user:
            lines.append(f"  {word:<13} {user.email:<42} {person.where}")
    lines.append(f"  password: {DEMO_PASSWORD}")
    code = pyotp.TOTP(DEMO_TOTP_SECRET).at(at)
    lines.append(f"  code for coordinator and administrator: {code} (key for your app: {DEMO_TOTP_SECRET})")
    return lines
