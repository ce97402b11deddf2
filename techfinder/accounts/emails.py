"""The mails of this package. Each is written in the current transaction; addresses in them are absolute."""

from datetime import datetime

from flask import current_app

from techfinder.accounts import tokens
from techfinder.accounts.models import User
from techfinder.core.mail import absolute_url, send_mail


def _mine(endpoint: str, **values: str | None) -> str:
    """An address of ours, the same from a page, a worker and the command line."""
    return absolute_url(current_app.url_map.bind("").build(endpoint, values))


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
