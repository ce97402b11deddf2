"""The second step of signing in, and its settings."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from techfinder.accounts import totp
from techfinder.accounts.forms import CodeForm
from techfinder.accounts.models import User
from techfinder.accounts.queries import get_user, has_post
from techfinder.accounts.service import second_factor as service
from techfinder.accounts.session import keep_session, open_session, pending
from techfinder.accounts.views.blueprint import bp
from techfinder.accounts.views.sign_in import limit
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.security import safe_next
from techfinder.core.web import actor


@bp.get("/account/inloggen/code")
@access(Access.PUBLIC)
def second_factor() -> ResponseReturnValue:
    """Ask for the code, after the first step."""
    target = safe_next(request.args.get("next"), "")
    if actor().signed_in and actor().strong:
        return redirect(target or url_for("accounts.landing"))
    waiting = pending()
    if waiting is None:
        return redirect(url_for("accounts.sign_in", next=target or None))
    user = get_user(waiting.user_id)
    if user is None or user.totp_confirmed_at is None:
        return redirect(url_for("accounts.second_factor_setup", next=target or None))
    return render_template("accounts/second_factor.html", form=CodeForm(data={"next": target}))


@bp.post("/account/inloggen/code")
@access(Access.PUBLIC)
def show_code() -> ResponseReturnValue:
    """Take the code and finish signing in."""
    form = CodeForm()
    waiting = pending()
    if waiting is None:
        return redirect(url_for("accounts.sign_in", next=safe_next(form.next.data, "") or None))
    if form.validate():
        try:
            limit("code", str(waiting.user_id))
            with transaction():
                user = service.show_code(waiting.user_id, waiting.epoch, form.code.data or "", now())
            return redirect(open_session(user, safe_next(form.next.data, ""), strong=True, remember=waiting.remember))
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/second_factor.html", form=form), 422


@bp.get("/account/twee-stappen")
@access(Access.SIGNED_IN)
def second_factor_setup() -> ResponseReturnValue:
    """Is it on, is a key waiting for its first code, or must it begin?"""
    return _page(CodeForm(data={"next": safe_next(request.args.get("next"), "")}))


def _page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    user: User = require_visible(get_user(actor().user_id))
    key = None
    if user.totp_secret is not None and user.totp_confirmed_at is None:
        address = totp.key_address(user.totp_secret, user.email or "")
        key = {"picture": totp.qr_code(address), "text": totp.spaced(user.totp_secret), "address": address}
    page = render_template(
        "accounts/second_factor_setup.html", form=form, key=key, on=user.totp_confirmed_at is not None,
        needed=has_post(user.id), codes_left=len(user.recovery_hashes),
    )  # fmt: skip
    return page, status


@bp.post("/account/twee-stappen/begin")
@access(Access.SIGNED_IN)
def begin_second_factor() -> ResponseReturnValue:
    """Make a key."""
    with transaction():
        service.begin(actor())
    return redirect(url_for("accounts.second_factor_setup", next=safe_next(request.form.get("next"), "") or None))


@bp.post("/account/twee-stappen/aan")
@access(Access.SIGNED_IN)
def confirm_second_factor() -> ResponseReturnValue:
    """Take the first code, turn it on, and show the recovery codes this once."""
    form = CodeForm()
    if form.validate():
        try:
            limit("code", str(actor().user_id))
            with transaction():
                user, codes = service.confirm(actor(), form.code.data or "", now())
            keep_session(user)
            session["strong"] = True
            return _show_codes(codes, safe_next(form.next.data, ""))
        except RuleBroken as error:
            form.take(error)
    return _page(form, 422)


def _show_codes(codes: list[str], target: str) -> ResponseReturnValue:
    return render_template("accounts/recovery_codes.html", codes=codes, target=target or url_for("accounts.landing"))


@bp.post("/account/twee-stappen/herstelcodes")
@access(Access.SIGNED_IN)
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes."""
    return _with_code("renew")


@bp.post("/account/twee-stappen/uit")
@access(Access.SIGNED_IN)
def turn_off_second_factor() -> ResponseReturnValue:
    """Back to one step."""
    return _with_code("off")


def _with_code(what: str) -> ResponseReturnValue:
    form = CodeForm()
    if form.validate():
        try:
            limit("code", str(actor().user_id))
            if what == "renew":
                with transaction():
                    codes = service.renew_recovery_codes(actor(), form.code.data or "", now())
                return _show_codes(codes, url_for("accounts.second_factor_setup"))
            with transaction():
                user = service.turn_off(actor(), form.code.data or "", now())
            keep_session(user)
            return redirect(url_for("accounts.second_factor_setup"))
        except RuleBroken as error:
            form.take(error)
    return _page(form, 422)
