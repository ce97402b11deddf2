"""Te beoordelen: the list of a region, one case, the decision, and what was decided.

A decision leads on to the next case, with a message that says what happened and, where it can be, a button that undoes it.
What the message is about stands in the address (`net`), so that it survives a reload and is read again from the database.
So does the kind of case that the coordinator chose to see (`soort`): who works through the offers is led to the next offer.
"""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor
from techfinder.moderation import queries, rules, service, wording
from techfinder.moderation.details import details
from techfinder.moderation.forms import DecisionForm, chosen, number
from techfinder.moderation.policy import can_see_queue
from techfinder.organisations.rules import SECOND_THOUGHTS
from techfinder.regions.models import Region
from techfinder.regions.queries import region_by_slug, scope_ids


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.get("/regio/<slug>/beoordelen")(queue)
    bp.post("/regio/<slug>/beoordelen")(decide_several)
    bp.get("/regio/<slug>/beoordelen/<int:case_id>")(case)
    bp.post("/regio/<slug>/beoordelen/<int:case_id>")(decide)
    bp.get("/regio/<slug>/besloten")(decided)


MOST_AT_ONCE = 50


def _region(slug: str) -> Region:
    found = region_by_slug(slug)
    require_visible(found if found is not None and can_see_queue(actor(), found) else None)
    assert found is not None
    return found


def _just() -> dict[str, Any] | None:
    """What the reader decided a moment ago, in words, and the cases that can be taken back."""
    ids = [int(n) for n in request.args.get("net", "").split("-")[:MOST_AT_ONCE] if n.isascii() and n.isdigit() and len(n) < 18]
    items = queries.just_decided(actor(), ids) if ids else []
    if not items:
        return None
    undo = [i.case.id for i in items if rules.takes_back(i.case.reason, i.case.decision, i.case.decided_at, now())]
    minutes = int(SECOND_THOUGHTS.total_seconds() // 60)
    return {"said": wording.said(items), "undo": undo, "minutes": minutes, "one": items[0] if len(items) == 1 else None}


def _url(endpoint: str, slug: str, **more: Any) -> str:
    """Of a page of the queue, where the chosen kind stays chosen."""
    return url_for(f"moderation.{endpoint}", slug=slug, soort=request.args.get("soort") or None, **more)


@access(Access.STAFF)
def queue(slug: str) -> ResponseReturnValue:
    """Everything that waits in this region and below, oldest first."""
    region, at = _region(slug), now()
    items = queries.queue(actor(), sorted(scope_ids(region.id)))
    kinds = Counter(item.case.kind for item in items)
    kind = request.args.get("soort", "")
    chosen = kind if kind in kinds else ""  # of what is done, nothing is left to choose
    shown = [i for i in items if not chosen or i.case.kind == chosen]
    rows = [wording.row(i, url_for("moderation.case", slug=slug, case_id=i.case.id, soort=chosen or None), at) for i in shown]
    chips = [{"label": _("alles %(n)d", n=len(items)), "url": url_for("moderation.queue", slug=slug), "on": not chosen}]
    names = {"organisation": _("organisaties"), "offer": _("aanbod"), "membership": _("nieuwe mensen"), "flag": _("meldingen")}
    chips += [
        {"label": f"{names[kind]} {n}", "url": url_for("moderation.queue", slug=slug, soort=kind), "on": chosen == kind}
        for kind, n in sorted(kinds.items())
    ]
    oldest = max((rules.waiting_days(i.case.opened_at, at) for i in items), default=0)
    return render_template(
        "moderation/queue.html", region=region, rows=rows, chips=chips, total=len(items), oldest=oldest, just=_just(),
        here=_url("queue", slug),
    )  # fmt: skip


def _show(region: Region, item: queries.QueueItem, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    waits = item.case.open_key is not None
    detail = details(actor(), item)
    possible = [d for d in rules.decisions(item.case.kind, item.case.reason) if d != "approve" or not detail.get("company_first")]
    return render_template(
        "moderation/case.html", region=region, item=item, form=form, waits=waits, row=wording.row(item, "", now()),
        detail=detail, decisions=[(d, wording.decision_label(d)) for d in possible],
        decided=wording.decided_label(item.case.decision), just=_just() if status == 200 else None,
        list_url=_url("queue", region.slug),
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
    item = _case(region, case_id)
    name = wording.title(item)
    if form.validate():
        try:
            with transaction():
                label = _carry_out(case_id, form)
            if form.decision.data == "take_down":
                flash(_("“%(name)s” is %(what)s.", name=name, what=label), "ok")
                return redirect(_url("queue", slug))
            return _onward(region, item, [case_id])
        except RuleBroken as error:
            if error.code in ("case.decided", "case.changed"):
                flash(error.sentence, "warning")
                if error.code == "case.changed":
                    return redirect(_url("case", slug, case_id=case_id))
                return redirect(_url("queue", slug))
            form.take(error)
    return _show(region, _case(region, case_id), form, 422)


def _onward(region: Region, item: queries.QueueItem, done: list[int]) -> ResponseReturnValue:
    """Back to the list for who came from there, else to the next case; after the last the list says that all is done."""
    net = "-".join(map(str, done)) or None
    following = None
    if request.form.get("back") != "lijst":
        following = queries.next_open(actor(), sorted(scope_ids(region.id)), item.case, request.args.get("soort", ""))
    if following is None:
        return redirect(_url("queue", region.slug, net=net))
    return redirect(_url("case", region.slug, case_id=following, net=net))


@access(Access.STAFF)
def decide_several(slug: str) -> ResponseReturnValue:
    """Approve what was ticked, or take approvals of a moment ago back: each for itself, so that one refusal stops no other."""
    region = _region(slug)
    undo = request.form.get("decision") == "undo"
    items = [(_case(region, ident), seen) for ident, seen in chosen(request.form.getlist("zaak")[:MOST_AT_ONCE])]
    if not items:
        flash(_("Kies eerst wat je wilt goedkeuren."), "warning")
    items.sort(key=lambda pair: pair[0].case.kind != "organisation")  # an offer is approved after its company
    done = []
    for item, seen in items:
        try:
            with transaction():
                done.append(_undo(item.case.id) if undo else service.decide(actor(), item.case.id, "approve", seen=seen).id)
        except RuleBroken as error:
            flash(f"{wording.title(item)}: {error.sentence}", "warning")
    if undo and done:
        said = ngettext(
            "Ongedaan gemaakt: het wacht weer op je oordeel.", "Ongedaan gemaakt: %(num)d wachten weer op je oordeel.", len(done)
        )
        flash(said, "ok")
        if len(items) == 1:
            return redirect(_url("case", slug, case_id=done[0]))
    return redirect(_url("queue", slug, net=None if undo else "-".join(map(str, done)) or None))


def _undo(case_id: int) -> int:
    return service.undo(actor(), case_id).id


def _carry_out(case_id: int, form: DecisionForm) -> str:
    """Inside a transaction; what happened, in words."""
    decision, note = form.decision.data or "", form.note.data or ""
    if decision == "take_down":
        service.take_down(actor(), case_id, note)
        return _("van de site gehaald en teruggestuurd")
    done = service.decide(
        actor(), case_id, decision, note, email=form.email.data or "", take_down=bool(form.take_down.data),
        seen=number(form.seen),
    )  # fmt: skip
    return wording.decided_label(done.decision)


@access(Access.STAFF)
def decided(slug: str) -> ResponseReturnValue:
    """What was decided in this region, newest first."""
    region = _region(slug)
    found: list[Any] = queries.decided(actor(), sorted(scope_ids(region.id)))
    rows = [(item, wording.row(item, url_for("moderation.case", slug=slug, case_id=item.case.id), now()), who) for item, who in found]
    return render_template("moderation/decided.html", region=region, rows=rows, label=wording.decided_label)
