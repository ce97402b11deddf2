"""HTTP for regions, and nothing else."""

from flask import Blueprint

bp = Blueprint("regions", __name__)
