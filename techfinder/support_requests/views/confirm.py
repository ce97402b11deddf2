"""The mailed link of a request that was written without an account."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts import tokens
from techfinder.accounts.session import open_session
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.offers.queries import cards
from techfinder.organisations.models import Organisation
from techfinder.support_requests import queries, rules, service, wording
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.service.guests import PURPOSE
from techfinder.support_requests.views.blueprint import bp
from techfinder.support_requests.views.browser import guest_keys, onward, page_of
from techfinder.support_requests.views.write import limit_mail, locale


@bp.route("/aanvragen/bevestigen/<raw>", methods=["GET", "POST"])
@access(Access.TOKEN)
def confirm(raw: str) -> ResponseReturnValue:
    """Opening the link changes nothing, because mail scanners open every link; the button does."""
    try:
        token = tokens.peek(raw, PURPOSE, now())
        if request.method == "POST":
            return _send(raw)
        return _ask(token.payload["request_id"], token.email)
    except tokens.TokenRefused:
        return render_template("support_requests/link_refused.html"), 410


def _ask(request_id: int, email: str) -> ResponseReturnValue:
    row = db.session.get(SupportRequest, request_id)
    if row is None or row.guest_email != email:
        raise tokens.TokenRefused(PURPOSE)
    school = db.session.get_one(Organisation, row.organisation_id)
    return render_template(
        "support_requests/confirm.html",
        r=row,
        school=school,
        rows=wording.rows(row),
        missing=wording.missing(row),
        card=next(iter(cards(actor(), [row.offer_id])), None) if row.offer_id else None,
        other=actor() if actor().signed_in and actor().email != email else None,
    )


def _send(raw: str) -> ResponseReturnValue:
    try:
        with transaction():
            row, user = service.confirm_guest(raw)
            complete = rules.is_complete(row)
            path = onward(row.id, row.offer_id, complete)
    except RuleBroken as error:
        return render_template("support_requests/link_refused.html", reason=error.sentence), 409
    where = open_session(user, path)
    if complete:
        flash(_("Gelukt! Je aanvraag staat erop, en je hebt nu een account."), "ok")
    else:
        flash(_("Gelukt! Je hebt nu een account. Vul je aanvraag nog aan, dan zien bedrijven hem."), "ok")
    return redirect(where)


@bp.post("/aanvragen/<int:request_id>/mail-opnieuw")
@access(Access.PUBLIC)
def mail_again(request_id: int) -> ResponseReturnValue:
    """Send the link once more, perhaps to a corrected address; only from the browser that wrote the request."""
    seen = queries.visible(actor(), request_id, guest_keys())
    if seen.guest_key is None:
        return redirect(page_of(request_id))
    email = request.form.get("email", "")[:254] or seen.request.guest_email
    try:
        limit_mail(email)
        with transaction():
            address = service.mail_again(request_id, seen.guest_key, email, locale=locale())
    except RuleBroken as error:
        flash(error.sentence, "wait")
    else:
        flash(_("We hebben de link gemaild naar %(email)s.", email=address), "ok")
    return redirect(page_of(request_id))
