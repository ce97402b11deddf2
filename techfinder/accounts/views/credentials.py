"""Forgotten, set, changed and removed passwords."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import tokens
from techfinder.accounts.forms import CurrentPasswordForm, ForgottenForm, NewPasswordForm, PasswordForm
from techfinder.accounts.models import User
from techfinder.accounts.queries import get_user
from techfinder.accounts.service import credentials as service
from techfinder.accounts.session import keep_session, open_session
from techfinder.accounts.views.blueprint import bp
from techfinder.accounts.views.sign_in import limit
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor


@bp.get("/account/wachtwoord-vergeten")
@access(Access.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("accounts/forgotten.html", form=ForgottenForm())


@bp.post("/account/wachtwoord-vergeten")
@access(Access.PUBLIC)
def send_reset() -> ResponseReturnValue:
    """Mail a link; the answer is the same for an address without an account."""
    form = ForgottenForm()
    if form.validate():
        email = form.email.data or ""
        try:
            limit("reset", email)
            with transaction():
                service.request_reset(email, reader_language(), now())
            return render_template("accounts/reset_sent.html", email=email)
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/forgotten.html", form=form), 422


@bp.get("/account/wachtwoord/<raw>")
@access(Access.TOKEN)
def reset(raw: str) -> ResponseReturnValue:
    """A form for the new password; opening it changes nothing."""
    token = tokens.peek(raw, "reset_password", now())
    return render_template("accounts/reset.html", form=NewPasswordForm(), email=token.email)


@bp.post("/account/wachtwoord/<raw>")
@access(Access.TOKEN)
def reset_password(raw: str) -> ResponseReturnValue:
    """Store the new password, end all sessions, and sign in here."""
    form = NewPasswordForm()
    email = tokens.peek(raw, "reset_password", now()).email
    if form.validate():
        try:
            with transaction():
                user = service.reset_password(raw, form.new_password.data or "", now())
            flash(_("Je nieuwe wachtwoord is opgeslagen. Op andere apparaten ben je uitgelogd."), "ok")
            return redirect(open_session(user))
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/reset.html", form=form, email=email), 422


@bp.get("/account/wachtwoord")
@access(Access.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Set, change or remove the password."""
    return _page(PasswordForm(prefix="nieuw"), CurrentPasswordForm(prefix="weg"))


def _page(form: PasswordForm, remove: CurrentPasswordForm, status: int = 200) -> ResponseReturnValue:
    user: User = require_visible(get_user(actor().user_id))
    has_one = user.password_hash is not None
    return render_template("accounts/password.html", form=form, remove=remove, has_one=has_one, email=user.email), status


@bp.post("/account/wachtwoord")
@access(Access.SIGNED_IN)
def set_password() -> ResponseReturnValue:
    """Store a new password; this browser stays signed in, others do not."""
    form = PasswordForm(prefix="nieuw")
    if form.validate():
        try:
            limit("password", actor().email)
            with transaction():
                user = service.set_password(actor(), form.current_password.data or "", form.new_password.data or "", now())
            keep_session(user)
            flash(_("Je wachtwoord is opgeslagen. Op andere apparaten ben je uitgelogd."), "ok")
            return redirect(url_for("accounts.overview"))
        except RuleBroken as error:
            form.take(error)
    return _page(form, CurrentPasswordForm(prefix="weg"), 422)


@bp.post("/account/wachtwoord/weg")
@access(Access.SIGNED_IN)
def remove_password() -> ResponseReturnValue:
    """Only mailed links from now on."""
    form = CurrentPasswordForm(prefix="weg")
    if form.validate():
        try:
            limit("password", actor().email)
            with transaction():
                user = service.remove_password(actor(), form.current_password.data or "", now())
            keep_session(user)
            flash(_("Je wachtwoord is weg. Je logt voortaan in met een link die we mailen."), "ok")
            return redirect(url_for("accounts.overview"))
        except RuleBroken as error:
            form.take(error)
    return _page(PasswordForm(prefix="nieuw"), form, 422)
