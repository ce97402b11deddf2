"""Errors are types, mapped once: to a page, a JSON problem or a CLI line.

A `RuleBroken` carries a code such as ``"offer.expired"``; the sentence people read is registered by the package
that owns the rule, with `sentences({...})` in its `messages.py`.
"""

from typing import Any

_SENTENCES: dict[str, Any] = {}


class TechfinderError(Exception):
    """Anything that we raise on purpose."""


class NotVisible(TechfinderError):
    """It does not exist, or the actor may not see it: both answer 404, in the same words."""


class NotAllowed(TechfinderError):
    """The actor sees the thing but may not do this with it: 403."""


class RuleBroken(TechfinderError):
    """A rule of the domain says no. `field` names the form field it belongs to, if any."""

    def __init__(self, code: str, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.params = code, field, params

    @property
    def sentence(self) -> str:
        """What people read, in the language of the request."""
        text = _SENTENCES.get(self.code)
        return str(text) % self.params if text is not None else self.code


class Stale(TechfinderError):
    """The row was changed by somebody else after the form was opened: 409, and both texts are shown."""


def sentences(table: dict[str, Any]) -> None:
    """Register the (lazily translated) sentences for a package's rule codes; ``%(name)s`` takes parameters."""
    _SENTENCES.update(table)


def known_codes() -> frozenset[str]:
    """All registered codes; a test compares them with those raised in the code."""
    return frozenset(_SENTENCES)
