"""News from conversations for packages that stand lower."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NobodyToAnswer:
    """A school asks a company where nobody works and of which no address is known; not a call, because `moderation` makes
    a case of it and stands below."""

    conversation_id: int


@dataclass(frozen=True)
class MessageHeld:
    """A message waits until its sender is verified; not a call, because `moderation` shows it and stands below."""

    message_id: int
