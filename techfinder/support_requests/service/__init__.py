"""What can be done with support requests. Each function is one step inside the caller's `transaction()`."""

from techfinder.support_requests.service.guests import (
    address_to,
    confirm_guest,
    create_guest,
    drop_unconfirmed,
    mail_again,
)
from techfinder.support_requests.service.members import create, expire_due, fulfil, publish, save, withdraw

__all__ = [
    "address_to",
    "confirm_guest",
    "create",
    "create_guest",
    "drop_unconfirmed",
    "expire_due",
    "fulfil",
    "mail_again",
    "publish",
    "save",
    "withdraw",
]
