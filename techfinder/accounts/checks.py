"""What `flask doctor` and the administrator's page say about people in posts."""

from techfinder.accounts.queries import administrators, uncovered_regions
from techfinder.core.health import check


@check("administrator", ready=False)
def _administrator() -> tuple[bool, str]:
    found = administrators()
    return bool(found), f"{len(found)} active" if found else "nobody: `flask --app wsgi user create --email … --role administrator`"


@check("coordinators", ready=False)
def _coordinators() -> tuple[bool, str]:
    empty = uncovered_regions()
    if not empty:
        return True, "every region has one, or one above it"
    names = ", ".join(region.name for region in empty[:8])
    return False, f"{len(empty)} regions without one, their cases go to the administrator: {names}{' …' if len(empty) > 8 else ''}"
