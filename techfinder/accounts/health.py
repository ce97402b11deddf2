"""What `flask doctor` says about who looks after what."""

from techfinder.accounts.queries import administrators, uncovered_regions
from techfinder.core.health import check

NAMED = 12  # regions named before the rest is counted


@check("administrators", readiness=False)
def _administrators() -> tuple[bool, str]:
    people = administrators()
    if not people:
        return False, "nobody is an administrator: flask --app wsgi user create --email you@example.org --role administrator"
    without = sum(person.totp_confirmed_at is None for person in people)
    return True, f"{len(people)}, of whom {without} still without a second factor"


@check("coordinators", readiness=False)
def _coordinators() -> tuple[bool, str]:
    regions = uncovered_regions()
    if not regions:
        return True, "every region has one"
    names = ", ".join(region.name for region in regions[:NAMED])
    more = f" and {len(regions) - NAMED} more" if len(regions) > NAMED else ""
    return True, f"nobody for {names}{more}: their cases go to the administrators"
