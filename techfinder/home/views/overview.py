"""My overview: what asks for attention now; and a region's page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from techfinder.conversations.pages import inbox_items
from techfinder.conversations.queries import inbox, unread_count
from techfinder.core.clock import now
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor
from techfinder.home import networks, queries
from techfinder.moderation.queries import open_count
from techfinder.offers.wording import full_for_us
from techfinder.regions.queries import region_by_slug
from techfinder.support_requests import rules, wording
from techfinder.support_requests.queries import mine

TALKS = 5
REQUESTS = 6  # of one's schools that still look for somebody


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.get("/overzicht")(overview)
    bp.get("/regio/<slug>")(region)
    bp.get("/netwerk/<slug>")(network)


@access(Access.SIGNED_IN)
def overview() -> ResponseReturnValue:
    """For every organisation of the actor: how it stands and the next step; the newest conversations; for staff the queue."""
    who = actor()
    return render_template(
        "home/overview.html", standings=queries.standings(who), talks=inbox_items(inbox(who, TALKS)), unread=unread_count(who),
        requests=[line.request for line in mine(who) if line.request.state in (rules.OPEN, rules.DRAFT)][:REQUESTS],
        request_state=wording.state, full=full_for_us,
        waiting=open_count(who) if who.is_staff else 0, networks=networks.visible(who),
    )  # fmt: skip


@access(Access.PUBLIC)
def region(slug: str) -> ResponseReturnValue:
    """A region for everybody: numbers, who coordinates, what lies below."""
    found = region_by_slug(slug)
    require_visible(found)
    assert found is not None
    return render_template("home/region.html", page=queries.region_page(actor(), found, now()))


@access(Access.STAFF)
def network(slug: str) -> ResponseReturnValue:
    """A network for its own people: which organisations lie in its area, and what they offer and ask."""
    found = require_visible(next((n for n in networks.visible(actor()) if n.slug == slug), None))
    return render_template("home/network.html", page=networks.page(found))
