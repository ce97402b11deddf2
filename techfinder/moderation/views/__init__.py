"""HTTP for moderation, and nothing else."""

from flask import Blueprint

from techfinder.moderation.views import flags, queue

bp = Blueprint("moderation", __name__)
queue.routes(bp)
flags.routes(bp)
