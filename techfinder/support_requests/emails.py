"""Mails about support requests."""

from techfinder.core.mail import send_mail
from techfinder.core.permissions import ANYBODY
from techfinder.offers.queries import cards
from techfinder.organisations.models import Organisation
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest


def confirm(request: SupportRequest, school: Organisation, raw_token: str, locale: str) -> None:
    """The link with which a request that was written without an account goes out."""
    chosen = cards(ANYBODY, [request.offer_id]) if request.offer_id else []
    send_mail(
        request.guest_email, "support_requests/confirm", locale=locale, name=request.guest_name, title=request.title,
        school=school.name, offer=chosen[0]["title"] if chosen else "", company=chosen[0]["org"] if chosen else "",
        vague=not rules.is_complete(request), path=f"/aanvragen/bevestigen/{raw_token}",
    )
