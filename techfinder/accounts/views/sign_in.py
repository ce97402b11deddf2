"""In and out: the mailed link, the password, the page of a link that no longer works, registering."""

from contextlib import suppress

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import tokens
from techfinder.accounts.demo import demo_people
from techfinder.accounts.forms import ConfirmSignInForm, LinkForm, PasswordSignInForm
from techfinder.accounts.limits import check_limits
from techfinder.accounts.rules import normal_email
from techfinder.accounts.service import sign_in as service
from techfinder.accounts.session import close_session, open_session
from techfinder.accounts.views.blueprint import bp
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access
from techfinder.core.security import safe_next
from techfinder.core.web import actor

NEW_LINK = {"reset_password": "accounts.forgotten", "change_email": "accounts.email"}


def limit(what: str, account: str) -> None:
    """Count this attempt for the account and for the visitor's internet address; an address counts however it is written."""
    with suppress(RuleBroken):
        account = normal_email(account)
    check_limits(what, account.strip().lower(), request.remote_addr or "", now())


@bp.get("/account/inloggen")
@access(Access.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for the address."""
    if actor().signed_in:
        return redirect(safe_next(request.args.get("next"), url_for("accounts.landing")))
    form = LinkForm(data={"next": safe_next(request.args.get("next"), "")})
    return _ask(form)


def _ask(form: LinkForm, status: int = 200) -> ResponseReturnValue:
    hints = demo_people() if current_app.config["SETTINGS"].demo else []
    return render_template("accounts/sign_in.html", form=form, demo_people=hints), status


@bp.post("/account/inloggen")
@access(Access.PUBLIC)
def send_link() -> ResponseReturnValue:
    """Mail a link, or say at that address that there is no account; answer the same."""
    form = LinkForm()
    if form.validate():
        email, next_path = form.email.data or "", safe_next(form.next.data, "")
        try:
            limit("link", email)
            with transaction():
                service.request_link(email, next_path, reader_language(), now())
            return render_template("accounts/link_sent.html", email=email)
        except RuleBroken as error:
            form.take(error)
    return _ask(form, 422)


@bp.get("/account/inloggen/wachtwoord")
@access(Access.PUBLIC)
def sign_in_with_password() -> ResponseReturnValue:
    """Ask for address and password."""
    form = PasswordSignInForm(data={"next": safe_next(request.args.get("next"), "")})
    return render_template("accounts/sign_in_password.html", form=form)


@bp.post("/account/inloggen/wachtwoord")
@access(Access.PUBLIC)
def check_password() -> ResponseReturnValue:
    """Sign in with a password."""
    form = PasswordSignInForm()
    if form.validate():
        try:
            limit("password", form.email.data or "")
            with transaction():
                user = service.check_credentials(form.email.data or "", form.password.data or "", now())
            return redirect(open_session(user, safe_next(form.next.data, ""), remember=form.remember.data))
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/sign_in_password.html", form=form), 422


@bp.get("/account/link/<raw>")
@access(Access.TOKEN)
def link(raw: str) -> ResponseReturnValue:
    """A page with a button: mail scanners open links, so opening one changes nothing."""
    token = tokens.peek(raw, "sign_in", now())
    return render_template("accounts/link.html", form=ConfirmSignInForm(), email=token.email)


@bp.post("/account/link/<raw>")
@access(Access.TOKEN)
def use_link(raw: str) -> ResponseReturnValue:
    """Use the link up and sign in."""
    form = ConfirmSignInForm()
    with transaction():
        user, next_path = service.redeem_link(raw, now())
    return redirect(open_session(user, next_path, remember=form.remember.data))


@bp.get("/account/verder")
@access(Access.SIGNED_IN)
def landing() -> ResponseReturnValue:
    """Where somebody goes who came to sign in and for nothing else."""
    pages = ("home.overview", "accounts.overview", "home.index")
    return redirect(url_for(next(page for page in pages if page in current_app.view_functions)))


@bp.post("/account/uitloggen")
@access(Access.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """Sign out this browser."""
    close_session()
    flash(_("Je bent uitgelogd."), "ok")
    return redirect(url_for("home.index") if "home.index" in current_app.view_functions else "/")


@bp.get("/account/registreren")
@access(Access.PUBLIC)
def register() -> ResponseReturnValue:
    """School or company: the two ways in."""
    return render_template("accounts/register.html")


@bp.app_errorhandler(tokens.TokenRefused)
def link_refused(error: tokens.TokenRefused) -> ResponseReturnValue:
    """One page for links that are unknown, used or too old; whatever package made them."""
    endpoint = NEW_LINK.get(error.purpose, "accounts.sign_in")
    inside = error.purpose == "sign_in" and actor().signed_in  # the mail was opened a second time
    return render_template("accounts/link_refused.html", new_link=url_for(endpoint), inside=inside), 410
