"""HTTP for home, and nothing else."""

from flask import Blueprint

from techfinder.home.views import desk, front, logbook, overview

bp = Blueprint("home", __name__)
front.routes(bp)
overview.routes(bp)
desk.routes(bp)
logbook.routes(bp)
