"""The mails of this package. Each is written in the current transaction; addresses in them are absolute."""

from datetime import date, datetime

from flask import current_app

from techfinder.accounts import tokens
from techfinder.accounts.models import User
from techfinder.core.mail import absolute_url, send_mail


def _mine(endpoint: str, **values: str | None) -> str:
    """An address of ours, the same from a page, a worker and the command line."""
    return absolute_url(_path(endpoint, **values))


def _path(endpoint: str, **values: str | None) -> str:
    return current_app.url_map.bind("").build(endpoint, values)


def sign_in_link(user: User, next_path: str | None, at: datetime) -> None:
    """A link that signs in once, for a quarter of an hour."""
    raw = tokens.issue("sign_in", user.email or "", user_id=user.id, payload={"next": next_path or ""}, at=at)
    send_mail(
        user.email or "", "accounts/sign_in_link", locale=user.locale, name=user.name,
        url=_mine("accounts.link", raw=raw), minutes=15,
    )  # fmt: skip


def no_account(email: str, locale: str) -> None:
    """Somebody asked for a link for an address that has no account: say so there, and only there."""
    send_mail(email, "accounts/no_account", locale=locale, url=_mine("accounts.register"))


def blocked(user: User) -> None:
    """The owner may know that the account is blocked; the page does not tell."""
    send_mail(user.email or "", "accounts/blocked", locale=user.locale, name=user.name)


def reset_password(user: User, at: datetime) -> None:
    """A link to choose a new password, for half an hour."""
    raw = tokens.issue("reset_password", user.email or "", user_id=user.id, lifetime=tokens.RESET_PASSWORD, at=at)
    send_mail(
        user.email or "", "accounts/reset_password", locale=user.locale, name=user.name,
        url=_mine("accounts.reset", raw=raw), minutes=30,
    )  # fmt: skip


def password_changed(user: User) -> None:
    """So that the owner notices when it was somebody else."""
    send_mail(
        user.email or "", "accounts/password_changed", locale=user.locale, name=user.name, url=_mine("accounts.forgotten")
    )


def password_removed(user: User) -> None:
    """So that the owner notices when it was somebody else."""
    send_mail(
        user.email or "", "accounts/password_removed", locale=user.locale, name=user.name, url=_mine("accounts.sign_in")
    )


def second_factor_changed(user: User, *, on: bool, helped: bool = False) -> None:
    """So that the owner notices when it was somebody else. `helped`: an administrator did it."""
    send_mail(
        user.email or "", "accounts/second_factor_changed", locale=user.locale, name=user.name, on=on,
        helped=helped, url=_mine("accounts.second_factor_setup"),
    )  # fmt: skip


def confirm_new_email(user: User, email: str, at: datetime) -> None:
    """To the new address: is this yours?"""
    raw = tokens.issue("change_email", email, user_id=user.id, lifetime=tokens.CHANGE_EMAIL, at=at)
    send_mail(
        email, "accounts/confirm_new_email", locale=user.locale, name=user.name, hours=24,
        url=_mine("accounts.new_email", raw=raw),
    )


def address_taken(owner: User) -> None:
    """Somebody wants to move to an address that has an account: its owner may know, the page does not tell."""
    send_mail(owner.email or "", "accounts/address_taken", locale=owner.locale, name=owner.name, url=_mine("accounts.sign_in"))


def email_changed(old: str, user: User) -> None:
    """To the old address, which can no longer sign in."""
    send_mail(old, "accounts/email_changed", locale=user.locale, name=user.name)


def invitation_link(user: User, next_path: str | None, at: datetime) -> str:
    """A link that signs in once within a week, for somebody who did not ask for it."""
    raw = tokens.issue(
        "sign_in", user.email or "", user_id=user.id, lifetime=tokens.INVITATION, payload={"next": next_path or ""}, at=at
    )
    return _mine("accounts.link", raw=raw)


def post_granted(user: User, role: str, scope: str, ends_on: date | None, at: datetime) -> str:
    """Tell somebody about their post, with an invitation link, which is returned."""
    url = invitation_link(user, _path("accounts.second_factor_setup"), at)
    send_mail(
        user.email or "", "accounts/post_granted", locale=user.locale, name=user.name, role=role, scope=scope,
        ends_on=ends_on, url=url, days=tokens.INVITATION.days,
    )  # fmt: skip
    return url


def post_ended(user: User, role: str, scope: str) -> None:
    """Thank somebody whose post ended."""
    send_mail(user.email or "", "accounts/post_ended", locale=user.locale, name=user.name, role=role, scope=scope)


def erased(email: str, locale: str, name: str) -> None:
    """The last mail: the account is gone."""
    send_mail(email, "accounts/erased", locale=locale, name=name)
