"""HTTP for home, and nothing else."""

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from techfinder.core.permissions import Access, access

bp = Blueprint("home", __name__)


@bp.get("/")
@access(Access.PUBLIC)
def index() -> ResponseReturnValue:
    """Until the front page stands: the offers, or the door."""
    pages = ("discovery.offers", "accounts.sign_in")
    return redirect(url_for(next(page for page in pages if page in current_app.view_functions)))
