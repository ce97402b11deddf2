"""The edge: who asks, may this route be asked, what an error looks like. Views come after this.

`actor()` is the actor of the request; `wiring.py` tells this module how to find out who that is.
"""

import logging
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, SecurityError

from techfinder.core.db import db
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken, Stale
from techfinder.core.permissions import ANYBODY, Access, Actor, access
from techfinder.core.resume import is_secret, keep_post, kept_post
from techfinder.core.security import safe_next

log = logging.getLogger("techfinder.web")
csrf = CSRFProtect()
bp = Blueprint("core", __name__)
LOCALES = ("nl", "en")
WORTH_KEEPING = 25  # characters: shorter texts are keys, codes and choices
_actor_source: list[Callable[[], Actor]] = []


def actor_source(source: Callable[[], Actor]) -> None:
    """Tell how to find the actor of the current request."""
    _actor_source[:] = [source]


def actor() -> Actor:
    """Who asks; found once per request."""
    if "actor" not in g:
        g.actor = _actor_source[0]() if _actor_source else ANYBODY
    return g.actor  # type: ignore[no-any-return]


def select_locale() -> str:
    """Dutch, unless the reader chose English. Mails choose by `force_locale`; the command line reads Dutch."""
    if not has_request_context():
        return "nl"
    if session.get("locale") in LOCALES:
        return str(session["locale"])
    return actor().locale


def to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and back here afterwards; what was typed is kept."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.method == "POST":
        target = keep_post() or safe_next(_path_of(request.referrer), "/")
        flash(_("Je was uitgelogd. Log in, dan gaat het verder waar je was."), "info")
    return redirect(url_for("accounts.sign_in", next=target))


def _path_of(referrer: str | None) -> str | None:
    if not referrer or not referrer.startswith(request.host_url):
        return None
    return "/" + referrer[len(request.host_url) :]


def check_access() -> ResponseReturnValue | None:
    """Deny by default: look up what the view declared."""
    for name in list(g):  # one application context may serve several requests, as in tests: each begins with nothing known
        g.pop(name)
    if request.endpoint is None or request.endpoint == "static":
        return None
    level = getattr(current_app.view_functions.get(request.endpoint), "access", None)
    if level is None:
        log.error("route %s declares no access", request.endpoint)
        abort(500)
    if level in (Access.PUBLIC, Access.TOKEN):
        return None
    who = actor()
    if not who.signed_in:
        return to_sign_in()
    if level is Access.STAFF or level is Access.ADMINISTRATOR:
        if who.grants and not who.strong:
            return redirect(url_for("accounts.second_factor", next=request.full_path.rstrip("?")))
        allowed = who.is_administrator if level is Access.ADMINISTRATOR else who.is_staff
        if not allowed:
            abort(404)
    return None


def wants_json() -> bool:
    """Whether the other side is a program."""
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best == "application/json" or request.headers.get("X-Requested-With") == "fetch"
    )


def _problem(status: int, title: str, detail: str = "") -> ResponseReturnValue:
    if wants_json():
        body = jsonify({"type": "about:blank", "status": status, "title": title, "detail": detail})
        body.content_type = "application/problem+json"
        return body, status
    template = f"errors/{status}.html" if status in (400, 403, 404, 405, 409, 413, 429, 503) else "errors/500.html"
    return render_template(template, detail=detail, typed=[] if status == 413 else _typed()), status


def _typed() -> list[str]:
    """The longer texts of a post that could not be taken, to be shown on the error page: nothing typed is lost."""
    if request.method != "POST" or not request.mimetype.endswith("form-urlencoded"):
        return []
    return [v for k, v in request.form.items(multi=True) if not is_secret(k) and len(v.strip()) >= WORTH_KEEPING][:20]


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # an untrusted host: no page of ours may be built with its name
        return Response("400 Bad Request", 400, mimetype="text/plain")
    if isinstance(error, CSRFError):
        return _on_csrf(error)
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    return _problem(status, error.name)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":  # another site made this post: nobody here typed anything
        return _problem(400, "csrf")
    if wants_json():
        return _problem(400, "csrf", _("Deze pagina is verlopen. Laad de pagina opnieuw. Wat je typte, blijft staan."))
    where = keep_post()
    if where is None:
        flash(_("Deze pagina was verlopen. Probeer het nog een keer."), "warning")
        return redirect(safe_next(_path_of(request.referrer), "/"))
    return redirect(where)


def _on_unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.exception("unexpected error on %s", request.endpoint)
    try:
        return _problem(500, "error")
    except Exception:
        log.exception("the error page itself failed")
        return Response("Er ging iets mis. Probeer het over een paar minuten nog een keer.", 500, mimetype="text/plain")


@bp.get("/hervat/<key>")
@access(Access.PUBLIC)
def resume(key: str) -> ResponseReturnValue:
    """Show what was typed, ready to be sent again."""
    post = kept_post(key)
    if post is None:
        abort(404)
    shown = [v for _name, v in post.fields if " " in v.strip()]  # what is one word may be the code of a choice
    return render_template("core/resume.html", post=post, shown=shown)


@bp.post("/taal")
@access(Access.PUBLIC)
def set_language() -> ResponseReturnValue:
    """Choose Dutch or English for this browser."""
    if request.form.get("locale") in LOCALES:
        session["locale"] = request.form["locale"]
    return redirect(safe_next(request.form.get("next") or _path_of(request.referrer), "/"))


@bp.post("/weergave")
@access(Access.PUBLIC)
def set_theme() -> ResponseReturnValue:
    """Light, dark, or what the machine says."""
    theme = request.form.get("theme")
    if theme in ("light", "dark"):
        session["theme"] = theme
    else:
        session.pop("theme", None)
    return redirect(safe_next(request.form.get("next") or _path_of(request.referrer), "/"))


def init_web(app: Flask) -> None:
    """Join all of this to the application."""
    csrf.init_app(app)
    app.before_request(check_access)
    app.register_blueprint(bp)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(NotVisible, lambda _e: _problem(404, "not found"))
    app.register_error_handler(NotAllowed, lambda _e: _problem(403, "not allowed"))
    app.register_error_handler(Stale, lambda _e: _problem(409, "stale"))
    app.register_error_handler(RuleBroken, _on_rule)
    app.register_error_handler(Exception, _on_unexpected)


def _on_rule(error: Any) -> ResponseReturnValue:
    """A refusal that no view caught: say it on the page where the person was."""
    if wants_json():
        return _problem(409, "refused", error.sentence)
    back = _path_of(request.referrer)
    if back is None or request.method == "GET":
        return _problem(409, "refused", error.sentence)
    flash(error.sentence, "warning")
    return redirect(safe_next(back, "/"))
