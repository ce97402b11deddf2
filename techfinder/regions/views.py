"""HTTP for regions and networks, and nothing else: an administrator edits them."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken, Stale
from techfinder.core.permissions import Access, access, require_visible
from techfinder.core.web import actor
from techfinder.regions import queries, service
from techfinder.regions.forms import NetworkForm, RegionForm
from techfinder.regions.models import Network, NetworkArea, Region, RegionArea

bp = Blueprint("regions", __name__)


@bp.get("/beheer/regios")
@access(Access.ADMINISTRATOR)
def admin() -> ResponseReturnValue:
    """The tree of regions and the networks, with how large their areas are."""
    sizes = dict(db.session.execute(select(RegionArea.region_id, func.count()).group_by(RegionArea.region_id)).tuples().all())
    networks = db.session.scalars(select(Network).order_by(Network.name)).all()
    return render_template("regions/admin.html", regions=queries.tree(), sizes=sizes, networks=networks)


@bp.route("/beheer/regios/nieuw", methods=["GET", "POST"], endpoint="new_region")
@bp.route("/beheer/regios/<int:region_id>", methods=["GET", "POST"])
@access(Access.ADMINISTRATOR)
def region(region_id: int | None = None) -> ResponseReturnValue:
    """Create or change a region."""
    row = require_visible(db.session.get(Region, region_id)) if region_id else None
    form = RegionForm(obj=row)
    others = [r for r in queries.tree() if row is None or not r.path.startswith(row.path)]
    form.parent_id.choices = [(0, _("niets: dit is het land")), *((r.id, r.name) for r in others)]
    if request.method == "GET":
        area = db.session.scalars(select(RegionArea).where(RegionArea.region_id == (region_id or 0)))
        form.area.fill([(a.kind, a.value) for a in area])
        form.parent_id.data = row.parent_id or 0 if row else (others[0].id if others else 0)
        form.kind.data = row.kind if row else "region"
    save = partial(service.save_region, actor(), region_id, parent_id=form.parent_id.data or None)
    return _edit(form, row, save, _("De regio is bewaard. Organisaties verhuizen vanzelf mee."), _("Nieuwe regio"))


@bp.route("/beheer/netwerken/nieuw", methods=["GET", "POST"], endpoint="new_network")
@bp.route("/beheer/netwerken/<int:network_id>", methods=["GET", "POST"])
@access(Access.ADMINISTRATOR)
def network(network_id: int | None = None) -> ResponseReturnValue:
    """Create or change a network."""
    row = require_visible(db.session.get(Network, network_id)) if network_id else None
    form = NetworkForm(obj=row)
    if request.method == "GET":
        area = db.session.scalars(select(NetworkArea).where(NetworkArea.network_id == (network_id or 0))).all()
        form.area.fill([(a.kind, a.value) for a in area])
        form.sectors.data = sorted({s for a in area for s in a.sectors})
    save = partial(
        service.save_network, actor(), network_id, ended_on=form.ended_on.data, sectors=form.sectors.data or []
    )
    return _edit(form, row, save, _("Het netwerk is bewaard."), _("Nieuw netwerk"))


def _edit(
    form: RegionForm | NetworkForm, row: Region | Network | None, save: Callable[..., object], saved: str, new_title: str
) -> ResponseReturnValue:
    """Save what was typed and say so; else the form, with what stands in the way. `save` takes what both kinds have."""
    if request.method == "GET":
        form.version.data = str(row.version) if row else ""
    elif form.validate():
        try:
            with transaction():
                save(
                    name=form.name.data or "", slug=form.slug.data or "", kind=form.kind.data, area=form.area.lines(),
                    version=_version(form.version.data),
                )
            flash(saved, "ok")
            return redirect(url_for("regions.admin"))
        except RuleBroken as error:
            form.take(error)
        except Stale:
            _say_stale(form, row)
    page = render_template("regions/form.html", form=form, row=row, title=row.name if row else new_title)
    return page, 422 if request.method == "POST" else 200


def _version(raw: object) -> int | None:
    """The version as posted, or the row's own when the form was posted without one."""
    text = str(raw)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _say_stale(form: RegionForm | NetworkForm, row: Region | Network | None) -> None:
    """Keep what was typed, say that the stored text is another, and let a second save win knowingly."""
    if row is not None:
        db.session.refresh(row)
        form.version.data = str(row.version)
    sentence = _("Iemand anders bewaarde dit net ook. Kijk of jouw tekst nog klopt en bewaar dan nog eens.")
    form.form_errors = [*form.form_errors, sentence]
