"""Collega’s: who is there, inviting, vouching, roles, leaving."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts.queries import find_user
from techfinder.accounts.session import open_session
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.throttle import too_often
from techfinder.core.web import actor
from techfinder.organisations import policy, service
from techfinder.organisations.forms import AcceptForm, InviteForm
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import invitations_of, members_of, visible_organisation
from techfinder.organisations.service.invite import pending_invitation
from techfinder.organisations.views.blueprint import bp
from techfinder.organisations.views.onward import at_work

INVITATIONS_A_DAY = 40  # by one person; a whole team fits, a mailing does not


def _back(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("organisations.members", organisation_id=organisation_id))


@bp.get("/organisaties/<int:organisation_id>/collegas")
@access(Access.SIGNED_IN)
def members(organisation_id: int) -> ResponseReturnValue:
    """Everybody who belongs to it, and who was asked."""
    row = visible_organisation(actor(), organisation_id)
    require_visible(row if policy.can_see_members(actor(), row) else None)
    return _page(row, InviteForm(formdata=None))


def _page(row: Organisation, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    who = actor()
    if not policy.can_manage_members(who, row) and "role" in form:
        del form.role
    people = members_of(row.id)
    return render_template(
        "organisations/members.html", organisation=row, form=form, seat=policy.seat_in(who, row.id),
        people=[p for p in people if p.verified], waiting=[p for p in people if not p.verified and not p.refused],
        invitations=invitations_of(row.id, now()), may_invite=policy.can_invite(who, row),
        may_manage=policy.can_manage_members(who, row), may_verify=policy.can_verify_member(who, row), user_id=who.user_id,
    ), status  # fmt: skip


@bp.post("/organisaties/<int:organisation_id>/collegas")
@access(Access.SIGNED_IN)
def invite(organisation_id: int) -> ResponseReturnValue:
    """Mail an invitation."""
    row = visible_organisation(actor(), organisation_id)
    require_visible(row if policy.can_see_members(actor(), row) else None)
    form = InviteForm()
    if form.validate():
        role = form.role.data if policy.can_manage_members(actor(), row) else "member"
        try:
            if too_often("invite", str(actor().user_id), INVITATIONS_A_DAY, timedelta(days=1), now()):
                raise RuleBroken("invitation.too_often", "email")
            with transaction():
                service.invite(
                    actor(), organisation_id, form.email.data or "", role or "member", locale=reader_language()
                )
            flash(_("De uitnodiging is verstuurd."), "ok")
            return _back(organisation_id)
        except RuleBroken as error:
            form.take(error)
    return _page(visible_organisation(actor(), organisation_id), form, 422)


@bp.post("/organisaties/uitnodigingen/<int:invitation_id>/intrekken")
@access(Access.SIGNED_IN)
def withdraw_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction():
        organisation_id = service.withdraw_invitation(actor(), invitation_id)
    flash(_("De uitnodiging is ingetrokken."), "ok")
    return _back(organisation_id)


@bp.post("/organisaties/collegas/<int:membership_id>/bevestigen")
@access(Access.SIGNED_IN)
def verify_member(membership_id: int) -> ResponseReturnValue:
    """Vouch for a colleague."""
    with transaction():
        organisation_id = service.verify_member(actor(), membership_id).organisation_id
    flash(_("Bevestigd. Je collega krijgt een mail."), "ok")
    return _back(organisation_id)


@bp.post("/organisaties/collegas/<int:membership_id>/weigeren")
@access(Access.SIGNED_IN)
def refuse_member(membership_id: int) -> ResponseReturnValue:
    """This is no colleague."""
    with transaction():
        organisation_id = service.refuse_member(actor(), membership_id).organisation_id
    flash(_("Geweigerd. Deze persoon krijgt een mail."), "ok")
    return _back(organisation_id)


@bp.post("/organisaties/collegas/<int:membership_id>/rol")
@access(Access.SIGNED_IN)
def change_role(membership_id: int) -> ResponseReturnValue:
    """Make a colleague owner, or member again."""
    with transaction():
        organisation_id = service.change_role(actor(), membership_id, request.form.get("role", "")).organisation_id
    flash(_("Bewaard."), "ok")
    return _back(organisation_id)


@bp.post("/organisaties/collegas/<int:membership_id>/verwijderen")
@access(Access.SIGNED_IN)
def remove_member(membership_id: int) -> ResponseReturnValue:
    """Take a colleague off."""
    with transaction():
        organisation_id = service.remove_member(actor(), membership_id)
    flash(_("Je collega hoort niet meer bij deze organisatie."), "ok")
    return _back(organisation_id)


@bp.post("/organisaties/<int:organisation_id>/verlaten")
@access(Access.SIGNED_IN)
def leave(organisation_id: int) -> ResponseReturnValue:
    """Give up one's own place."""
    with transaction():
        service.leave(actor(), organisation_id)
    flash(_("Je hoort niet meer bij deze organisatie."), "ok")
    return redirect(url_for("organisations.mine"))


@bp.route("/uitnodiging/<raw>", methods=["GET", "POST"])
@access(Access.TOKEN)
def invitation(raw: str) -> ResponseReturnValue:
    """Behind the mailed invitation: opening it changes nothing, the button takes the place."""
    pending, organisation, onward = pending_invitation(raw, now())
    user = find_user(pending.email)
    form = AcceptForm()
    if user is not None and user.name:
        del form.name
    if request.method == "POST" and form.validate():
        name = (form.name.data or "") if "name" in form else ""
        with transaction():
            person, organisation_id = service.accept_invitation(raw, name, reader_language(), now())
        flash(_("Welkom bij %(name)s! Je kunt meteen beginnen.", name=organisation.name), "ok")
        return redirect(open_session(person, onward or at_work(organisation_id)))
    return render_template("organisations/invitation.html", form=form, email=pending.email, organisation=organisation), (
        422 if request.method == "POST" else 200
    )
