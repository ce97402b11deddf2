"""The administrator's desk: is everything well, who coordinates where, what failed."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.accounts.queries import uncovered_regions
from techfinder.core.audit import audit
from techfinder.core.clock import now, today
from techfinder.core.db import locked, transaction
from techfinder.core.health import run_checks
from techfinder.core.jobs import Job, last_line
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.home import queries

SOON = timedelta(days=45)


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.get("/beheer")(admin)
    bp.post("/beheer/taken/<int:job_id>")(retry)


@access(Access.ADMINISTRATOR)
def admin() -> ResponseReturnValue:
    """Everything an administrator looks after, on one page."""
    at = now()
    return render_template(
        "home/admin.html", desk=queries.desk(actor(), today(at) + SOON), checks=run_checks(), uncovered=uncovered_regions(at),
        today=today(at), last_line=last_line,
    )


@access(Access.ADMINISTRATOR)
def retry(job_id: int) -> ResponseReturnValue:
    """Try a job again that was set aside, or that waits for its next attempt."""
    with transaction():
        job = locked(Job, job_id)
        job.set_aside, job.attempts, job.run_at, job.lease, job.lease_until = False, 0, now(), None, None
        audit(actor(), "job.retried", "job", job_id, what=job.kind)
    flash(_("De taak wordt opnieuw geprobeerd."), "ok")
    return redirect(url_for("home.admin"))
