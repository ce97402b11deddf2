"""News from support requests for packages that stand lower."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestPublished:
    """A request is out; not a call, because `conversations` (a request addressed to one offer starts one) stands below."""

    request_id: int


@dataclass(frozen=True)
class RequestCompleted:
    """A request that was out has all that companies need now; not a call, because `conversations` (one addressed to an offer
    goes there now) stands below."""

    request_id: int


@dataclass(frozen=True)
class RequestClosed:
    """A request no longer looks for an answer; not a call, because `conversations` and `moderation` stand below."""

    request_id: int
