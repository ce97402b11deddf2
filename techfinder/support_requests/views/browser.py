"""What a browser without an account keeps of the requests that it wrote, and where a request's own page is."""

from collections.abc import Mapping

from flask import current_app, flash, session, url_for
from flask_babel import gettext as _

from techfinder.support_requests.models import SupportRequest

KEY, MOST = "guest_requests", 5


def guest_keys() -> Mapping[str, str]:
    """Request id → key, of the requests that this browser wrote without an account."""
    kept = session.get(KEY)
    return kept if isinstance(kept, dict) else {}


def remember(request: SupportRequest) -> None:
    """Let this browser look at its unconfirmed request; the oldest is forgotten first."""
    kept = {**guest_keys(), str(request.id): request.guest_key or ""}
    session[KEY] = dict(sorted(kept.items(), key=lambda pair: int(pair[0]))[-MOST:])


def page_of(request_id: int) -> str:
    """The address of the request's page, which stands in a later package."""
    return url_for("discovery.request_page", request_id=request_id)


def said_when_out(complete: bool) -> str:
    """What is true once a request is out: without the last facts no company sees it yet."""
    if complete:
        return _("Je aanvraag staat erop.")
    return _("Je aanvraag is bewaard. Vul hem nog aan, dan zien bedrijven hem.")


def onward(request_id: int, offer_id: int | None, complete: bool, say: bool = False) -> str:
    """After sending: to the conversation with the company it is addressed to when nothing is missing, else to its page.

    `say`: there it is said what became of the question, because only there it is known whether it was sent.
    """
    if offer_id is not None and complete and "conversations.new" in current_app.view_functions:
        return url_for("conversations.new", offer=offer_id, request=request_id, net=1 if say else None)
    if say:
        flash(said_when_out(complete), "ok")
    return page_of(request_id)
