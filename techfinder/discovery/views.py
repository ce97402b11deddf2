"""HTTP for discovery, and nothing else."""

from flask import Blueprint

bp = Blueprint("discovery", __name__)
