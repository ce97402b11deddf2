"""Is it alive, is it ready, how does it stand: /healthz, /readyz, /metrics. Other packages add their checks."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from techfinder.core.backup import revision
from techfinder.core.changes import current_no
from techfinder.core.clock import now
from techfinder.core.db import db
from techfinder.core.jobs import queue_state
from techfinder.core.periodic import last_beat
from techfinder.core.permissions import Access, access

bp = Blueprint("health", __name__)
Check = Callable[[], tuple[bool, str]]
_checks: dict[str, Check] = {}
_advice: set[str] = set()
WORKER_SILENT = timedelta(seconds=90)


def check(name: str, *, readiness: bool = True) -> Callable[[Check], Check]:
    """Register something that `readyz` and `flask doctor` ask: (is it well, one sentence).

    `readiness=False`: for `doctor` only; pages can be served all the same.
    """

    def register(function: Check) -> Check:
        _checks[name] = function
        if not readiness:
            _advice.add(name)
        return function

    return register


@check("database")
def _database() -> tuple[bool, str]:
    db.session.execute(text("select 1"))
    return True, "answers"


@cache
def _newest(directory: str) -> str | None:
    return ScriptDirectory(directory).get_current_head()


@check("tables", readiness=False)
def _tables() -> tuple[bool, str]:
    """Whether the migrations of this version ran."""
    newest = _newest(current_app.extensions["migrate"].directory)
    found = revision(db.session())
    return found == newest, f"at {found}" if found == newest else f"at {found}, not at {newest}: run `flask --app wsgi db upgrade`"


@check("worker")
def _worker() -> tuple[bool, str]:
    seen = last_beat("worker")
    if seen is None:
        return False, "no worker was ever seen: start `flask --app wsgi work`"
    silent = now() - seen
    return silent < WORKER_SILENT, f"last seen {silent.total_seconds():.0f} s ago"


@check("jobs", readiness=False)
def _jobs() -> tuple[bool, str]:
    state = queue_state(now())
    trouble = f", {state.failing} of them failing ({state.trouble[:200]})" if state.failing else ""
    sentence = f"{state.waiting} waiting{trouble}, {state.set_aside} set aside, oldest due {state.oldest_due_s:.0f} s"
    return state.set_aside == 0 and not state.failing, sentence


def run_checks() -> dict[str, tuple[bool, str]]:
    """All checks; one that raises is not well and says why."""
    results = {}
    for name, function in _checks.items():
        try:
            results[name] = function()
        except Exception as error:
            db.session.rollback()
            results[name] = (False, f"{type(error).__name__}: {error}".strip().splitlines()[0][:200])
    return results


@bp.get("/healthz")
@access(Access.PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process is up."""
    return Response("ok", mimetype="text/plain")


@bp.get("/readyz")
@access(Access.PUBLIC)
def readyz() -> ResponseReturnValue:
    """Database, index and worker answer; says which does not, without details."""
    results = {name: ok for name, (ok, _) in run_checks().items() if name not in _advice}
    return jsonify({"ready": all(results.values()), "checks": results}), 200 if all(results.values()) else 503


@bp.get("/metrics")
@access(Access.TOKEN)
def metrics() -> ResponseReturnValue:
    """Gauges for Prometheus; needs `Authorization: Bearer <METRICS_TOKEN>`, or is absent."""
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    registry = CollectorRegistry()
    state = queue_state(now())
    for name, help_text, value in (
        ("techfinder_jobs_waiting", "Jobs in the queue", state.waiting),
        ("techfinder_jobs_set_aside", "Jobs that failed for good", state.set_aside),
        ("techfinder_jobs_oldest_due_seconds", "Age of the oldest due job", state.oldest_due_s),
        ("techfinder_change_no", "Number of the last change", current_no()),
    ):
        Gauge(name, help_text, registry=registry).set(value)
    well = Gauge("techfinder_check", "1 when the check is well", ["name"], registry=registry)
    for name, (ok, _) in run_checks().items():
        well.labels(name).set(ok)
    return Response(generate_latest(registry), mimetype="text/plain")
