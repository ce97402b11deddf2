"""What search engines may know: robots.txt, and the public pages in sitemaps of at most 50,000 addresses."""

from collections.abc import Iterable
from datetime import date, datetime

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy import func, select

from techfinder.core.db import db
from techfinder.core.mail import absolute_url
from techfinder.core.permissions import ANYBODY, Access, access
from techfinder.discovery.blueprint import bp
from techfinder.offers.models import Offer
from techfinder.offers.policy import visible_offers
from techfinder.organisations.models import Organisation
from techfinder.organisations.policy import visible_organisations

MOST = 50_000  # addresses in one file, by the sitemap protocol
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
CLOSED = ("/account/", "/berichten", "/beheer", "/api/", "/hervat/", "/aanbod/suggesties", "/readyz", "/metrics")
Entry = tuple[str, date | datetime | None]


@bp.get("/robots.txt")
@access(Access.PUBLIC)
def robots() -> ResponseReturnValue:
    """Everything public may be read; filtered lists say noindex themselves."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute_url(url_for('.sitemap'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/sitemap.xml")
@access(Access.PUBLIC)
def sitemap() -> ResponseReturnValue:
    """The first sitemap, or an index of them when one is not enough."""
    pages = _pages()
    if pages <= 1:
        return _urls(1)
    parts = "".join(
        f"<sitemap><loc>{escape(absolute_url(url_for('.sitemap_part', part=n)))}</loc></sitemap>" for n in range(1, pages + 1)
    )
    return _xml(f'<sitemapindex xmlns="{NAMESPACE}">{parts}</sitemapindex>')


@bp.get("/sitemap-<int:part>.xml")
@access(Access.PUBLIC)
def sitemap_part(part: int) -> ResponseReturnValue:
    """One of several sitemaps, counted from 1."""
    if not 1 <= part <= _pages():
        abort(404)
    return _urls(part)


def _pages() -> int:
    offers = db.session.scalar(select(func.count()).select_from(visible_offers(ANYBODY).with_only_columns(Offer.id).subquery())) or 0
    found = visible_organisations(ANYBODY).with_only_columns(Organisation.id).subquery()
    organisations = db.session.scalar(select(func.count()).select_from(found)) or 0
    return max(1, -(-(offers + organisations + 1) // MOST))


def _entries(part: int) -> Iterable[Entry]:
    """The list of offers, every public offer, every public organisation, always in the same order."""
    first, last = (part - 1) * MOST, part * MOST
    entries: list[Entry] = [(url_for("discovery.offers"), None)]
    offers = visible_offers(ANYBODY).with_only_columns(Offer.id, Offer.published_at).order_by(Offer.id)
    entries += [(url_for("offers.show", offer_id=i), at) for i, at in db.session.execute(offers.limit(last))]
    if len(entries) < last:
        found = visible_organisations(ANYBODY).with_only_columns(Organisation.id).order_by(Organisation.id)
        entries += [(url_for("organisations.show", organisation_id=i), None) for i in db.session.scalars(found.limit(last))]
    return entries[first:last]


def _urls(part: int) -> ResponseReturnValue:
    urls = "".join(
        f"<url><loc>{escape(absolute_url(path))}</loc>{f'<lastmod>{at:%Y-%m-%d}</lastmod>' if at else ''}</url>"
        for path, at in _entries(part)
    )
    return _xml(f'<urlset xmlns="{NAMESPACE}">{urls}</urlset>')


def _xml(body: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Response(head + body, mimetype="application/xml", headers={"Cache-Control": "max-age=3600"})
