"""A company's own offers, and what can be done with each."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from techfinder.core.db import transaction
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.offers import queries, service, wording
from techfinder.offers.views.blueprint import bp

ACTIONS = {
    "pauzeer": (service.pause, _l("Je aanbod staat op pauze. Scholen vinden het niet, lopende gesprekken gaan door.")),
    "hervat": (service.resume, _l("Je aanbod staat weer online.")),
    "archiveer": (service.archive, _l("Je aanbod staat in het archief.")),
    "zet-terug": (service.restore, _l("Je aanbod is weer een concept. Kijk het na en verstuur het.")),
    "klopt-nog": (service.confirm, _l("Dank je. Scholen zien dat je het vandaag hebt nagekeken.")),
    "trek-in": (service.withdraw, _l("De coördinator kijkt er nu niet meer naar. Verander het en verstuur het opnieuw.")),
}
TO_FORM = ("zet-terug", "trek-in")


@bp.get("/mijn-aanbod")
@access(Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """All offers of the actor's companies, grouped by company and state."""
    companies = queries.companies(actor())
    offers = queries.mine(actor())
    groups = [(company, _by_state([m for m in offers if m.company.id == company.id])) for company in companies]
    return render_template("offers/mine.html", groups=groups, full=wording.full_for_us)


GROUPS = (
    (_l("Terug van de coördinator"), ("returned",)), (_l("Concepten"), ("draft",)),
    (_l("Wacht op de coördinator"), ("submitted",)), (_l("Online"), ("published",)), (_l("Op pauze"), ("paused",)),
    (_l("Niet geplaatst"), ("rejected",)), (_l("Archief"), ("archived",)),
)  # fmt: skip


def _by_state(offers: list[queries.Mine]) -> list[tuple[str, list[queries.Mine]]]:
    """What asks for attention comes first; empty groups are left out."""
    found = ((str(title), [m for m in offers if m.offer.state in states]) for title, states in GROUPS)
    return [(title, group) for title, group in found if group]


@bp.post("/aanbod/<int:offer_id>/<any('pauzeer','hervat','archiveer','zet-terug','klopt-nog','trek-in'):action>")
@access(Access.SIGNED_IN)
def act(offer_id: int, action: str) -> ResponseReturnValue:
    """One step between states."""
    step, said = ACTIONS[action]
    with transaction():
        step(actor(), offer_id)
    flash(str(said), "ok")
    return redirect(url_for("offers.edit", offer_id=offer_id) if action in TO_FORM else url_for("offers.mine"))


@bp.post("/aanbod/<int:offer_id>/kopieer")
@access(Access.SIGNED_IN)
def copy(offer_id: int) -> ResponseReturnValue:
    """A new draft with the same text."""
    with transaction():
        ident = service.copy(actor(), offer_id).id
    flash(str(_l("Dit is een kopie. Verander wat anders is.")), "ok")
    return redirect(url_for("offers.edit", offer_id=ident))


@bp.post("/aanbod/<int:offer_id>/verwijder")
@access(Access.SIGNED_IN)
def delete(offer_id: int) -> ResponseReturnValue:
    """Throw a draft or a working copy away."""
    with transaction():
        service.delete_draft(actor(), offer_id)
    flash(str(_l("Weggegooid. Wat online staat, is niet veranderd.")), "ok")
    return redirect(url_for("offers.mine"))
