"""HTTP for organisations, and nothing else."""

from techfinder.organisations import messages  # noqa: F401  (registers the sentences)
from techfinder.organisations.views import members, pages, register  # noqa: F401  (register the routes)
from techfinder.organisations.views.blueprint import bp

__all__ = ["bp"]
