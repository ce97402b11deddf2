"""The pages around the form: the form itself, both texts after somebody else saved, and what is said without a company."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from techfinder.core.clock import today
from techfinder.core.db import new_key
from techfinder.core.errors import RuleBroken
from techfinder.core.web import actor
from techfinder.offers import queries, rules, wording
from techfinder.offers.compare import differences
from techfinder.offers.forms import MAX_POINTS, OfferForm, values_of
from techfinder.offers.models import Offer
from techfinder.reference import levels
from techfinder.reference.kinds import KINDS
from techfinder.reference.themes import derive

NOT_SENT_AGAIN = {"csrf_token", "version", "key", "doe"}


def no_company_page() -> ResponseReturnValue:
    """For somebody who belongs to no company."""
    return render_template("offers/no_company.html")


def form_page(
    form: OfferForm, offer: Offer | None, *, new_row: bool = False, errors: bool = False, gaps: bool = False
) -> ResponseReturnValue:
    """The form. A public offer is shown through its working copy, or before that by itself."""
    companies = queries.companies(actor())
    form.organisation_id.choices = [(str(c.id), c.name) for c in companies]
    ident = offer.id if offer else None
    page = render_template(
        "offers/form.html", form=form, offer=offer, companies=companies, new_row=new_row, gaps=gaps, max_points=MAX_POINTS,
        action=url_for("offers.save", offer_id=ident) if ident else url_for("offers.create"),
        autosave=url_for("offers.autosave", offer_id=ident) if ident else url_for("offers.autosave_new"),
        reaches={k.code.value: k.reach for k in KINDS}, more_kinds=[k.code.value for k in KINDS if k.more],
        kind_hints={k.code.value: k.description(wording.locale()) for k in KINDS},
        visits=[k.code.value for k in KINDS if rules.is_visit(k.code.value)],
        placeless=rules.PLACELESS, come=[k.code.value for k in KINDS if k.reach == "company"],
        level_parts=level_parts(form.levels.data or []),
        theme_parts=theme_parts(form), file=queries.stored_file(offer), live=bool(offer and _is_live(offer)),
    )  # fmt: skip
    return page, 422 if errors else 200


def _is_live(offer: Offer) -> bool:
    """Whether a public version stays up while this is edited."""
    return offer.replaces_id is not None or offer.state in (rules.PUBLISHED, rules.PAUSED)


def level_parts(chosen: list[str]) -> list[dict[str, Any]]:
    """The checkboxes for levels: per sector the whole stages first, and single years behind "Kies per jaar".

    A stage that is chosen whole has no chosen years below it, so that unticking it is enough.
    """
    mask = levels.mask(chosen)
    whole = [g for g in levels.LEVEL_GROUPS if mask & g.mask == g.mask]
    rest = mask & ~sum(g.mask for g in whole)
    parts = []
    for code in ("po", "vo", "so", "mbo"):
        own = [one for one in levels.LEVELS if one.sector == code]
        sector = sum(one.mask for one in own)
        tracks = [(t.label(wording.locale()), [one for one in own if one.track == t.code and one.year]) for t in levels.TRACKS]
        parts.append({
            "code": code, "label": next(s for s in levels.SECTORS if s.code == code).label(wording.locale()),
            "stages": [(g.code, g.label(wording.locale()), g in whole) for g in levels.LEVEL_GROUPS if g.mask & sector],
            "tracks": [
                (name, [(o.code, o.label(wording.locale()), bool(rest & o.mask)) for o in years]) for name, years in tracks if years
            ],
            "open": bool(rest & sector),
        })  # fmt: skip
    return parts


def theme_parts(form: OfferForm) -> tuple[list[tuple[str, str, bool]], list[tuple[str, str, bool]]]:
    """(chosen and proposed themes, the others), each as (code, label, whether it is chosen)."""
    chosen = form.themes.data or []
    text = " ".join(f.data or "" for f in (form.title, form.summary, form.activity))
    first = dict.fromkeys([*chosen, *derive(text, most=4)])
    labels = dict(queries.theme_choices())
    rest = [code for code in labels if code not in first]
    return (
        [(c, labels[c], c in chosen) for c in first if c in labels],
        [(c, labels[c], False) for c in rest],
    )


def gap_errors(form: OfferForm, offer: Offer) -> None:
    """What is missing before it can go out, beside the fields."""
    for gap in rules.gaps(offer, today()):
        sentence = RuleBroken(gap.code).sentence
        if gap.code == "offer.missing.radius":
            for entry in form.points.entries:
                if entry.form.where.data and entry.form.radius_km.data is None:
                    form.mark(entry.form.radius_km, sentence)
        else:
            form.mark(form.points.entries[0].form.where if gap.field == "points" else form[gap.field], sentence)


def stale_page(form: OfferForm, offer_id: int | None) -> ResponseReturnValue:
    """Somebody else saved another text: both are shown, and one of them is chosen."""
    stored = queries.text_that_stands(actor(), offer_id, form.key.data)
    theirs = OfferForm(formdata=None, data=values_of(stored))
    typed = [(k, v) for k, v in request.form.items(multi=True) if k not in NOT_SENT_AGAIN]
    page = render_template(
        "offers/stale.html", offer=stored, changes=differences(theirs, form), typed=typed, version=stored.version, key=new_key(),
    )  # fmt: skip
    return page, 409


