"""Writes of this package, by use case. What others call stands here."""

from techfinder.accounts.service.sign_in import ensure_user

__all__ = ["ensure_user"]
