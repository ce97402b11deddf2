"""Parts of an offer's page that packages below fill: "Scholen die dit zoeken", "Lijkt hierop". `wiring.py` adds them."""

from collections.abc import Callable

from techfinder.core.permissions import Actor

Section = Callable[[Actor, int], str]
show_sections: list[Section] = []  # each gives safe markup for this reader and offer id, or "" for nothing


def sections(actor: Actor, offer_id: int) -> list[str]:
    """The filled sections, in the order in which they were added."""
    return [part for part in (section(actor, offer_id) for section in show_sections) if part]
