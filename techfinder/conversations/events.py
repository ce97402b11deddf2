"""News from conversations for packages that stand lower."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageHeld:
    """A message waits until its sender is verified; not a call, because `moderation` shows it and stands below."""

    message_id: int
