"""The page of one offer, and the file that belongs to it."""

from flask import render_template, send_file
from flask.typing import ResponseReturnValue

from techfinder.core.files import path_of
from techfinder.core.mail import absolute_url
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor
from techfinder.offers import queries, wording
from techfinder.offers.views.blueprint import bp
from techfinder.offers.views.sections import sections

bp.add_app_template_filter(wording.blocks, "blocks")


@bp.get("/aanbod/<int:offer_id>")
@access(Access.PUBLIC)
def show(offer_id: int) -> ResponseReturnValue:
    """Everything a teacher decides on; for members of the company also where it stands and what they can do."""
    offer = queries.detail(actor(), offer_id)
    return render_template(
        "offers/show.html", o=offer, preview=False, sections=sections(actor(), offer_id) if offer.public else [],
        canonical=absolute_url(f"/aanbod/{offer_id}"),
    )


@bp.get("/aanbod/<int:offer_id>/materiaal")
@access(Access.PUBLIC)
def material(offer_id: int) -> ResponseReturnValue:
    """The material's file, for whoever may see the offer."""
    stored = require_visible(queries.detail(actor(), offer_id).material)
    answer = send_file(
        path_of(stored.sha256), mimetype=stored.media_type, as_attachment=True, download_name=stored.name, max_age=0
    )
    answer.cache_control.private = True  # a draft's file is for the company's own people
    return answer
