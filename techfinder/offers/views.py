"""HTTP for offers, and nothing else."""

from flask import Blueprint

bp = Blueprint("offers", __name__)
