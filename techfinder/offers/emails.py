"""Mails about offers."""

from datetime import timedelta

from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.core.db import db
from techfinder.core.jobs import call_off
from techfinder.core.mail import send_mail
from techfinder.offers.models import Offer
from techfinder.organisations.models import Membership, Organisation


def _readers(offer: Offer) -> list[User]:
    """Who made it; else the owners of the company."""
    author = db.session.get(User, offer.author_id) if offer.author_id else None
    if author is not None and author.email:
        return [author]
    owners = select(User).join(Membership, Membership.user_id == User.id).where(
        Membership.organisation_id == offer.organisation_id, Membership.role == "owner", User.email.is_not(None)
    )
    return list(db.session.scalars(owners))


def decided(offer: Offer, company: Organisation, decision: str, note: str, after: timedelta | None = None) -> None:
    """Tell the maker what the coordinator decided, and why; a decision before it of which the mail still waits is not told."""
    not_decided(offer.id)
    for reader in _readers(offer):
        send_mail(
            reader.email or "", "offers/decided", locale=reader.locale, name=reader.name, about=offer.title, offer_id=offer.id,
            company=company.name, decision=decision, note=note, after=after, key=f"offer.decided:{offer.id}:{reader.id}",
        )  # fmt: skip


def not_decided(offer_id: int) -> None:
    """The decision is taken back: who was not told yet need not know."""
    call_off(f"offer.decided:{offer_id}:")
