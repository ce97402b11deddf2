"""HTTP for support_requests, and nothing else."""

from techfinder.support_requests.views import act, confirm, lists, write
from techfinder.support_requests.views.blueprint import bp

__all__ = ["act", "bp", "confirm", "lists", "write"]
