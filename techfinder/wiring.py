"""The one place that joins an event to its handlers, and the edge to those who know who is asking."""

from typing import Any

from flask import Flask

from techfinder.accounts.actor import load_actor
from techfinder.core.permissions import Actor
from techfinder.core.web import actor_source


def connect_all(app: Flask) -> None:
    """Join everything; called once by `create_app`."""
    actor_source(load_actor)


def viewer(actor: Actor) -> Any:
    """What templates may know of the actor."""
    return actor


def unread_count() -> int:
    """Unread messages of the actor of this request, for the header."""
    return 0
