"""HTTP for conversations, and nothing else."""

from flask import Blueprint

bp = Blueprint("conversations", __name__)
