"""HTTP for notifications, and nothing else."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.db import transaction
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor, csrf
from techfinder.notifications import service
from techfinder.notifications.forms import NAMES, PreferencesForm

bp = Blueprint("notifications", __name__)


def _form(**values: bool) -> PreferencesForm:
    form = PreferencesForm(data=values) if values else PreferencesForm()
    if not actor().grants:
        del form.queue
    return form


@bp.get("/account/e-mailvoorkeuren")
@access(Access.SIGNED_IN)
def preferences() -> ResponseReturnValue:
    """A box for each kind of mail."""
    form = _form(**service.preferences_of(actor().user_id or 0))
    return render_template("notifications/preferences.html", form=form)


@bp.post("/account/e-mailvoorkeuren")
@access(Access.SIGNED_IN)
def save_preferences() -> ResponseReturnValue:
    """Store the boxes."""
    form = _form()
    with transaction():
        service.save_preferences(actor(), {field.name: bool(field.data) for field in form})
    flash(_("Bewaard."), "ok")
    return redirect(url_for("notifications.preferences"))


@bp.get("/afmelden/<signed>")
@access(Access.TOKEN)
def unsubscribe(signed: str) -> ResponseReturnValue:
    """A page with a button; opening it changes nothing."""
    _user_id, topic = service.read_unsubscribe(signed)
    return render_template("notifications/unsubscribe.html", name=NAMES[topic], done=False)


@bp.post("/afmelden/<signed>")
@access(Access.TOKEN)
@csrf.exempt  # a mail program posts here too (RFC 8058); the signed address is the secret, and it can only stop mail
def stop(signed: str) -> ResponseReturnValue:
    """Stop this kind of mail."""
    with transaction():
        topic = service.unsubscribe(signed)
    return render_template("notifications/unsubscribe.html", name=NAMES[topic], done=True)
