"""The first message: a school asks, or a company puts itself forward."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.conversations import openings, rules, service, wording
from techfinder.conversations.forms import MessageForm
from techfinder.conversations.views.blueprint import bp
from techfinder.conversations.views.pages import number
from techfinder.core.clock import now
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor
from techfinder.offers.queries import cards


@bp.get("/berichten/nieuw")
@access(Access.SIGNED_IN)
def new() -> ResponseReturnValue:
    """The first message, with what it is about and a text to start from. `?offer=` and/or `?request=`.

    With only one of them the other is chosen first; when these two talk about it already, it leads to that conversation.
    `?net=1`: the request was sent a moment ago, and with it, where that could be, the question.
    """
    opening = _opening()
    form = MessageForm(formdata=None)
    form.renew()
    if opening.offer is not None and opening.request is not None:
        known = openings.existing(actor(), opening.offer.id, opening.request.id)
        if known is not None:
            ident, held = known
            if number("net"):
                _say(held)
            return redirect(url_for("conversations.show", conversation_id=ident))
        if number("net"):
            flash(_("Je aanvraag staat erop."), "ok")
        seat = actor().seat("organisation", opening.speaks_for)
        form.body.data = wording.first_words(
            opening.side, actor().name, seat.name if seat else "", opening.request, opening.offer
        )
    return _page(opening, form)


@bp.post("/berichten/nieuw")
@access(Access.SIGNED_IN)
def start() -> ResponseReturnValue:
    """Send it. The same form sent twice, or a conversation that exists already, leads to that one conversation."""
    opening = _opening()
    form = MessageForm()
    if opening.offer is not None and opening.request is not None and form.validate():
        asked = service.Asked(opening.speaks_for, opening.offer.id, opening.request.id)
        try:
            with transaction():
                conversation = service.start(actor(), asked, form.body.data or "", form.sent_key())
                ident, held = conversation.id, conversation.asked_at is None
            _say(held)
            return redirect(url_for("conversations.show", conversation_id=ident))
        except RuleBroken as error:
            form.take(error)
            opening = _opening()
    return _page(opening, form, 422)


def _say(held: bool) -> None:
    if held:
        flash(_("Bewaard. Je vraag gaat uit zodra de coördinator heeft gezien dat je bij deze school werkt."), "info")
    else:
        flash(_("Je bericht is verstuurd. Je krijgt een mail zodra er antwoord is."), "ok")


def _opening() -> openings.Opening:
    return openings.opening(actor(), number("offer") or None, number("request") or None, now())


def _page(opening: openings.Opening, form: MessageForm, status: int = 200) -> ResponseReturnValue:
    shown = cards(actor(), [opening.offer.id]) if opening.offer else []
    return render_template(
        "conversations/new.html", o=opening, form=form, card=shown[0] if shown else None,
        school_asks=opening.side == rules.SCHOOL, facts_of=wording.short_facts,
    ), status  # fmt: skip
