"""Demo mode only: sign in as somebody invented."""

from flask import abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from techfinder.accounts.demo import demo_user
from techfinder.accounts.session import open_session
from techfinder.accounts.views.blueprint import bp
from techfinder.core.db import transaction
from techfinder.core.permissions import Access, access
from techfinder.core.security import safe_next


@bp.post("/account/inloggen/proef")
@access(Access.PUBLIC)
def demo_sign_in() -> ResponseReturnValue:
    """Sign in as an invented person, second factor and all; outside demo mode this page does not exist."""
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    with transaction():
        user = demo_user(request.form.get("user_id", 0, int))
    return redirect(open_session(user, safe_next(request.form.get("next"), ""), strong=True))
