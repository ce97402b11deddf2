"""What `flask doctor` says about who looks after what."""

from flask import current_app
from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.accounts.queries import administrators, uncovered_regions
from techfinder.core.db import db
from techfinder.core.health import check
from techfinder.regions.models import Region


@check("administrators", readiness=False)
def _administrators() -> tuple[bool, str]:
    people = administrators()
    if not people:
        return False, "nobody is an administrator: flask --app wsgi user create --email you@example.org --role administrator"
    without = sum(person.totp_confirmed_at is None for person in people)
    return True, f"{len(people)}, of whom {without} still without a second factor"


@check("coordinators", readiness=False)
def _coordinators() -> tuple[bool, str]:
    if not db.session.scalar(select(func.count()).select_from(Region)):
        return False, "there are no regions, so nobody can decide: flask --app wsgi regions seed"
    regions = uncovered_regions()
    if not regions:
        return True, "every region has one"
    names = ", ".join(region.name for region in regions)
    return True, f"nobody for {names}: their cases go to the administrators"


@check("demo mode", readiness=False)
def _demo_mode() -> tuple[bool, str]:
    if not current_app.config["SETTINGS"].demo:
        return True, "off"
    real = db.session.scalar(select(func.count()).select_from(User).where(User.is_demo.is_(False), User.erased_at.is_(None)))
    if not real:
        return True, "on: anybody may sign in as the invented people"
    return False, f"on, with {real} real accounts: anybody may sign in as the invented administrator. Set DEMO=0 for real use"
