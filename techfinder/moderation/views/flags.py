""" "Meld een probleem", for everybody."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.throttle import too_often
from techfinder.core.web import actor
from techfinder.moderation import queries, service
from techfinder.moderation.forms import FlagForm

A_DAY = 20  # reports from one address


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.route("/melden", methods=["GET", "POST"])(flag)


@access(Access.PUBLIC)
def flag() -> ResponseReturnValue:
    """Report an offer, a message, a request or an organisation to the coordinator of its region."""
    kind, raw = request.args.get("soort", ""), request.args.get("id", "")
    require_visible(raw if raw.isascii() and raw.isdigit() and len(raw) < 15 else None)
    about = queries.flaggable(actor(), kind, int(raw))
    form = FlagForm()
    if request.method == "POST" and form.validate():
        if too_often("flag", str(actor().user_id or request.remote_addr), A_DAY, timedelta(days=1), now()):
            flash(_("Je hebt vandaag al veel gemeld. We kijken ernaar. Morgen kun je weer iets melden."), "warning")
            return redirect(url_for("home.index"))
        try:
            with transaction():
                service.flag(actor(), kind, int(raw), form.reason.data or "", form.text.data or "")
            return render_template("moderation/flagged.html")
        except RuleBroken as error:
            form.take(error)
    status = 422 if request.method == "POST" else 200
    return render_template("moderation/flag.html", form=form, about=about, kind=kind, ref=int(raw)), status
