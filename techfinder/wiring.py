"""The one place that joins an event to its handlers, and the edge to those who know who is asking."""

from typing import Any

from flask import Flask

from techfinder.core.permissions import Actor


def connect_all(app: Flask) -> None:
    """Join everything; called once by `create_app`."""


def viewer(actor: Actor) -> Any:
    """What templates may know of the actor."""
    return actor


def unread_count() -> int:
    """Unread messages of the actor of this request, for the header."""
    return 0
