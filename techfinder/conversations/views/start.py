"""The first message: a school asks, or a company puts itself forward."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfinder.conversations import openings, rules, service, wording
from techfinder.conversations.about import distance
from techfinder.conversations.forms import StartForm
from techfinder.conversations.views.blueprint import bp
from techfinder.conversations.views.pages import number
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.offers.queries import cards
from techfinder.organisations.models import Organisation


@bp.get("/berichten/nieuw")
@access(Access.SIGNED_IN)
def new() -> ResponseReturnValue:
    """The first message, with what it is about and a text to start from. `?offer=` and/or `?request=`."""
    opening = _opening()
    form = _form(opening)
    form.renew()
    choice = opening.chosen
    form.choice.data = str(choice) if choice else None
    if (known := _existing(opening, choice)) is not None and number("offer") and number("request"):
        return redirect(url_for("conversations.show", conversation_id=known))
    form.body.data = _words(opening, choice)
    return _page(opening, form)


@bp.post("/berichten/nieuw")
@access(Access.SIGNED_IN)
def start() -> ResponseReturnValue:
    """Send it. The same form sent twice, or a conversation that exists already, leads to that one conversation."""
    opening = _opening()
    form = _form(opening, sent=True)
    if form.validate():
        choice = int(form.choice.data)
        offer, asked_for = opening.offer_of(choice), opening.request_of(choice)
        own_id = asked_for.organisation_id if opening.side == rules.SCHOOL and asked_for else offer.organisation_id if offer else 0
        asked = service.Asked(own_id, offer.id if offer else None, asked_for.id if asked_for else None)
        try:
            with transaction():
                conversation = service.start(actor(), asked, form.body.data or "", form.sent_key())
                ident, held = conversation.id, conversation.asked_at is None
            flash(_("Bewaard. Je vraag gaat uit zodra de coördinator heeft gezien dat je bij deze school werkt.") if held
                  else _("Je bericht is verstuurd."), "info" if held else "ok")  # fmt: skip
            return redirect(url_for("conversations.show", conversation_id=ident))
        except RuleBroken as error:
            opening = _opening()
            form.take(error)
    return _page(opening, form, 422)


def _opening() -> openings.Opening:
    return openings.opening(actor(), number("offer") or None, number("request") or None, now())


def _form(opening: openings.Opening, sent: bool = False) -> StartForm:
    form = StartForm() if sent else StartForm(formdata=None)
    form.choice.choices = [(str(c.id), c.title) for c in opening.choices]
    if opening.side == rules.COMPANY:
        form.choice.label.text = _l("Met welk aanbod stel je je voor?")
    return form


def _existing(opening: openings.Opening, choice: int | None) -> int | None:
    offer, asked_for = opening.offer_of(choice), opening.request_of(choice)
    return openings.existing(actor(), offer.id, asked_for.id) if offer and asked_for else None


def _words(opening: openings.Opening, choice: int | None) -> str:
    who = actor()
    offer, asked_for = opening.offer_of(choice), opening.request_of(choice)
    if asked_for is None:
        return ""
    if opening.side == rules.SCHOOL:
        seat = who.seat("organisation", asked_for.organisation_id)
        return wording.first_words(who.name, asked_for, seat.name if seat else "")
    seat = next((s for s in who.seats if s.kind == rules.COMPANY and (offer is None or s.scope_id == offer.organisation_id)), None)
    return wording.proposal(who.name, asked_for, offer.title if offer else "…", seat.name if seat else "")


def _page(opening: openings.Opening, form: StartForm, status: int = 200) -> ResponseReturnValue:
    choice = int(form.choice.data) if (form.choice.data or "").isdigit() else opening.chosen
    offer, asked_for = opening.offer_of(choice), opening.request_of(choice)
    school = db.session.get(Organisation, asked_for.organisation_id) if asked_for else None
    card = (cards(actor(), [offer.id]) or [None])[0] if offer else None
    return render_template(
        "conversations/new.html", o=opening, form=form, card=card, asked=asked_for, missing=opening.missing(choice),
        facts=wording.request_facts(asked_for) if asked_for else [], place=asked_for.place if asked_for else "",
        km=distance(offer, asked_for, school) if asked_for else None, school=school, only=len(opening.choices) == 1,
    ), status  # fmt: skip
