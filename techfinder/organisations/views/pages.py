"""An organisation's page, editing it, and deciding about it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken, Stale
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access, require
from techfinder.core.web import actor
from techfinder.organisations import policy
from techfinder.organisations.forms import DecideForm, EditForm
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import my_organisations, visible_organisation
from techfinder.organisations.rules import possible_decisions
from techfinder.organisations.sections import sections
from techfinder.organisations.service import decide_organisation, edit_organisation, resubmit
from techfinder.organisations.service.edit import Changes, may_rename, refusals
from techfinder.organisations.views.blueprint import bp
from techfinder.organisations.views.wording import decision_label, differences
from techfinder.reference.levels import LEVEL_GROUPS, describe, group_codes, mask


@bp.get("/organisaties")
@access(Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """The organisations I belong to."""
    who = actor()
    known = {s.scope_id for s in who.seats if s.verified}
    places = [
        {"organisation": o, "known": o.id in known, "may_edit": policy.can_edit_organisation(who, o),
         "may_see_members": policy.can_see_members(who, o)}
        for o in my_organisations(who)
    ]  # fmt: skip
    return render_template("organisations/mine.html", places=places)


@bp.get("/organisaties/<int:organisation_id>")
@access(Access.PUBLIC)
def show(organisation_id: int) -> ResponseReturnValue:
    """What anybody may know of an approved organisation; members and coordinators see how it stands."""
    row = visible_organisation(actor(), organisation_id)
    return _page(row, _decide_form(row))


def _page(row: Organisation, form: DecideForm | None, status: int = 200) -> ResponseReturnValue:
    who = actor()
    return render_template(
        "organisations/show.html", organisation=row, seat=policy.seat_in(who, row.id), form=form,
        may_edit=policy.can_edit_organisation(who, row), may_see_members=policy.can_see_members(who, row),
        sections=sections(who, row), levels=describe(row.levels, reader_language()),
    ), status  # fmt: skip


def _decide_form(row: Organisation) -> DecideForm | None:
    decisions = possible_decisions(row.state)
    if not policy.can_decide_organisation(actor(), row) or not decisions:
        return None
    form = DecideForm()
    form.decision.choices = [(word, decision_label(word, row.state)) for word in decisions]
    if request.method == "GET":
        form.version.data = str(row.version)
    return form


@bp.post("/organisaties/<int:organisation_id>/besluit")
@access(Access.STAFF)
def decide(organisation_id: int) -> ResponseReturnValue:
    """A coordinator's decision, from the organisation's own page."""
    row = visible_organisation(actor(), organisation_id)
    form = _decide_form(row)
    if form is None:
        abort(404)
    if form.validate():
        try:
            with transaction():
                decide_organisation(
                    actor(), organisation_id, form.decision.data, form.note.data or "", version=_number(form.version.data)
                )
            flash(_("Je besluit is bewaard. De organisatie krijgt een mail."), "ok")
            return redirect(url_for("organisations.show", organisation_id=organisation_id))
        except RuleBroken as error:
            form.take(error)
    return _page(visible_organisation(actor(), organisation_id), form, 422)


@bp.post("/organisaties/<int:organisation_id>/opnieuw")
@access(Access.SIGNED_IN)
def submit_again(organisation_id: int) -> ResponseReturnValue:
    """Offer a returned organisation for another look."""
    with transaction():
        resubmit(actor(), organisation_id)
    flash(_("Ingestuurd. De coördinator kijkt er meestal binnen 2 schooldagen naar."), "ok")
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


@bp.route("/organisaties/<int:organisation_id>/bewerken", methods=["GET", "POST"])
@access(Access.SIGNED_IN)
def edit(organisation_id: int) -> ResponseReturnValue:
    """Change what the organisation says of itself; when a colleague was first, both texts are shown."""
    row = visible_organisation(actor(), organisation_id)
    require(policy.can_edit_organisation(actor(), row))
    form = _edit_form(row)
    if request.method == "GET":
        return render_template("organisations/edit.html", form=form, organisation=row)
    conflict = None
    if form.validate():
        changes = _changes(form, row.levels)
        found = refusals(row, changes)
        for error in found:
            form.take(error)
        try:
            if not found:
                with transaction():
                    edit_organisation(actor(), organisation_id, changes, version=_number(form.version.data))
                flash(_edited(row.state), "ok")
                return redirect(url_for("organisations.show", organisation_id=organisation_id))
        except RuleBroken as error:
            form.take(error)
        except Stale:
            row = visible_organisation(actor(), organisation_id)
            conflict = differences(row, _changes(form, row.levels))
            form.version.data = str(row.version)
    row = visible_organisation(actor(), organisation_id)
    return render_template("organisations/edit.html", form=form, organisation=row, conflict=conflict), 409 if conflict else 422


def _edited(state: str) -> str:
    if state == "returned":
        return _("Bewaard. Klaar met aanpassen? Stuur het dan opnieuw in, anders ziet de coördinator het niet.")
    return _("Bewaard.")


def _edit_form(row: Organisation) -> EditForm:
    data = {
        "version": str(row.version), "name": row.name, "kvk": row.kvk or "", "about": row.about, "website": row.website,
        "postcode": row.postcode or "", "levels": list(group_codes(row.levels)), "max_open_requests": row.max_open_requests,
        "mail_text": row.mail_text,
    }  # fmt: skip
    form = EditForm(data=data)
    form.set_levels()
    if not may_rename(row):
        del form.name, form.kvk
    elif row.kind == "school":
        del form.kvk
    if row.kind == "school":
        del form.max_open_requests
    else:
        del form.levels
    return form


def _changes(form: EditForm, levels: int) -> Changes:
    def given(name: str) -> str | None:
        return (form[name].data or "") if name in form else None

    return Changes(
        name=given("name"), kvk=given("kvk"), about=given("about"), website=given("website"), postcode=given("postcode"),
        levels=_merged(levels, form.levels.data or []) if "levels" in form else None,
        mail_text=form.mail_text.data,
        max_open_requests=(form.max_open_requests.data or 0) if "max_open_requests" in form else None,
    )  # fmt: skip


def _merged(before: int, ticked: list[str]) -> int:
    """The form shows unions of levels; a union that was half there and stays ticked stays half."""
    result = 0
    for group in LEVEL_GROUPS:
        if group.code in ticked:
            result |= (before & group.mask) or mask([group.code])
    return result


def _number(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 12 else None
