"""HTTP for organisations, and nothing else."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
