"""The audit log, for administrators."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from techfinder.core.paging import page_number
from techfinder.core.permissions import Access, access
from techfinder.home import logbook_words as words
from techfinder.home.logbook import logbook

# where a thing can be seen: the page and the name of its number
PAGES = {
    "organisation": ("organisations.show", "organisation_id"), "offer": ("offers.show", "offer_id"),
    "support_request": ("discovery.request_page", "request_id"), "conversation": ("conversations.show", "conversation_id"),
    "user": ("accounts.person", "user_id"), "region": ("regions.region", "region_id"), "network": ("regions.network", "network_id"),
}  # fmt: skip


def routes(bp: Blueprint) -> None:
    """Hang this view on the package's blueprint."""
    bp.get("/beheer/logboek")(log)


@access(Access.ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """Who did what, newest first, narrowed by kind, number and name."""
    kind, who, number = (request.args.get(name, "").strip()[:100] for name in ("soort", "wie", "nummer"))
    ref = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
    page = logbook(kind, ref, who, page_number(request.args.get("pagina")))
    return render_template("home/logbook.html", page=page, words=words, pages=PAGES, chosen={"kind": kind, "who": who, "ref": ref})
