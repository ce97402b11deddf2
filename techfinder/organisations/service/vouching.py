"""What happens when somebody is known to belong to an organisation: by a domain, a colleague, an owner, a coordinator."""

from datetime import datetime

from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.core.changes import log_change
from techfinder.core.db import db
from techfinder.core.events import emit
from techfinder.organisations.domains import colleague_vouches
from techfinder.organisations.events import MemberVerified
from techfinder.organisations.models import Membership, Organisation


def has_owner(organisation_id: int, besides: int | None = None) -> bool:
    """Whether a verified owner looks after this organisation."""
    found = select(func.count()).where(
        Membership.organisation_id == organisation_id, Membership.role == "owner", Membership.verified_at.is_not(None),
        Membership.id != (besides or 0),
    )  # fmt: skip
    return bool(db.session.scalar(found))


def vouch(organisation: Organisation, member: Membership, by: str, at: datetime) -> None:
    """Verify the member; the first one becomes the owner, so that every organisation has somebody who looks after it."""
    member.verified_at, member.verified_by, member.refused_at = at, by, None
    if not has_owner(organisation.id, besides=member.id):
        member.role = "owner"
    if not organisation.claimed:
        organisation.claimed = True
        log_change("organisation", organisation.id)
    db.session.flush()
    emit(MemberVerified(member.id))
    if organisation.kind == "school":
        _vouch_for_same_domain(organisation, member, at)


def _vouch_for_same_domain(organisation: Organisation, member: Membership, at: datetime) -> None:
    """Who joined earlier from the same domain and waits need not wait any longer."""
    email = db.session.scalar(select(User.email).where(User.id == member.user_id))
    waiting = db.session.execute(
        select(Membership, User.email).join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id == organisation.id, Membership.verified_at.is_(None), Membership.refused_at.is_(None)
        )
        .order_by(Membership.id)
    ).all()
    for other, address in waiting:
        if other.verified_at is None and colleague_vouches(address or "", [email or ""]):
            vouch(organisation, other, "colleague", at)
