"""Doing: answering, "even niet", reading, joining, muting, closing. Each is one POST that leads back to the conversation."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from techfinder.conversations import pages, queries, service
from techfinder.conversations.forms import DeclineForm, MessageForm
from techfinder.conversations.views.blueprint import bp
from techfinder.conversations.views.pages import conversation_page, number
from techfinder.core.db import transaction
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor


def _back(conversation_id: int, anchor: str = "gesprek") -> ResponseReturnValue:
    return redirect(url_for("conversations.show", conversation_id=conversation_id, _anchor=anchor))


@bp.post("/berichten/<int:conversation_id>")
@access(Access.SIGNED_IN)
def reply(conversation_id: int) -> ResponseReturnValue:
    """Send a message. What could not be taken comes back with the reason beside it."""
    form = MessageForm()
    if form.validate():
        try:
            with transaction():
                message = service.reply(actor(), conversation_id, form.body.data or "", form.sent_key())
                held, ident = message.state == "held", message.id
            if held:
                flash(_("Bewaard. Je bericht gaat uit zodra de coördinator heeft gezien dat je bij deze school werkt."), "info")
            return _back(conversation_id, f"bericht-{ident}")
        except RuleBroken as error:
            form.take(error)
    return conversation_page(pages.thread(actor(), conversation_id), form, 422)


@bp.post("/berichten/<int:conversation_id>/even-niet")
@access(Access.SIGNED_IN)
def decline(conversation_id: int) -> ResponseReturnValue:
    """ "Even niet": the button that was pressed is the reason."""
    form = DeclineForm()
    with transaction():
        service.decline(actor(), conversation_id, form.reason.data or "", form.sent_key(), text=form.text.data or "")
    flash(_("We hebben het laten weten. Bedankt voor je snelle antwoord."), "ok")
    return _back(conversation_id)


@bp.post("/berichten/<int:conversation_id>/sluiten")
@access(Access.SIGNED_IN)
def close(conversation_id: int) -> ResponseReturnValue:
    """Put the conversation away; a new message opens it again."""
    with transaction():
        service.close(actor(), conversation_id, MessageForm().sent_key())
    flash(_("Het gesprek is gesloten. Met een nieuw bericht gaat het weer open."), "ok")
    return redirect(url_for("conversations.index"))


@bp.post("/berichten/<int:conversation_id>/gelezen")
@access(Access.SIGNED_IN)
def read(conversation_id: int) -> ResponseReturnValue:
    """I have seen everything up to number `tot`. Scripts ask for it and want no page back."""
    queries.one(actor(), conversation_id)
    if queries.is_behind(actor(), conversation_id, number("tot")):
        with transaction():
            service.mark_read(actor(), conversation_id, number("tot"))
    if request.headers.get("HX-Request"):
        return "", 204
    return _back(conversation_id)


@bp.post("/berichten/<int:conversation_id>/meedoen")
@access(Access.SIGNED_IN)
def join(conversation_id: int) -> ResponseReturnValue:
    """A colleague takes part from now on."""
    with transaction():
        service.join(actor(), conversation_id)
    flash(_("Je doet mee. Je krijgt een mail als er een nieuw bericht is."), "ok")
    return _back(conversation_id)


@bp.post("/berichten/<int:conversation_id>/dempen")
@access(Access.SIGNED_IN)
def mute(conversation_id: int) -> ResponseReturnValue:
    """No more mail about this conversation, or (`aan`) mail again."""
    again = request.form.get("aan") == "1"
    with transaction():
        service.mute(actor(), conversation_id, not again)
    flash(_("Je krijgt weer mail over dit gesprek.") if again else _("Je krijgt geen mail meer over dit gesprek."), "ok")
    return _back(conversation_id)
