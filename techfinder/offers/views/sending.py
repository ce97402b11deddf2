"""From a draft to the site: the preview, sending it, and what happens then."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.clock import today
from techfinder.core.db import new_key, transaction
from techfinder.core.errors import RuleBroken, Stale
from techfinder.core.permissions import Access, access, require
from techfinder.core.web import actor
from techfinder.offers import queries, rules, service
from techfinder.offers.forms import OfferForm, values_of
from techfinder.offers.policy import can_edit
from techfinder.offers.views.blueprint import bp
from techfinder.offers.views.pages import form_page, gap_errors


@bp.get("/aanbod/<int:offer_id>/voorbeeld")
@access(Access.SIGNED_IN)
def preview(offer_id: int) -> ResponseReturnValue:
    """The real page, as a teacher will see it, with what is still missing."""
    offer, _company = queries.row(actor(), offer_id)
    require(can_edit(actor(), offer))
    if offer.state not in rules.EDITABLE:
        return redirect(url_for("offers.show", offer_id=offer_id))
    gaps = [(g.field, RuleBroken(g.code).sentence) for g in rules.gaps(offer, today())]
    return render_template(
        "offers/show.html", o=queries.detail(actor(), offer_id), preview=True, sections=[], canonical="", gaps=gaps,
        version=offer.version,
    )  # fmt: skip


@bp.post("/aanbod/<int:offer_id>/verstuur")
@access(Access.SIGNED_IN)
def submit(offer_id: int) -> ResponseReturnValue:
    """Send it; while something is missing the form comes back and says what."""
    version = request.form.get("version", type=int)
    try:
        with transaction():
            result = service.submit(actor(), offer_id, version=version)
            ident = result.id
    except Stale:
        flash(_("Iemand heeft dit aanbod net veranderd. Kijk het nog een keer na."), "wait")
        return redirect(url_for("offers.preview", offer_id=offer_id))
    except RuleBroken as error:
        if error.code != "offer.not_ready":
            raise
        return _not_ready(offer_id)
    return redirect(url_for("offers.sent", offer_id=ident, gewijzigd=1 if ident != offer_id else None))


def _not_ready(offer_id: int) -> ResponseReturnValue:
    offer, _company = queries.row(actor(), offer_id)
    form = OfferForm(formdata=None, data={**values_of(offer), "key": new_key()})
    gap_errors(form, offer)
    return form_page(form, offer, errors=True, gaps=True)


@bp.get("/aanbod/<int:offer_id>/verstuurd")
@access(Access.SIGNED_IN)
def sent(offer_id: int) -> ResponseReturnValue:
    """What happens now: it is online, or it waits for the coordinator."""
    offer, company = queries.row(actor(), offer_id)
    require(can_edit(actor(), offer))
    if offer.state in rules.EDITABLE:  # an old address: it came back, or was taken back
        return redirect(url_for("offers.preview", offer_id=offer_id))
    return render_template(
        "offers/sent.html", offer=offer, company=company, online=offer.state == rules.PUBLISHED,
        changed=bool(request.args.get("gewijzigd")) or offer.replaces_id is not None,
    )  # fmt: skip
