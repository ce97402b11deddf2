"""Te beoordelen: the list of a region, one case, the decision, and what was decided."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor
from techfinder.moderation import queries, rules, service, wording
from techfinder.moderation.details import details
from techfinder.moderation.forms import DecisionForm
from techfinder.moderation.policy import can_see_queue
from techfinder.regions.models import Region
from techfinder.regions.queries import region_by_slug, scope_ids


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.get("/regio/<slug>/beoordelen")(queue)
    bp.get("/regio/<slug>/beoordelen/<int:case_id>")(case)
    bp.post("/regio/<slug>/beoordelen/<int:case_id>")(decide)
    bp.get("/regio/<slug>/besloten")(decided)


def _region(slug: str) -> Region:
    found = region_by_slug(slug)
    require_visible(found if found is not None and can_see_queue(actor(), found) else None)
    assert found is not None
    return found


@access(Access.STAFF)
def queue(slug: str) -> ResponseReturnValue:
    """Everything that waits in this region and below, oldest first."""
    region, at = _region(slug), now()
    items = queries.queue(actor(), sorted(scope_ids(region.id)))
    kinds = Counter(item.case.kind for item in items)
    chosen = request.args.get("soort", "")
    shown = [i for i in items if not chosen or i.case.kind == chosen]
    rows = [wording.row(i, url_for("moderation.case", slug=slug, case_id=i.case.id), at) for i in shown]
    chips = [{"label": _("alles %(n)d", n=len(items)), "url": url_for("moderation.queue", slug=slug), "on": not chosen}]
    names = {"organisation": _("organisaties"), "offer": _("aanbod"), "membership": _("nieuwe mensen"), "flag": _("meldingen")}
    chips += [
        {"label": f"{names[kind]} {n}", "url": url_for("moderation.queue", slug=slug, soort=kind), "on": chosen == kind}
        for kind, n in sorted(kinds.items())
    ]
    oldest = max((rules.waiting_days(i.case.opened_at, at) for i in items), default=0)
    return render_template("moderation/queue.html", region=region, rows=rows, chips=chips, total=len(items), oldest=oldest)


def _show(region: Region, item: queries.QueueItem, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    waits = item.case.open_key is not None
    detail = details(actor(), item)
    possible = [d for d in rules.decisions(item.case.kind, item.case.reason) if d != "approve" or not detail.get("company_first")]
    return render_template(
        "moderation/case.html", region=region, item=item, form=form, waits=waits, row=wording.row(item, "", now()),
        detail=detail, decisions=[(d, wording.decision_label(d)) for d in possible],
        decided=wording.decided_label(item.case.decision),
    ), status  # fmt: skip


def _case(region: Region, case_id: int) -> queries.QueueItem:
    item = queries.one(actor(), case_id)
    require_visible(item if item.case.region_id in scope_ids(region.id) else None)
    return item


@access(Access.STAFF)
def case(slug: str, case_id: int) -> ResponseReturnValue:
    """One case, with all that is needed to decide."""
    region = _region(slug)
    return _show(region, _case(region, case_id), DecisionForm())


@access(Access.STAFF)
def decide(slug: str, case_id: int) -> ResponseReturnValue:
    """Approve, return, reject; or for a report: handled or not needed."""
    region, form = _region(slug), DecisionForm()
    name = wording.title(_case(region, case_id))
    if form.validate():
        try:
            with transaction():
                label = _carry_out(case_id, form)
            flash(_("“%(name)s” is %(what)s.", name=name, what=label), "ok")
            return redirect(url_for("moderation.queue", slug=slug))
        except RuleBroken as error:
            if error.code == "case.decided":
                flash(error.sentence, "warning")
                return redirect(url_for("moderation.queue", slug=slug))
            form.take(error)
    return _show(region, _case(region, case_id), form, 422)


def _carry_out(case_id: int, form: DecisionForm) -> str:
    """Inside a transaction; what happened, in words."""
    decision, note = form.decision.data or "", form.note.data or ""
    if decision == "take_down":
        service.take_down(actor(), case_id, note)
        return _("van de site gehaald en teruggestuurd")
    done = service.decide(
        actor(), case_id, decision, note, email=form.email.data or "", take_down=bool(form.take_down.data)
    )
    return wording.decided_label(done.decision)


@access(Access.STAFF)
def decided(slug: str) -> ResponseReturnValue:
    """What was decided in this region, newest first."""
    region = _region(slug)
    found: list[Any] = queries.decided(actor(), sorted(scope_ids(region.id)))
    rows = [(item, wording.row(item, url_for("moderation.case", slug=slug, case_id=item.case.id), now()), who) for item, who in found]
    return render_template("moderation/decided.html", region=region, rows=rows, label=wording.decided_label)
