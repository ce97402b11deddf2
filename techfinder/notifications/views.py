"""HTTP for notifications, and nothing else."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)
