"""The page of a request with its suggestions, and what is done there; the requests for a company."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.db import transaction
from techfinder.core.errors import NotVisible, Stale
from techfinder.core.permissions import Access, access, require, require_visible
from techfinder.core.web import actor, to_sign_in
from techfinder.discovery import near_miss, suggestions
from techfinder.discovery.blueprint import bp
from techfinder.discovery.dismissals import dismiss, take_back, take_back_for_company
from techfinder.discovery.request_page import page
from techfinder.offers.queries import companies as companies_of
from techfinder.offers.queries import row as offer_row
from techfinder.organisations.queries import visible_organisation
from techfinder.support_requests import queries, service
from techfinder.support_requests import wording as request_words
from techfinder.support_requests.policy import is_verified_company_member
from techfinder.support_requests.views.browser import guest_keys


def _number(name: str, source: Any) -> int:
    raw = source.get(name, "")
    require_visible(raw if raw.isascii() and raw.isdigit() and len(raw) < 18 else None)
    return int(raw)


def _seen(request_id: int) -> queries.Seen:
    return queries.visible(actor(), request_id, guest_keys())


@bp.get("/aanvragen/<int:request_id>")
@access(Access.PUBLIC)
def request_page(request_id: int) -> ResponseReturnValue:
    """A request with what fits it. Without an account only for the browser that wrote it; others are asked to sign in."""
    if not actor().signed_in and str(request_id) not in guest_keys():
        return to_sign_in()
    try:
        seen = _seen(request_id)
    except NotVisible:
        if actor().signed_in:
            raise
        return to_sign_in()  # its link was clicked in another browser
    return render_template("discovery/request.html", p=page(actor(), seen), words=request_words)


@bp.post("/aanvragen/<int:request_id>/verander")
@access(Access.PUBLIC)
def change_request(request_id: int) -> ResponseReturnValue:
    """The button of a near miss: change exactly that. On a page that is too old it changes nothing: what was chosen leans on
    a request that is another one now, so the page is shown anew and says so."""
    if not actor().signed_in and str(request_id) not in guest_keys():
        return to_sign_in()
    seen = _seen(request_id)
    require(seen.may_edit)
    changes = near_miss.content(seen.request, request.form)
    version = _number("version", request.form)
    try:
        with transaction():
            service.save(actor(), request_id, changes, version=version, guest_key=seen.guest_key)
    except Stale:
        flash(_("Je aanvraag was intussen al veranderd. Dit past er nu bij. Past het nog bijna? Kies dan opnieuw."), "wait")
    else:
        flash(_("Je aanvraag is aangepast."), "ok")
    return redirect(url_for("discovery.request_page", request_id=request_id))


@bp.post("/aanvragen/<int:request_id>/past-niet")
@access(Access.PUBLIC)
def dismiss_suggestion(request_id: int) -> ResponseReturnValue:
    """Put a suggestion away, from the school's side or from the company's."""
    if not actor().signed_in and str(request_id) not in guest_keys():
        return to_sign_in()
    seen, offer_id = _seen(request_id), _number("offer", request.form)
    side = "company" if request.form.get("side") == "company" else "school"
    with transaction():
        dismiss(actor(), seen, offer_id, side=side, weights=request.form.get("weights", ""))
    if side == "company":
        return redirect(url_for("discovery.company_requests", weg=request_id))
    flash(_("Weggelegd. Je ziet het hier niet meer."), "ok")
    return redirect(url_for("discovery.request_page", request_id=request_id))


@bp.post("/aanvragen/<int:request_id>/toch-wel")
@access(Access.PUBLIC)
def take_dismissals_back(request_id: int) -> ResponseReturnValue:
    """Show again what the school put away, or what the actor's own company did."""
    if not actor().signed_in and str(request_id) not in guest_keys():
        return to_sign_in()
    seen = _seen(request_id)
    if request.form.get("side") == "company":
        with transaction():
            take_back_for_company(actor(), seen)
        return redirect(url_for("discovery.company_requests"))
    with transaction():
        take_back(actor(), seen)
    return redirect(url_for("discovery.request_page", request_id=request_id))


@bp.post("/aanvragen/<int:request_id>/kies")
@access(Access.PUBLIC)
def choose_offer(request_id: int) -> ResponseReturnValue:
    """Before the link is clicked: keep which company is asked first."""
    seen = _seen(request_id)
    offer, _company = offer_row(actor(), _number("offer", request.form))
    if seen.guest_key is not None:
        with transaction():
            service.address_to(request_id, seen.guest_key, offer.id)
        flash(_("Onthouden. Na je klik in de mail ga je verder met dit bedrijf."), "ok")
    return redirect(url_for("discovery.request_page", request_id=request_id))


@bp.get("/aanvragen/voor-ons")
@access(Access.SIGNED_IN)
def company_requests() -> ResponseReturnValue:
    """The requests that a company's offers fit, best first; or what is missing before it sees any."""
    who = actor()
    seats = [s for s in who.seats if s.scope == "organisation" and s.kind == "company"]
    require_visible(seats or None)
    if not is_verified_company_member(who):
        waiting = visible_organisation(who, seats[0].scope_id)
        return render_template("discovery/company_waits.html", company=waiting, seat=seats[0])
    ready = [c for c in companies_of(who) if any(s.scope_id == c.id and s.verified and s.group_verified for s in seats)]
    chosen = request.args.get("bedrijf", "")
    company = next((c for c in ready if str(c.id) == chosen), ready[0])
    raw = request.args.get("aanbod", "")
    offer_id = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else None
    found = suggestions.for_company(who, company, offer_id)
    return render_template(
        "discovery/company_requests.html", found=found, company=company, companies=ready, offer_id=offer_id, words=request_words,
        put_away=request.args.get("weg", type=int),
    )  # fmt: skip
