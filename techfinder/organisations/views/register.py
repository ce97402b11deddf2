"""Registering in two steps: what somebody types, and the mailed link that proves the address."""

from datetime import timedelta

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import tokens
from techfinder.accounts.session import open_session
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotVisible, RuleBroken
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access
from techfinder.core.resume import last_kept
from techfinder.core.throttle import too_often
from techfinder.core.web import actor
from techfinder.organisations.forms import CompanyForm, PersonForm, SchoolForm
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import find_schools, membership_of
from techfinder.organisations.service import ask_confirmation, complete_registration
from techfinder.organisations.service.known import Known, known_company
from techfinder.organisations.service.register import PURPOSE, Registration, carry_out, refusals, registration_of, shown_name
from techfinder.organisations.service.vouching import has_owner
from techfinder.organisations.views.blueprint import bp
from techfinder.organisations.views.onward import at_work, first_step

HOUR = timedelta(hours=1)
PER_EMAIL, PER_ADDRESS = 5, 60  # mails an hour; a whole school shares one internet address
PER_USER = 20  # organisations a day by somebody with an account: each tells owners and coordinators
SHOWN = 10  # schools in a list


def _locale() -> str:
    return reader_language()


def _limit(email: str) -> None:
    at = now()
    who = (("register.email", email.strip().lower(), PER_EMAIL), ("register.address", request.remote_addr or "", PER_ADDRESS))
    if any(too_often(what, key, most, HOUR, at) for what, key, most in who):
        raise RuleBroken("registration.too_often")


def _holds(form: CompanyForm | SchoolForm) -> bool:
    """Shape and rules together: whoever corrects one field is not sent back for the next."""
    well = form.validate()
    found = [error for error in refusals(form.registration()) if error.field not in form.errors]
    for error in found:
        form.take(error)
    return well and not found


def _proceed(form: PersonForm, registration: Registration) -> ResponseReturnValue:
    """Signed in: do it. Else: mail the link. Raises `RuleBroken`."""
    who = actor()
    if who.signed_in:
        if too_often("register.user", str(who.user_id), PER_USER, timedelta(days=1), now()):
            raise RuleBroken("registration.too_often")
        with transaction():
            organisation_id = carry_out(who, registration, now())
        return _welcome(who.user_id or 0, organisation_id, None)
    email = form.value("email")
    _limit(email)
    with transaction():
        ask_confirmation(registration, email, _locale(), now())
    return render_template("organisations/link_sent.html", email=email)


def _welcome(user_id: int, organisation_id: int, path: str | None) -> ResponseReturnValue:
    """Say what happens next, and lead on."""
    row = db.session.get(Organisation, organisation_id)
    member = membership_of(user_id, organisation_id)
    if row is None:
        return redirect(path or first_step(organisation_id))
    waits = member is None or member.verified_at is None
    if row.kind == "company" and row.state == "pending" and not waits:
        said = _("Welkom! De coördinator bekijkt %(name)s, meestal binnen 2 schooldagen. Maak intussen je aanbod.", name=row.name)
    elif row.kind == "company" and waits:
        said = _("%(name)s staat al op Techfinder. De coördinator kijkt of je daar werkt, meestal binnen 2 schooldagen.", name=row.name)
        if has_owner(row.id):
            said = _("%(name)s staat al op Techfinder. Een collega daar of de coördinator kijkt of je er werkt.", name=row.name)
        flash(said, "ok")
        return redirect(path or at_work(organisation_id))
    elif waits:
        said = _("Welkom! Je kunt meteen beginnen. Je eerste berichten wachten op de coördinator, meestal binnen 2 schooldagen.")
    else:
        said = _("Welkom bij %(name)s! Je kunt meteen beginnen.", name=row.name)
    flash(said, "ok")
    return redirect(path or first_step(organisation_id))


@bp.route("/account/registreren/bedrijf", methods=["GET", "POST"])
@access(Access.PUBLIC)
def register_company() -> ResponseReturnValue:
    """Step 1 for a company."""
    form = CompanyForm()
    if actor().signed_in:
        form.known()
    if request.method == "GET":
        return render_template("organisations/register_company.html", form=form)
    if not _holds(form):
        return render_template("organisations/register_company.html", form=form), 422
    registration = form.registration()
    known = _known(registration)
    if known is not None and not _answered(known, registration):
        return render_template("organisations/register_company.html", form=form, known=known)
    try:
        return _proceed(form, registration)
    except (RuleBroken, NotVisible) as error:
        form.take(error if isinstance(error, RuleBroken) else RuleBroken("organisation.step"))
    return render_template("organisations/register_company.html", form=form), 422


def _known(registration: Registration) -> Known | None:
    return known_company(registration.name, registration.postcode, registration.kvk)


def _answered(known: Known, registration: Registration) -> bool:
    """Whether the person said already: yes, that is where I work; or no, another one, which a KvK number leaves no room for."""
    return registration.join_id == known.id or (registration.other and not known.by_number)


@bp.route("/account/registreren/school", methods=["GET", "POST"])
@access(Access.PUBLIC)
def register_school() -> ResponseReturnValue:
    """Step 1 for a school: find it (a list while typing, or after pressing the search button), or add it."""
    form = SchoolForm()
    if actor().signed_in:
        form.known()
    if request.method == "GET":
        form.q.data = request.args.get("q", "")[:100]
        if "ontbreekt" in request.args:
            _from_a_request(form)
        _list_schools(form)
        return render_template("organisations/register_school.html", form=form)
    searching = "zoek" in request.form and (form.q.data or "").strip() and not form.school_id.data
    if searching or "ontbreekt" in request.form or "toch" in request.form:
        form.mode.data = "add" if "ontbreekt" in request.form else "find"
        form.name.data = form.name.data or (form.q.data if form.adding else "")
        searched = _list_schools(form)
        return render_template("organisations/register_school.html", form=form, searched=searched)
    if _holds(form):
        try:
            return _proceed(form, form.registration())
        except NotVisible:
            form.q.errors = [*form.q.errors, _("Zoek je school en kies die uit de lijst.")]
        except RuleBroken as error:
            form.take(error)
    _list_schools(form)
    return render_template("organisations/register_school.html", form=form), 422


def _from_a_request(form: SchoolForm) -> None:
    """Somebody wrote a request and did not find the school: what is known already is not asked twice."""
    form.mode.data, form.name.data = "add", form.q.data
    kept = last_kept("ontbreekt")
    typed = dict(kept.fields) if kept is not None else {}
    for name in ("person", "email"):
        if name in form:
            form[name].data = typed.get(name, "")


def _list_schools(form: SchoolForm) -> bool:
    """Offer what the words find, the chosen school first; whether anything was searched for."""
    words = form.q.data or ""
    if form.adding or not words.strip():
        return False
    found, chosen = find_schools(words, SHOWN), str(form.chosen or "")
    found.sort(key=lambda s: str(s.id) != chosen)
    form.offer(found)
    if chosen in {str(s.id) for s in found}:
        form.pick.data = chosen
    form.pick.process_data(form.pick.data)
    form.school_id.data = ""
    return True


@bp.get("/scholen/zoek")
@access(Access.PUBLIC)
def schools() -> ResponseReturnValue:
    """Schools for the list that opens while one types: `[{"value", "label", "more"}]`."""
    found = find_schools(request.args.get("q", ""), SHOWN)
    return jsonify([{"value": str(s.id), "label": s.name, "more": s.where} for s in found])


@bp.route("/account/registreren/bevestig/<raw>", methods=["GET", "POST"])
@access(Access.TOKEN)
def confirm(raw: str) -> ResponseReturnValue:
    """Step 2, behind the mailed link. Opening it changes nothing, because mail scanners open every link; the button does."""
    token = tokens.peek(raw, PURPOSE, now())
    registration, email = registration_of(token.payload), token.email
    if request.method == "GET":
        name = shown_name(registration)
        return render_template("organisations/confirm.html", email=email, name=name, registration=registration)
    try:
        with transaction():
            user, organisation_id = complete_registration(raw, _locale(), now())
        return _welcome(user.id, organisation_id, open_session(user, first_step(organisation_id)))
    except RuleBroken as error:
        return _again(registration, email, error)


def _again(registration: Registration, email: str, error: RuleBroken) -> ResponseReturnValue:
    """Somebody else was first (with this KvK number, with this school): show what was typed, with the sentence beside it."""
    company = registration.what == "company"
    known = _known(registration) if company and error.code in ("organisation.known", "organisation.kvk_taken") else None
    form = CompanyForm(formdata=None) if company else SchoolForm(formdata=None)
    form.fill(registration, email)
    if isinstance(form, SchoolForm) and registration.what == "new_school":
        form.mode.data = "add"
    for field in form:
        field.errors = []
    if known is None:
        form.take(error)
    page = f"organisations/register_{'company' if company else 'school'}.html"
    return render_template(page, form=form, known=known, restart=True), 422
