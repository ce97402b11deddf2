"""How often may be tried: per account and per internet address, over all processes.

Whole schools share one internet address, so that limit is wide; the one per account is what stops guessing.
"""

from datetime import datetime, timedelta

from techfinder.core.clock import AMSTERDAM
from techfinder.core.errors import RuleBroken
from techfinder.core.throttle import retry_at, too_often

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = {"link": 5, "password": 10, "code": 8, "reset": 5, "email": 5}
PER_ADDRESS = {"link": 60, "password": 100, "code": 100, "reset": 60, "email": 60}


def check_limits(what: str, account: str, address: str, at: datetime) -> None:
    """Count one attempt. Raises `RuleBroken("account.too_often")` with the time at which it may be tried again.

    Opens its own transactions: call it before the use case. The account need not exist: the answer is the same.
    """
    for kind, who, limit in (
        (f"{what}.account", account, PER_ACCOUNT[what]),
        (f"{what}.address", address, PER_ADDRESS[what]),
    ):
        if too_often(kind, who, limit, WINDOW, at):
            again = (retry_at(kind, who, WINDOW) or at + WINDOW) + timedelta(seconds=59)
            raise RuleBroken("account.too_often", when=again.astimezone(AMSTERDAM).strftime("%H.%M"))
