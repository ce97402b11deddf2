"""HTTP for home, and nothing else."""

from flask import Blueprint

bp = Blueprint("home", __name__)
