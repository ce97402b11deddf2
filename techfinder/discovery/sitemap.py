"""What search engines may know: robots.txt, and the public pages in sitemaps of a size that answers at once."""

from datetime import date, datetime
from typing import Any

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

MOST = 5_000  # addresses in one file; the sitemap protocol allows 50,000, which would take a second to make
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


def _count(rows: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _pages() -> int:
    offers = _count(visible_offers(ANYBODY).with_only_columns(Offer.id))
    organisations = _count(visible_organisations(ANYBODY).with_only_columns(Organisation.id))
    return max(1, -(-(offers + organisations + 1) // MOST))


def _address(endpoint: str, name: str) -> str:
    """The address of a page without the number at its end: asked once, not for each of thousands."""
    number: dict[str, Any] = {name: 0}
    return absolute_url(url_for(endpoint, **number).removesuffix("0"))


def _entries(part: int) -> list[Entry]:
    """The list of offers, every public offer, every public organisation, always in the same order."""
    before = (part - 1) * MOST - 1  # rows that stand in earlier files; the list of offers itself is the very first
    entries: list[Entry] = [(absolute_url(url_for("discovery.offers")), None)] if part == 1 else []
    offers = visible_offers(ANYBODY).with_only_columns(Offer.id, Offer.published_at)
    rows = db.session.execute(offers.order_by(Offer.id).offset(max(0, before)).limit(MOST - len(entries)))
    show = _address("offers.show", "offer_id")
    entries += [(f"{show}{ident}", at) for ident, at in rows]
    if len(entries) < MOST:
        found = visible_organisations(ANYBODY).with_only_columns(Organisation.id).order_by(Organisation.id)
        skipped = max(0, before - _count(offers))
        show = _address("organisations.show", "organisation_id")
        entries += [(f"{show}{ident}", None) for ident in db.session.scalars(found.offset(skipped).limit(MOST - len(entries)))]
    return entries


def _urls(part: int) -> ResponseReturnValue:
    urls = "".join(
        f"<url><loc>{escape(address)}</loc>{f'<lastmod>{at:%Y-%m-%d}</lastmod>' if at else ''}</url>" for address, at in _entries(part)
    )
    return _xml(f'<urlset xmlns="{NAMESPACE}">{urls}</urlset>')


def _xml(body: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return Response(head + body, mimetype="application/xml", headers={"Cache-Control": "max-age=3600"})
