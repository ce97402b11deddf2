"""News from offers for packages that stand lower."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OfferSubmitted:
    """An offer waits for a decision; not a call, because `moderation` keeps the queue and stands below."""

    offer_id: int


@dataclass(frozen=True)
class OfferPublished:
    """An offer went public; not a call, because `moderation` closes its case and stands below."""

    offer_id: int


@dataclass(frozen=True)
class OfferWithdrawn:
    """An offer is no longer asked to be judged; not a call, because `moderation` closes its case and stands below."""

    offer_id: int
