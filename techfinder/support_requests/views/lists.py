"""The requests of one's own school; for staff those of the region."""

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.support_requests import queries, rules, wording
from techfinder.support_requests.policy import school_ids
from techfinder.support_requests.views.blueprint import bp


@bp.get("/aanvragen")
@access(Access.SIGNED_IN)
def index() -> ResponseReturnValue:
    """Own requests by state. Company members without a school go on to the requests that fit their offers."""
    who = actor()
    companies = any(s.kind == "company" for s in who.seats)
    if not school_ids(who) and not who.is_staff and companies and "discovery.company_requests" in current_app.view_functions:
        return redirect(url_for("discovery.company_requests"))
    lines = queries.mine(who)
    groups = {
        "open": [x for x in lines if x.request.state == rules.OPEN],
        "draft": [x for x in lines if x.request.state == rules.DRAFT],
        "done": [x for x in lines if x.request.state in (rules.FULFILLED, rules.WITHDRAWN, rules.EXPIRED)],
    }
    region = queries.of_region(who) if who.is_staff else []
    return render_template(
        "support_requests/index.html",
        groups=groups,
        lines=lines,
        region=region,
        companies=companies,
        words=wording,
        several=len(school_ids(who)) > 1,
    )
