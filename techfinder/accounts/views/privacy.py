"""What we hold of somebody: to take along, or to erase."""

import json

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import privacy as service
from techfinder.accounts.forms import EraseForm
from techfinder.accounts.service.erase import erase_account
from techfinder.accounts.session import close_session
from techfinder.accounts.views.blueprint import bp
from techfinder.accounts.views.settings import me
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor


@bp.get("/account/privacy")
@access(Access.SIGNED_IN)
def privacy() -> ResponseReturnValue:
    """Download and erase."""
    return render_template("accounts/privacy.html", form=EraseForm(), user=me())


@bp.get("/account/privacy/mijn-gegevens.json")
@access(Access.SIGNED_IN)
def export() -> ResponseReturnValue:
    """Everything that is theirs, as a file."""
    content = service.export(me().id)
    body = json.dumps(content, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": 'attachment; filename="techfinder-mijn-gegevens.json"'}
    return Response(body, mimetype="application/json", headers=headers)


@bp.post("/account/privacy/wissen")
@access(Access.SIGNED_IN)
def erase() -> ResponseReturnValue:
    """Erase the account, and sign out."""
    form = EraseForm()
    if form.validate():
        try:
            with transaction():
                erase_account(actor(), form.typed.data or "", now())
            close_session()
            flash(_("Je account is gewist. Dank je wel dat je meedeed."), "ok")
            return redirect(url_for("accounts.sign_in"))
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/privacy.html", form=form, user=me()), 422
