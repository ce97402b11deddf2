"""News that goes up the house."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OrganisationSubmitted:
    """The queue of the region stands below organisations, so it must be told that something waits for a decision."""

    organisation_id: int


@dataclass(frozen=True)
class OrganisationDecided:
    """The case in the queue, which stands below organisations, is closed by whoever decides, from whatever page."""

    organisation_id: int
    decision: str


@dataclass(frozen=True)
class MemberUnverified:
    """The queue stands below organisations, and must show the coordinator that nobody vouched for this person yet."""

    membership_id: int


@dataclass(frozen=True)
class MemberVerified:
    """Conversations stand below organisations, and hold the first messages of this person until now."""

    membership_id: int


@dataclass(frozen=True)
class MemberRefused:
    """Conversations stand below organisations, and hold messages of this person that will now never be sent."""

    membership_id: int


@dataclass(frozen=True)
class PlacesChanged:
    """Conversations stand below organisations, and know how many requests wait: "vol" begins or ends with the new number."""

    organisation_id: int


@dataclass(frozen=True)
class OrganisationLeft:
    """Offers and requests stand below organisations, and must not wait for an answer where nobody works any more."""

    organisation_id: int
