"""What can be done with a request that stands: put it out, take it back, say that it worked."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.support_requests import queries, rules, service
from techfinder.support_requests.views.blueprint import bp
from techfinder.support_requests.views.browser import onward, page_of


@bp.post("/aanvragen/<int:request_id>/plaats")
@access(Access.SIGNED_IN)
def publish(request_id: int) -> ResponseReturnValue:
    """Put a draft out, or a request that was closed again."""
    queries.visible(actor(), request_id)
    try:
        with transaction():
            row = service.publish(actor(), request_id)
            offer_id = row.offer_id if row.published_at == row.state_at else None
            complete = rules.is_complete(row)
    except RuleBroken as error:
        flash(error.sentence, "wait")
        return redirect(url_for("support_requests.edit", request_id=request_id))
    return redirect(onward(request_id, offer_id, complete, say=True))


@bp.post("/aanvragen/<int:request_id>/trek-in")
@access(Access.SIGNED_IN)
def withdraw(request_id: int) -> ResponseReturnValue:
    """No longer needed."""
    queries.visible(actor(), request_id)
    with transaction():
        service.withdraw(actor(), request_id)
    flash(_("Je aanvraag is ingetrokken. Bedrijven zien hem niet meer."), "ok")
    return redirect(page_of(request_id))


@bp.post("/aanvragen/<int:request_id>/gevonden")
@access(Access.SIGNED_IN)
def fulfil(request_id: int) -> ResponseReturnValue:
    """Somebody helps."""
    queries.visible(actor(), request_id)
    with transaction():
        service.fulfil(actor(), request_id)
    flash(_("Mooi! Je aanvraag is klaar. Bedrijven zien hem niet meer."), "ok")
    return redirect(page_of(request_id))
