"""Mails about support requests."""

from techfinder.core.mail import send_mail
from techfinder.organisations.models import Organisation
from techfinder.support_requests.models import SupportRequest


def confirm(request: SupportRequest, school: Organisation, raw_token: str, locale: str) -> None:
    """The link with which a request that was written without an account goes out."""
    send_mail(
        request.guest_email, "support_requests/confirm", locale=locale, name=request.guest_name, title=request.title,
        school=school.name, path=f"/aanvragen/bevestigen/{raw_token}",
    )
