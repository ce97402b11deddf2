"""What can be done in conversations. Each function is one step inside the caller's `transaction()`."""

from techfinder.conversations.service.claiming import give_up, reach, waiting_for, welcome
from techfinder.conversations.service.exchange import close, decline, join, mark_read, mute, reply
from techfinder.conversations.service.held import release_held, withhold_held
from techfinder.conversations.service.load import reopen_due, update_load
from techfinder.conversations.service.start import Asked, start

__all__ = [
    "Asked", "close", "decline", "give_up", "join", "mark_read", "mute", "reach", "release_held", "reopen_due", "reply", "start",
    "update_load", "waiting_for", "welcome", "withhold_held",
]  # fmt: skip
