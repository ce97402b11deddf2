"""What search engines may know: robots.txt, and the public pages in sitemaps of a size that answers at once."""

from typing import Any

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from techfinder.core.db import db
from techfinder.core.mail import absolute_url
from techfinder.core.permissions import ANYBODY, Access, access
from techfinder.discovery.blueprint import bp
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.organisations.models import Organisation
from techfinder.organisations.policy import visible_organisations

MOST = 2_000  # numbers that one file holds the public pages of; made in some tens of milliseconds
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
THINGS: tuple[tuple[str, str, Any, Any, Any], ...] = (  # what a file is about: its page, the name of its number there, rows, columns
    ("offers.show", "offer_id", visible_offers, Offer.id, Offer.published_at),
    ("organisations.show", "organisation_id", visible_organisations, Organisation.id, None),
)
CLOSED = ("/account/", "/berichten", "/beheer", "/api/", "/hervat/", "/aanbod/suggesties", "/readyz", "/metrics")
LAST = 2_000_000  # no site has so many parts, and no database larger numbers


@bp.get("/robots.txt")
@access(Access.PUBLIC)
def robots() -> ResponseReturnValue:
    """Everything public may be read; filtered lists say noindex themselves."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute_url(url_for('.sitemap'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/sitemap.xml")
@access(Access.PUBLIC)
def sitemap() -> ResponseReturnValue:
    """All of it while the site is small, else the list of its parts."""
    parts = _parts()
    if parts <= {1, 2}:
        return _urls([*_urls_of(1), *_urls_of(2)])
    listed = "".join(f"<sitemap><loc>{escape(absolute_url(url_for('.sitemap_part', part=n)))}</loc></sitemap>" for n in sorted(parts))
    return _xml(f'<sitemapindex xmlns="{NAMESPACE}">{listed}</sitemapindex>')


@bp.get("/sitemap-<int:part>.xml")
@access(Access.PUBLIC)
def sitemap_part(part: int) -> ResponseReturnValue:
    """A stretch of numbers: of offers in the odd parts, of organisations in the even ones. A page never moves to another part."""
    urls = _urls_of(part) if 1 <= part <= LAST else []
    if not urls:
        abort(404)
    return _urls(urls)


def _parts() -> set[int]:
    """The parts that hold something; the first always does. One short question for each: all rows at once take far longer."""
    found = {1}
    for n, (_endpoint, _name, rows, ident, _at) in enumerate(THINGS):
        numbers, after = rows(ANYBODY).with_only_columns(ident).order_by(ident).limit(1), 0
        while number := db.session.scalar(numbers.where(ident > after)):
            stretch = (number - 1) // MOST
            found.add(len(THINGS) * stretch + n + 1)
            after = (stretch + 1) * MOST
    return found


def _urls_of(part: int) -> list[str]:
    """The elements of one part, in the order of their numbers; before the first the list of offers."""
    stretch, n = divmod(part - 1, len(THINGS))
    endpoint, name, rows, ident, at = THINGS[n]
    columns = [ident] if at is None else [ident, at]
    number: dict[str, Any] = {name: 0}
    chosen = rows(ANYBODY).with_only_columns(*columns).where(ident > stretch * MOST, ident <= (stretch + 1) * MOST)
    begin = f"<url><loc>{escape(absolute_url(url_for(endpoint, **number)).removesuffix('0'))}"  # asked once, not for each
    found = [f"<url><loc>{escape(absolute_url(url_for('discovery.offers')))}</loc></url>"] if part == 1 else []
    for row_id, *dates in db.session.execute(chosen.order_by(ident)):
        last = f"<lastmod>{dates[0].date().isoformat()}</lastmod>" if dates and dates[0] else ""
        found.append(f"{begin}{row_id}</loc>{last}</url>")
    return found


def _urls(urls: list[str]) -> Response:
    return _xml(f'<urlset xmlns="{NAMESPACE}">{"".join(urls)}</urlset>')


def _xml(body: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Response(head + body, mimetype="application/xml", headers={"Cache-Control": "max-age=3600"})
