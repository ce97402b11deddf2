"""Write a request, and change one."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken, Stale
from techfinder.core.language import reader_language as locale
from techfinder.core.permissions import Access, Actor, access, require
from techfinder.core.resume import KeptPost, keep_post, last_kept
from techfinder.core.throttle import too_often
from techfinder.core.web import actor, to_sign_in
from techfinder.offers import queries as offers
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import find_schools
from techfinder.reference.kinds import kind
from techfinder.reference.levels import codes, mask
from techfinder.support_requests import queries, rules, service, wording
from techfinder.support_requests.forms import RequestForm, level_sections
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import school_ids
from techfinder.support_requests.views.blueprint import bp
from techfinder.support_requests.views.browser import guest_keys, onward, page_of, remember

HOUR = timedelta(hours=1)
PER_EMAIL, PER_ADDRESS = 5, 40  # mails an hour; a whole school shares one internet address
SHOWN = 10  # schools in a list
WHERE = {"company": "at_school", "class": "at_company"}  # where the lesson is, by who travels
NOT_THERE = "ontbreekt"  # the button of somebody whose school is not in the list
NOT_FOR_AN_OFFER = ("kinds", "kinds_more", "where", "budget", "weekdays", "dayparts")


def limit_mail(email: str) -> None:
    """Count one mail to this address from this browser. Raises `RuleBroken`."""
    at = now()
    who = (("request.email", email.strip().lower(), PER_EMAIL), ("request.address", request.remote_addr or "", PER_ADDRESS))
    if any(too_often(what, key, most, HOUR, at) for what, key, most in who):
        raise RuleBroken("support_request.too_often")



def _card(who: Actor, raw: str | None) -> dict[str, Any] | None:
    """The offer that is asked for, if it can be seen."""
    if not raw or not raw.isascii() or not raw.isdigit():
        return None
    found = offers.cards(who, [int(raw[:18])])
    return {**found[0], "url": url_for("offers.show", offer_id=found[0]["id"])} if found else None


def _form(who: Actor, schools: list[Organisation], card: dict[str, Any] | None) -> RequestForm:
    """The questions for this reader: no school and no name of those whom we know, less for an offer that is known."""
    form = RequestForm()
    if who.signed_in:
        form.without("q", "school_id", "pick", "person", "email")
        form.organisation_id.choices = [(str(s.id), s.name) for s in schools]
        if len(schools) == 1:
            form.without("organisation_id")
    else:
        form.without("organisation_id")
    if card:
        form.without(*NOT_FOR_AN_OFFER)
        if kind(card["kind"]).travels != "class":
            form.without("travel_mode", "max_travel_km")
    return form


def _school(form: RequestForm, schools: list[Organisation]) -> Organisation | None:
    """The school that this request is for, as far as it is known."""
    if "q" in form:
        return queries.open_school(form.chosen_school) if form.chosen_school else None
    if len(schools) == 1:
        return schools[0]
    return next((s for s in schools if s.id == form.chosen_school), None)


def _prefill(form: RequestForm, schools: list[Organisation], kept: KeptPost | None) -> None:
    """What a search or a link already said, or what was typed before the school had to be added."""
    given = request.args
    if kept is not None:
        form.process(MultiDict(kept.fields))
        if "organisation_id" in form:
            form.organisation_id.data = given["organisation_id"]
        return
    form.description.data = given.get("q", "")[:300]
    known = [level for level in given.getlist("niveau") if level.replace("_", "").isalnum()]
    try:
        form.levels.data = list(codes(mask(known)))
    except KeyError:
        form.levels.data = []
    if "kinds" in form:
        form.kinds.data = form.kinds_more.data = given.getlist("soort") or []
    if "organisation_id" in form:
        form.organisation_id.data = given.get("organisation_id") or str(schools[0].id)


@bp.route("/aanvragen/nieuw", methods=["GET", "POST"])
@access(Access.PUBLIC)
def new() -> ResponseReturnValue:
    """Write a request, with an account or without; with ?offer=… it is addressed to that offer."""
    who = actor()
    schools = queries.schools_of(who) if who.signed_in else []
    if who.signed_in and not schools:
        return render_template("support_requests/no_school.html", closed=bool(school_ids(who)))
    kept = last_kept(NOT_THERE) if who.signed_in and "organisation_id" in request.args else None
    if kept is not None and "offer=" in kept.path and "offer" not in request.args:
        return redirect(f"{kept.path}&{urlencode({'organisation_id': request.args['organisation_id']})}")
    card = _card(who, request.args.get("offer"))
    form = _form(who, schools, card)
    if request.method == "GET":
        _prefill(form, schools, kept)
        return _page(form, schools, card)
    if NOT_THERE in request.form and "q" in form:
        return _add_school(form)
    form.draft = "concept" in request.form and who.signed_in
    if "zoek" in request.form and (form.value("q") or "").strip():  # without scripts Enter in any field presses this button
        return _page(form, schools, card, searched=True)
    if form.validate():
        try:
            return _send(who, form, _school(form, schools), card)
        except RuleBroken as error:
            form.take(error)
    return _page(form, schools, card, status=422)


def _add_school(form: RequestForm) -> ResponseReturnValue:
    """First the school, then on with what was typed."""
    keep_post()
    flash(_("Zet eerst je school erbij. Wat je al schreef, staat daarna klaar."), "info")
    return redirect(url_for("organisations.register_school", q=(form.q.data or "")[:100] or None, ontbreekt=1))


def _page(
    form: RequestForm, schools: list[Organisation], card: dict[str, Any] | None, searched: bool = False, status: int = 200
) -> ResponseReturnValue:
    school = _school(form, schools)
    if "q" in form and (form.q.data or "").strip() and (searched or status != 200):
        form.offer_schools(find_schools(form.q.data or "", SHOWN))
    page = render_template(
        "support_requests/new.html",
        form=form,
        card=card,
        school=school,
        sections=level_sections(form, school),
        searched=searched,
        said=wording.parts(form.as_request()),
        written=card is not None and any(line.request.state == rules.OPEN for line in queries.mine(actor())),
    )
    return page, status


def _send(who: Actor, form: RequestForm, school: Organisation | None, card: dict[str, Any] | None) -> ResponseReturnValue:
    """Store it: out at once for members, after the mailed link for others. Raises `RuleBroken`."""
    if school is None:
        raise RuleBroken("support_request.school", "q" if "q" in form else "organisation_id")
    content, offer_id = form.content(), card["id"] if card else None
    if card:
        content |= {"kinds": [card["kind"]], "where": WHERE.get(kind(card["kind"]).travels, "either")}
    if not who.signed_in:
        return _send_as_guest(form, school, content, offer_id)
    draft = form.draft
    with transaction():
        row = service.create(who, school.id, content, offer_id=offer_id)
        if not draft:
            service.publish(who, row.id)
        ident, complete = row.id, rules.is_complete(row)
    if draft:
        flash(_("Je concept is bewaard. Alleen jij en je collega’s zien het."), "ok")
        return redirect(page_of(ident))
    return redirect(onward(ident, offer_id, complete, say=True))


def _send_as_guest(form: RequestForm, school: Organisation, content: dict[str, Any], offer_id: int | None) -> ResponseReturnValue:
    email = form.email.data or ""
    limit_mail(email)
    with transaction():
        row = service.create_guest(school.id, form.person.data or "", email, content, locale=locale(), offer_id=offer_id)
        db.session.flush()
        remember(row)
        ident = row.id
    return redirect(page_of(ident))


@bp.route("/aanvragen/<int:request_id>/pas-aan", methods=["GET", "POST"])
@access(Access.PUBLIC)
def edit(request_id: int) -> ResponseReturnValue:
    """Change a request: members of its school, or the browser that wrote it."""
    who = actor()
    if not who.signed_in and str(request_id) not in guest_keys():
        return to_sign_in()
    seen = queries.visible(who, request_id, guest_keys())
    require(seen.may_edit)
    form = RequestForm()
    form.without("q", "school_id", "pick", "person", "email", "organisation_id")
    if request.method == "GET":
        form.show(seen.request)
        return _edit_page(form, seen)
    form.draft = seen.request.state == rules.DRAFT and "plaats" not in request.form
    typed = form.version.data or ""
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    was_vague = not rules.is_complete(seen.request)
    if form.validate():
        try:
            with transaction():
                row = service.save(who, request_id, form.content(), version=version, guest_key=seen.guest_key)
                if "plaats" in request.form:
                    service.publish(who, request_id)
                path = _after_edit(row, was_vague, request.args.get("offer", ""))
                seen_now = was_vague and row.state == rules.OPEN and rules.is_complete(row)
        except RuleBroken as error:
            form.take(error)
        except Stale:
            return _edit_page(form, queries.visible(who, request_id, guest_keys()), stale=True, status=409)
        else:
            flash(_("Je aanvraag is compleet. Bedrijven zien hem nu.") if seen_now else _("Je aanvraag is aangepast."), "ok")
            return redirect(path)
    return _edit_page(form, queries.visible(who, request_id, guest_keys()), status=422)


def _after_edit(row: SupportRequest, was_vague: bool, asked: str) -> str:
    """To the company that was being asked when only the last facts were missing, else back to the request."""
    if was_vague and row.state == rules.OPEN:
        asked_id = int(asked[:18]) if asked.isascii() and asked.isdigit() else row.offer_id
        return onward(row.id, asked_id, rules.is_complete(row))
    return page_of(row.id)


def _edit_page(form: RequestForm, seen: queries.Seen, stale: bool = False, status: int = 200) -> ResponseReturnValue:
    changes = differences(seen.request, form) if stale else []
    if stale:
        form.version.data = str(seen.request.version)
    row, who = seen.request, actor()
    waits = row.offer_id if rules.missing(row) and row.state in (rules.DRAFT, rules.UNCONFIRMED, rules.OPEN) else None
    page = render_template(
        "support_requests/edit.html",
        form=form,
        card=next(iter(offers.cards(who, [waits])), None) if waits else None,
        r=seen.request,
        school=seen.school,
        sections=level_sections(form, seen.school),
        said=wording.parts(form.as_request()),
        missing=rules.missing(seen.request) if request.method == "GET" else (),
        changes=changes,
        stale=stale,
        state=wording.state(seen.request),
    )
    return page, status


def differences(stored: SupportRequest, form: RequestForm) -> list[list[str]]:
    """Where what is stored now and what was typed differ, in words: [label, stored, typed]."""
    kept = ("place", "language", "parallel_groups", "where", "travel_mode", "kinds", "weekdays", "dayparts")
    typed = SupportRequest(**{**{name: getattr(stored, name) for name in kept}, **form.content()})
    pairs = zip(wording.rows(stored), wording.rows(typed), strict=True)
    found = [[label, before or "–", after or "–"] for (label, before), (_label, after) in pairs if before != after]
    if stored.description != typed.description:
        found.insert(0, [_("Wat je zoekt"), stored.description, typed.description])
    return found
