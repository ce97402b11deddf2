"""Mail: rendered in the use case's transaction, kept as a job, sent by the worker over SMTP.

Every mail has three templates: ``templates/email/<package>/<name>.{subject.txt,txt,html}`` (a test checks).
`SMTP_URL` is ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465``, ``smtp://host:25?starttls=0``, or
``file:<folder>`` in development, where each mail becomes an .eml file.
"""

import re
import smtplib
import ssl
from datetime import timedelta
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr, formatdate, parseaddr
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
    unsubscribe_url: str | None = None, key: str | None = None, after: timedelta | None = None, **context: Any,
) -> None:
    """Render `template` ("accounts/sign_in_link") for one reader and queue it with the current transaction.

    `key`: the same key is not queued twice while it waits. `after`: it leaves no earlier, so that it can still be called off
    (`jobs.call_off`). Addresses in `context` must be absolute (`absolute_url`).
    """
    settings = current_app.config["SETTINGS"]
    values = {"base_url": settings.base_url, "name": name, "unsubscribe_url": unsubscribe_url, "locale": locale, **context}

    def written(ending: str) -> str:  # a mail knows nothing of the page that caused it: no context processors
        return current_app.jinja_env.get_template(f"email/{template}.{ending}").render(values)

    with force_locale(locale):
        subject, text, html = " ".join(written("subject.txt").split()), _spaced(written("txt")), written("html")
    enqueue(
        "mail.send",
        {
            "to": to, "name": name, "subject": subject[:180], "text": text, "html": html, "reply_to": reply_to,
            "unsubscribe": unsubscribe_url, "template": template, "locale": locale,
            "message_id": f"<{new_key()}@{urlsplit(settings.base_url).hostname}>", "date": formatdate(now().timestamp()),
        },
        key=key, run_at=now() + after if after else None,
    )  # fmt: skip


def _spaced(text: str) -> str:
    """One empty line between parts, whatever a template left out."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def absolute_url(path: str) -> str:
    """A path of ours as an address that works from a mail."""
    base: str = current_app.config["SETTINGS"].base_url
    return base + path


_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP  # texts stay readable in the source of a mail
_UNFOLDED = compat32.clone(max_line_length=0)  # a long address is one word: there is nowhere to fold it


def _part(text: str, subtype: str) -> MIMEText:
    part = MIMEText("", subtype, None)
    part.replace_header("Content-Type", f'text/{subtype}; charset="utf-8"')
    del part["Content-Transfer-Encoding"]
    part.set_payload(text, _QUOTED)
    return part


def _subject(text: str) -> str:
    """In the encoded words of RFC 2047 where it needs them, each of at most 75 characters."""
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode()


def _address(name: str, address: str) -> str:
    """As it stands in a header: a line break in a name would be refused there, and a domain with an accent has another spelling."""
    local, at, domain = address.rpartition("@")
    address = local + at + domain.encode("idna").decode()
    return formataddr((" ".join(name.split()), address)) if name.strip() else address


def _message(payload: dict[str, Any], sender: str) -> MIMEMultipart:
    """The mail itself, made with the older half of Python's `email`: the newer parses every header and takes four times as long."""
    message = MIMEMultipart("alternative", policy=_UNFOLDED)
    message["From"], message["To"] = _address(*parseaddr(sender)), _address(payload["name"], payload["to"])
    message["Subject"], message["Date"] = _subject(payload["subject"]), payload["date"]
    message["Message-ID"] = payload["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = payload.get("locale", "nl")
    if payload.get("reply_to"):
        message["Reply-To"] = payload["reply_to"]
    if payload.get("unsubscribe"):
        message["List-Unsubscribe"] = f"<{payload['unsubscribe']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.attach(_part(payload["text"], "plain"))
    message.attach(_part(payload["html"], "html"))
    return message


def _deliver(url: str, message: MIMEMultipart) -> None:
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
