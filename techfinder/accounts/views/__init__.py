"""HTTP for accounts, and nothing else; one module per subject."""

from techfinder.accounts import health, messages
from techfinder.accounts.views import admin, credentials, demo, privacy, second_factor, settings, sign_in
from techfinder.accounts.views.blueprint import bp

__all__ = ["admin", "bp", "credentials", "demo", "health", "messages", "privacy", "second_factor", "settings", "sign_in"]
