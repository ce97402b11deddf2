"""The long form: making an offer, changing it, and saving while somebody types."""

from datetime import timedelta
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.core.clock import now
from techfinder.core.db import new_key, transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken, Stale
from techfinder.core.files import store_file
from techfinder.core.permissions import Access, access, require
from techfinder.core.throttle import count_attempt
from techfinder.core.web import actor
from techfinder.offers import queries, rules, service
from techfinder.offers.forms import OfferForm, values_of
from techfinder.offers.models import Offer
from techfinder.offers.policy import can_edit
from techfinder.offers.views.blueprint import bp
from techfinder.offers.views.pages import form_page, no_company_page, stale_page
from techfinder.reference.themes import derive

FILES_A_DAY = 60  # by one person; each is up to 10 MB


@bp.get("/aanbod/nieuw")
@access(Access.SIGNED_IN)
def new() -> ResponseReturnValue:
    """An empty form; the draft is made on its first save."""
    companies = queries.companies(actor())
    if not companies:
        return no_company_page()
    chosen = request.args.get("bedrijf", type=int)
    first = next((c for c in companies if c.id == chosen), companies[0])
    form = OfferForm(formdata=None, data={
        "key": new_key(), "organisation_id": str(first.id), "contact_name": actor().name, "contact_email": actor().email,
    })  # fmt: skip
    return form_page(form, None)


@bp.post("/aanbod/nieuw")
@access(Access.SIGNED_IN)
def create() -> ResponseReturnValue:
    """The first full save of a new offer."""
    return _saved(None)


@bp.get("/aanbod/<int:offer_id>/bewerk")
@access(Access.SIGNED_IN)
def edit(offer_id: int) -> ResponseReturnValue:
    """The form over a draft, or over a public offer: its working copy is made on the first save."""
    offer, _company = queries.row(actor(), offer_id)
    require(can_edit(actor(), offer))
    if offer.state in (rules.PUBLISHED, rules.PAUSED) and offer.replaces_id is None:
        copy = queries.working_copy(offer_id)
        if copy is not None:
            return redirect(url_for("offers.edit" if copy.state in rules.EDITABLE else "offers.show", offer_id=copy.id))
    elif offer.state not in rules.EDITABLE:
        return redirect(url_for("offers.show", offer_id=offer_id))
    return form_page(OfferForm(formdata=None, data={**values_of(offer), "key": new_key()}), offer)


@bp.post("/aanbod/<int:offer_id>/bewerk")
@access(Access.SIGNED_IN)
def save(offer_id: int) -> ResponseReturnValue:
    """A full save, or a row more or less."""
    return _saved(offer_id)


@bp.post("/aanbod/nieuw/bewaar", endpoint="autosave_new")
@bp.post("/aanbod/<int:offer_id>/bewaar")
@access(Access.SIGNED_IN)
def autosave(offer_id: int | None = None) -> ResponseReturnValue:
    """Keep what can be kept of a half-filled form, and say where it is kept from now on."""
    form = OfferForm(request.form)
    form.validate()
    try:
        offer = _store(offer_id, form, typing=True)
    except Stale:
        return jsonify({"title": "stale"}), 409
    return jsonify(
        {
            "autosave_url": url_for("offers.autosave", offer_id=offer.id), "url": url_for("offers.save", offer_id=offer.id),
            "page": url_for("offers.edit", offer_id=offer.id), "fields": {"version": str(offer.version)},
        }
    )  # fmt: skip


def _store(offer_id: int | None, form: OfferForm, *, typing: bool) -> Offer:
    """Write the form to where it belongs, with its file. Raises `Stale` and `RuleBroken`."""
    typed = form.organisation_id.data or ""
    company = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else None
    content = form.content()
    with transaction():
        content |= _file(form, lenient=typing)
        return service.save_form(
            actor(), offer_id, company, content, form.point_inputs(), version=form.typed_version,
            key=(form.key.data or new_key())[:32], typing=typing,
        )  # fmt: skip


def _file(form: OfferForm, lenient: bool) -> dict[str, Any]:
    """The material's file: a new one, none any more, or nothing said."""
    given = request.files.get("material_file")
    if given is not None and given.filename:
        try:
            if count_attempt("upload", str(actor().user_id), timedelta(days=1), now()) > FILES_A_DAY:
                raise RuleBroken("file.too_often", "material_file")
            return {"material_file_id": store_file(given.stream, given.filename, "material_file").id}  # type: ignore[arg-type]
        except RuleBroken:
            if not lenient:
                raise
    return {"material_file_id": None} if form.material_drop.data else {}


def _saved(offer_id: int | None) -> ResponseReturnValue:
    """Save, and go on: to the preview, to the list, or back to the form with its rows or its problems."""
    form = OfferForm(request.form)
    wish = request.form.get("doe", "bekijk")
    valid = form.validate()
    rows = wish == "erbij" or wish.startswith("weg-")
    for error in [] if rows else service.unknown_places(form.point_inputs()):
        form.take(error)
        valid = False
    if wish == "bekijk" and valid and not form.themes.data:
        form.themes.data = list(derive(" ".join(f.data or "" for f in (form.title, form.summary, form.activity)), most=4))
    try:
        if valid and not rows:
            try:
                return _go_on(_store(offer_id, form, typing=False), wish)
            except RuleBroken as error:
                form.take(error)
                if error.field is None:  # such as: sent from another window; what was typed stays
                    return form_page(form, queries.row(actor(), offer_id)[0] if offer_id else None, errors=True)
        offer = _store(offer_id, form, typing=True)
    except Stale:
        return stale_page(form, offer_id)
    except NotAllowed:
        if offer_id is None:  # a company that the browser named: as if it did not exist
            raise NotVisible() from None
        raise
    if rows:
        _change_rows(form, wish)
    form.version.data = str(offer.version)
    return form_page(form, offer, new_row=wish == "erbij", errors=not rows)


def _go_on(offer: Offer, wish: str) -> ResponseReturnValue:
    if wish == "stop":
        flash(_("Je concept is bewaard. Je vindt het hieronder terug."), "ok")
        return redirect(url_for("offers.mine"))
    return redirect(url_for("offers.preview", offer_id=offer.id))


def _change_rows(form: OfferForm, wish: str) -> None:
    """One starting point more or less; the last row stays."""
    if wish == "erbij" and len(form.points.entries) < 6:
        form.points.append_entry({})
        return
    keep = [e.form.data for n, e in enumerate(form.points.entries) if wish != f"weg-{n}"] or [{}]
    while form.points.entries:
        form.points.pop_entry()
    form.points.last_index = -1
    for data in keep:
        form.points.append_entry(data)
