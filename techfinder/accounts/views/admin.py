"""For administrators: who has which post, and which accounts are blocked."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts.actor import seat_sources
from techfinder.accounts.forms import BlockForm, PostForm
from techfinder.accounts.models import User
from techfinder.accounts.queries import find_people, get_user, post_scopes, posts_of
from techfinder.accounts.queries import posts as all_posts
from techfinder.accounts.service import people as people_service
from techfinder.accounts.service import posts as posts_service
from techfinder.accounts.views.blueprint import bp
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor


def _form(**values: Any) -> PostForm:
    form = PostForm(**values)
    scopes = post_scopes()
    form.scope.choices = {
        "": [("", _("Kies een regio of netwerk"))],
        _("Regio’s"): [(f"region:{ident}", "– " * depth + name) for ident, name, depth in scopes.regions],
        _("Netwerken"): [(f"network:{ident}", name) for ident, name in scopes.networks],
    }
    return form


@bp.get("/beheer/rollen")
@access(Access.ADMINISTRATOR)
def posts() -> ResponseReturnValue:
    """Everybody with a post, and a form to give one."""
    return render_template("accounts/posts.html", form=_form(), posts=all_posts())


@bp.post("/beheer/rollen")
@access(Access.ADMINISTRATOR)
def grant_post() -> ResponseReturnValue:
    """Give a post."""
    form = _form()
    if form.validate():
        kind, _colon, ident = (form.scope.data or "").partition(":")
        try:
            with transaction():
                posts_service.grant_post(
                    actor(), form.email.data or "", form.role.data, name=form.name.data or "", until=form.until.data,
                    region_id=int(ident) if kind == "region" else None, network_id=int(ident) if kind == "network" else None,
                )  # fmt: skip
            flash(_("De rol is gegeven. We mailden %(email)s.", email=form.email.data), "ok")
            return redirect(url_for("accounts.posts"))
        except RuleBroken as error:
            form.take(error)
    return render_template("accounts/posts.html", form=form, posts=all_posts()), 422


@bp.post("/beheer/rollen/<int:post_id>/stop")
@access(Access.ADMINISTRATOR)
def end_post(post_id: int) -> ResponseReturnValue:
    """End a post."""
    with transaction():
        posts_service.end_post(actor(), post_id)
    flash(_("De rol is gestopt."), "ok")
    return redirect(url_for("accounts.posts"))


@bp.get("/beheer/mensen")
@access(Access.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """Find an account."""
    text = request.args.get("q", "")[:100]
    return render_template("accounts/people.html", q=text, people=find_people(text))


@bp.get("/beheer/mensen/<int:user_id>")
@access(Access.ADMINISTRATOR)
def person(user_id: int) -> ResponseReturnValue:
    """One account, to block it or let it in again."""
    return _person(require_visible(get_user(user_id)), BlockForm())


def _person(user: User, form: BlockForm, status: int = 200) -> ResponseReturnValue:
    seats = [seat for source in seat_sources for seat in source(user.id)]
    return render_template("accounts/person.html", user=user, form=form, seats=seats, posts=posts_of(user.id)), status


@bp.post("/beheer/mensen/<int:user_id>/blokkeer")
@access(Access.ADMINISTRATOR)
def block(user_id: int) -> ResponseReturnValue:
    """Block an account."""
    form = BlockForm()
    if form.validate():
        try:
            with transaction():
                people_service.block_user(actor(), user_id, form.reason.data or "")
            flash(_("Dit account is geblokkeerd."), "ok")
            return redirect(url_for("accounts.person", user_id=user_id))
        except RuleBroken as error:
            form.take(error)
    return _person(require_visible(get_user(user_id)), form, 422)


@bp.post("/beheer/mensen/<int:user_id>/laat-toe")
@access(Access.ADMINISTRATOR)
def unblock(user_id: int) -> ResponseReturnValue:
    """Let an account in again."""
    with transaction():
        people_service.unblock_user(actor(), user_id)
    flash(_("Dit account kan weer inloggen."), "ok")
    return redirect(url_for("accounts.person", user_id=user_id))


@bp.post("/beheer/mensen/<int:user_id>/twee-stappen-uit")
@access(Access.ADMINISTRATOR)
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Help somebody back in who lost phone and recovery codes."""
    with transaction():
        people_service.reset_second_factor(actor(), user_id)
    flash(_("De tweede stap staat uit. Deze persoon krijgt een mail en kan met een link inloggen."), "ok")
    return redirect(url_for("accounts.person", user_id=user_id))
