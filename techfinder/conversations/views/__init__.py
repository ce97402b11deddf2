"""HTTP for conversations, and nothing else."""

from techfinder.conversations.views import pages, start, steps
from techfinder.conversations.views.blueprint import bp

__all__ = ["bp", "pages", "start", "steps"]
