"""HTTP for accounts, and nothing else; one module per subject."""

from techfinder.accounts import messages
from techfinder.accounts.views import sign_in
from techfinder.accounts.views.blueprint import bp

__all__ = ["bp", "messages", "sign_in"]
