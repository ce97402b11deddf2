"""Parts that later packages show on an organisation's page; `wiring.py` fills the list, and each adds what the viewer may see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from techfinder.core.permissions import Actor
from techfinder.organisations.models import Organisation


@dataclass(frozen=True)
class Section:
    """A heading and the template under it; the template finds its values in `section.values`."""

    title: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Actor, Organisation], Section | None]
_sources: list[Source] = []


def add_section(source: Source) -> None:
    """Used by `wiring.py` only; adding the same source twice does nothing."""
    if source not in _sources:
        _sources.append(source)


def sections(actor: Actor, organisation: Organisation) -> list[Section]:
    """What is shown on this organisation's page to this actor, in the order of the house."""
    return [section for source in _sources if (section := source(actor, organisation)) is not None]
