"""The mails of this package. Each is written in the current transaction; addresses in them are absolute."""

from collections.abc import Iterable
from datetime import timedelta

from flask import current_app

from techfinder.accounts.models import User
from techfinder.core.jobs import call_off
from techfinder.core.mail import absolute_url, send_mail
from techfinder.organisations.models import Organisation


def _mine(endpoint: str, **values: object) -> str:
    """An address of ours, the same from a page, a worker and the command line."""
    return absolute_url(current_app.url_map.bind("").build(endpoint, values))


def confirm_registration(email: str, person: str, locale: str, raw: str, organisation: str, *, joins: bool) -> None:
    """The link that proves the address and finishes the registration; `joins`: people there are asked first."""
    send_mail(
        email, "organisations/confirm", locale=locale, name=person, organisation=organisation,
        url=_mine("organisations.confirm", raw=raw), hours=24, joins=joins,
    )  # fmt: skip


def invitation_url(raw: str) -> str:
    """Where an invitation is taken."""
    return _mine("organisations.invitation", raw=raw)


def invitation(email: str, locale: str, organisation: Organisation, inviter: str, raw: str) -> None:
    """A colleague asks you to join."""
    send_mail(
        email, "organisations/invitation", locale=locale, organisation=organisation.name, inviter=inviter,
        url=invitation_url(raw), days=14,
    )  # fmt: skip


def decided(
    readers: Iterable[User], organisation: Organisation, decision: str, note: str, after: timedelta | None = None
) -> None:
    """What the coordinator decided, with the reason; a decision before it of which the mail still waits is not told."""
    not_decided(organisation.id)
    url = _mine("organisations.show", organisation_id=organisation.id)
    if organisation.kind == "company" and decision == "approved":
        url = _mine("offers.mine")  # what is still to be done, or seen, lies there
    for user in readers:
        send_mail(
            user.email or "", "organisations/decided", locale=user.locale, name=user.name, organisation=organisation.name,
            kind=organisation.kind, decision=decision, note=note, after=after,
            url=url, key=f"organisation.decided:{organisation.id}:{user.id}",
        )  # fmt: skip


def not_decided(organisation_id: int) -> None:
    """The decision is taken back: who was not told yet need not know."""
    call_off(f"organisation.decided:{organisation_id}:")


def member_waits(readers: Iterable[User], organisation: Organisation, newcomer: str) -> None:
    """Somebody says to be a colleague: an owner knows sooner than the coordinator."""
    for user in readers:
        send_mail(
            user.email or "", "organisations/member_waits", locale=user.locale, name=user.name, organisation=organisation.name,
            newcomer=newcomer, url=_mine("organisations.members", organisation_id=organisation.id),
        )  # fmt: skip


def member_verified(user: User, organisation: Organisation) -> None:
    """Your place is confirmed."""
    url = _mine("organisations.show", organisation_id=organisation.id)
    if organisation.kind == "company":
        url = _mine("offers.mine")
    if user.email:
        send_mail(
            user.email, "organisations/member_verified", locale=user.locale, name=user.name, organisation=organisation.name,
            kind=organisation.kind, url=url,
        )  # fmt: skip


def member_refused(user: User, organisation: Organisation, note: str) -> None:
    """Your place could not be confirmed."""
    if user.email:
        send_mail(
            user.email, "organisations/member_refused", locale=user.locale, name=user.name, organisation=organisation.name,
            kind=organisation.kind, note=note,
        )  # fmt: skip
