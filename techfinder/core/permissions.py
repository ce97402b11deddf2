"""Who acts. An `Actor` is built once per request and passed first; below the views nobody knows the request.

This module knows no roles of the domain by meaning: it holds *grants* ("this role, in this scope") and *seats* (places
in groups of people). The packages that own those roles say what they allow, in their `policy.py`.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from techfinder.core.errors import NotAllowed, NotVisible

V = TypeVar("V", bound=Callable[..., Any])


class Access(enum.Enum):
    """What a route asks before its view runs. Deny by default: a route without one fails the build and answers 500."""

    PUBLIC = "public"  # anybody; the view shows only what is visible to the actor
    SIGNED_IN = "signed_in"  # anybody with an account
    STAFF = "staff"  # somebody with a post, signed in with the second factor
    ADMINISTRATOR = "administrator"
    TOKEN = "token"  # the secret in the address or header decides


@dataclass(frozen=True)
class Grant:
    """A role within a scope, for example ("coordinator", "region", 4); `scope_id` None means everywhere."""

    role: str
    scope: str
    scope_id: int | None = None


@dataclass(frozen=True)
class Seat:
    """A place in a group of people: which one, as what, and whether somebody vouched for it."""

    scope: str
    scope_id: int
    name: str
    kind: str
    role: str
    verified: bool
    group_verified: bool


@dataclass(frozen=True)
class Actor:
    """Who asks. `grants` count only when `strong` (signed in with the second factor)."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    locale: str = "nl"
    strong: bool = False
    grants: frozenset[Grant] = field(default_factory=frozenset)
    seats: tuple[Seat, ...] = ()

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_administrator(self) -> bool:
        return self.strong and any(g.role == "administrator" for g in self.grants)

    @property
    def is_staff(self) -> bool:
        return self.strong and bool(self.grants)

    def may(self, role: str, scope: str, ids: Iterable[int | None]) -> bool:
        """Whether a strong grant of this role covers one of these scope ids, or everything."""
        if not self.strong:
            return False
        wanted = set(ids)
        return any(
            g.role == role and g.scope == scope and (g.scope_id is None or g.scope_id in wanted) for g in self.grants
        )

    def scope_ids(self, role: str, scope: str) -> frozenset[int]:
        """The ids within which the actor holds this role."""
        if not self.strong:
            return frozenset()
        return frozenset(g.scope_id for g in self.grants if g.role == role and g.scope == scope and g.scope_id is not None)

    def seat(self, scope: str, scope_id: int | None) -> Seat | None:
        """The actor's seat in this group, if there is one."""
        return next((s for s in self.seats if s.scope == scope and s.scope_id == scope_id), None)


ANYBODY = Actor()
SYSTEM = Actor(name="Techfinder", strong=True, grants=frozenset({Grant("administrator", "country")}))


def access(level: Access) -> Callable[[V], V]:
    """Declare what a view asks; every route needs one."""

    def mark(view: V) -> V:
        view.access = level  # type: ignore[attr-defined]
        return view

    return mark


def require(allowed: bool) -> None:
    """Raise `NotAllowed` unless allowed: for things the actor may see but not change."""
    if not allowed:
        raise NotAllowed()


def require_visible(thing: Any) -> Any:
    """Return the thing, or raise `NotVisible`: absent and invisible answer alike."""
    if thing is None:
        raise NotVisible()
    return thing
