"""What was mailed, read from the queue."""

import re

from sqlalchemy import select

from techfinder.core.db import db
from techfinder.core.jobs import Job


def mails(to: str | None = None, template: str | None = None) -> list[dict]:
    """Mails that wait to be sent, oldest first."""
    rows = db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
    return [
        job.payload for job in rows
        if (to is None or job.payload["to"] == to) and (template is None or job.payload["template"] == template)
    ]


def link_in(mail: dict) -> str:
    """The path of the first address in a mail's text."""
    return re.search(r"http://localhost(/\S+)", mail["text"]).group(1)
