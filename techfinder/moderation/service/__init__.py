"""What can be done with cases and flags. Each function is one step inside the caller's `transaction()`."""

from techfinder.moderation.service.cases import close_case, decide, open_case
from techfinder.moderation.service.flags import flag
from techfinder.moderation.service.undo import take_down, undo

__all__ = ["close_case", "decide", "flag", "open_case", "take_down", "undo"]
