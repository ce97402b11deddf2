"""Events: the one way for news to go up the house. `wiring.py` joins them to their handlers.

A handler runs at once, in the same transaction as what it hears about; when it fails, all of it fails.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")
_handlers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def emit(event: Any) -> None:
    """Tell everybody who was wired to this type of event."""
    for handler in _handlers[type(event)]:
        handler(event)


def connect(event_type: type[E], handler: Callable[[E], None]) -> None:
    """Used by `wiring.py` only; connecting the same pair twice does nothing."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def connections() -> dict[type[Any], list[Callable[[Any], None]]]:
    """For the architecture tests."""
    return dict(_handlers)
