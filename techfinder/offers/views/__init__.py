"""HTTP for offers, and nothing else."""

from techfinder.offers import messages  # noqa: F401  (registers the sentences)
from techfinder.offers.views import edit, mine, sending, show  # noqa: F401  (the views register themselves)
from techfinder.offers.views.blueprint import bp

__all__ = ["bp"]
