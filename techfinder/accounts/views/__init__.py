"""HTTP for accounts, and nothing else; one module per subject."""

from techfinder.accounts import messages
from techfinder.accounts.views import admin, credentials, privacy, second_factor, settings, sign_in
from techfinder.accounts.views.blueprint import bp

__all__ = ["admin", "bp", "credentials", "messages", "privacy", "second_factor", "settings", "sign_in"]
