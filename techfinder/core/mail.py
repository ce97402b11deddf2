"""Mail: rendered in the use case's transaction, kept as a job, sent by the worker over SMTP.

Every mail has three templates: ``templates/email/<package>/<name>.{subject.txt,txt,html}`` (a test checks).
`SMTP_URL` is ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465``, ``smtp://host:25?starttls=0``, or
``file:<folder>`` in development, where each mail becomes an .eml file.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from flask_babel import force_locale

from techfinder.core.clock import now
from techfinder.core.db import new_key
from techfinder.core.jobs import enqueue, handles

SMTP_TIMEOUT_S = 20


def send_mail(
    to: str, template: str, *, locale: str = "nl", name: str = "", reply_to: str | None = None,
    unsubscribe_url: str | None = None, key: str | None = None, **context: Any,
) -> None:
    """Render `template` ("accounts/sign_in_link") for one reader and queue it with the current transaction.

    `key`: the same key is not queued twice while it waits. Addresses in `context` must be absolute (`absolute_url`).
    """
    settings = current_app.config["SETTINGS"]
    values = {"base_url": settings.base_url, "name": name, "unsubscribe_url": unsubscribe_url, "locale": locale, **context}

    def written(ending: str) -> str:  # a mail knows nothing of the page that caused it: no context processors
        return current_app.jinja_env.get_template(f"email/{template}.{ending}").render(values)

    with force_locale(locale):
        subject, text, html = " ".join(written("subject.txt").split()), written("txt").strip() + "\n", written("html")
    enqueue(
        "mail.send",
        {
            "to": to, "name": name, "subject": subject[:180], "text": text, "html": html, "reply_to": reply_to,
            "unsubscribe": unsubscribe_url, "template": template, "locale": locale,
            "message_id": f"<{new_key()}@{urlsplit(settings.base_url).hostname}>", "date": formatdate(now().timestamp()),
        },
        key=key,
    )


def absolute_url(path: str) -> str:
    """A path of ours as an address that works from a mail."""
    base: str = current_app.config["SETTINGS"].base_url
    return base + path


def _message(payload: dict[str, Any], sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = sender, payload["subject"], payload["date"]
    name = " ".join(payload["name"].split())  # a line break in a name would be refused as a header
    message["To"] = formataddr((name, payload["to"])) if name else payload["to"]
    message["Message-ID"] = payload["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = payload.get("locale", "nl")
    if payload.get("reply_to"):
        message["Reply-To"] = payload["reply_to"]
    if payload.get("unsubscribe"):
        message["List-Unsubscribe"] = f"<{payload['unsubscribe']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(payload["text"])
    message.add_alternative(payload["html"], subtype="html")
    return message


def _deliver(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(parts.path)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{now():%Y%m%d-%H%M%S-%f}-{str(message['Message-ID'])[1:9]}.eml"
        (folder / name).write_bytes(bytes(message))
        return
    options = parse_qs(parts.query)
    host, port = parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 587)
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_TIMEOUT_S, context=secure)
    else:
        client = smtplib.SMTP(host, port, timeout=SMTP_TIMEOUT_S)
    with client:
        if parts.scheme == "smtp" and options.get("starttls", ["1"])[0] != "0":
            client.starttls(context=secure)
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message)


@handles("mail.send", in_transaction=False)
def _send(payload: dict[str, Any]) -> None:
    """Hand one mail to the server. A refused address is not tried again; all else backs off."""
    settings = current_app.config["SETTINGS"]
    try:
        _deliver(settings.smtp_url, _message(payload, settings.mail_from))
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        if 400 <= code < 500:
            raise
        current_app.logger.warning("mail to one reader was refused for good (%s)", code)
