"""My account: the overview, name and language, the address, and signing out everywhere."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import tokens
from techfinder.accounts.forms import EmailForm, ProfileForm
from techfinder.accounts.models import User
from techfinder.accounts.queries import get_user, posts_of
from techfinder.accounts.service import profile as service
from techfinder.accounts.session import keep_session
from techfinder.accounts.views.blueprint import bp
from techfinder.accounts.views.sign_in import limit
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor


def me() -> User:
    """The actor's own row."""
    user: User = require_visible(get_user(actor().user_id))
    return user


@bp.get("/account")
@access(Access.SIGNED_IN)
def overview() -> ResponseReturnValue:
    """What we know of somebody, and where to change it."""
    return render_template("accounts/overview.html", user=me(), posts=posts_of(actor().user_id), seats=actor().seats)


@bp.get("/account/naam")
@access(Access.SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Name and language."""
    return render_template("accounts/profile.html", form=ProfileForm(obj=me()))


@bp.post("/account/naam")
@access(Access.SIGNED_IN)
def save_profile() -> ResponseReturnValue:
    """Store name and language."""
    form = ProfileForm()
    if form.validate():
        with transaction():
            user = service.save_profile(actor(), form.name.data or "", form.locale.data)
        session["locale"] = user.locale
        flash(_("Bewaard."), "ok")
        return redirect(url_for("accounts.overview"))
    return render_template("accounts/profile.html", form=form), 422


@bp.get("/account/mailadres")
@access(Access.SIGNED_IN)
def email() -> ResponseReturnValue:
    """Another address."""
    return render_template("accounts/email.html", form=EmailForm(), user=me())


@bp.post("/account/mailadres")
@access(Access.SIGNED_IN)
def request_email() -> ResponseReturnValue:
    """Mail a confirmation to the new address."""
    form = EmailForm()
    if form.validate():
        try:
            limit("email", str(actor().user_id))
            with transaction():
                service.request_new_email(actor(), form.email.data or "", form.current_password.data or "", now())
            return render_template("accounts/email_sent.html", email=form.email.data)
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/email.html", form=form, user=me()), 422


@bp.get("/account/nieuw-mailadres/<raw>")
@access(Access.TOKEN)
def new_email(raw: str) -> ResponseReturnValue:
    """A page with a button; opening it changes nothing."""
    return render_template("accounts/new_email.html", email=tokens.peek(raw, "change_email", now()).email)


@bp.post("/account/nieuw-mailadres/<raw>")
@access(Access.TOKEN)
def confirm_email(raw: str) -> ResponseReturnValue:
    """Change over to the new address."""
    with transaction():
        user = service.confirm_new_email(raw, now())
        address, owner = user.email, user.id
    flash(_("Je mailadres is nu %(email)s.", email=address), "ok")
    return redirect(url_for("accounts.overview" if actor().user_id == owner else "accounts.sign_in"))


@bp.post("/account/uitloggen/overal")
@access(Access.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all other sessions."""
    with transaction():
        user = service.sign_out_everywhere(actor())
    keep_session(user)
    flash(_("Op alle andere apparaten ben je nu uitgelogd."), "ok")
    return redirect(url_for("accounts.overview"))
