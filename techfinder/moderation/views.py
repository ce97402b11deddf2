"""HTTP for moderation, and nothing else."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
