"""HTTP for support_requests, and nothing else."""

from flask import Blueprint

bp = Blueprint("support_requests", __name__)
