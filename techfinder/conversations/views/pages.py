"""Reading: the inbox, one conversation, and what is new in it.

A GET changes nothing, so reading is told by a POST: with scripts the page sends it as soon as it is in view, and again
with every new message; without scripts a conversation counts as read with the next thing one does in it, or with the
button "Markeer als gelezen" that only then is there.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from techfinder.conversations import pages, queries, wording
from techfinder.conversations.forms import DeclineForm, MessageForm
from techfinder.conversations.policy import side_of
from techfinder.conversations.views.blueprint import bp
from techfinder.core.paging import page_number
from techfinder.core.permissions import Access, access
from techfinder.core.web import actor

MAX_ID = 2**63 - 1


@bp.get("/berichten")
@access(Access.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The conversations of my organisations, newest first."""
    page = queries.list_for(actor(), page_number(request.args.get("pagina")))
    return render_template("conversations/index.html", page=page, items=pages.inbox_items(page.items))


@bp.get("/berichten/<int:conversation_id>")
@access(Access.SIGNED_IN)
def show(conversation_id: int) -> ResponseReturnValue:
    """The conversation, what it is about, who takes part, and where to write; `?tekst=` fills in a quick reply."""
    form = MessageForm(formdata=None)
    form.renew()
    thread = pages.thread(actor(), conversation_id)
    chosen = next((text for code, _label, text in thread.quick if code == request.args.get("tekst")), "")
    form.body.data = chosen
    return conversation_page(thread, form)


def conversation_page(thread: pages.Thread, form: MessageForm, status: int = 200) -> ResponseReturnValue:
    """The page itself, for reading and for a message that could not be taken."""
    decline = DeclineForm(formdata=None)
    decline.renew()
    rows = queries.inbox(actor())
    return render_template(
        "conversations/show.html", t=thread, form=form, decline=decline, items=pages.inbox_items(rows, thread.id),
        reasons=wording.reasons(),
    ), status  # fmt: skip


@bp.get("/berichten/<int:conversation_id>/nieuw")
@access(Access.SIGNED_IN)
def news(conversation_id: int) -> ResponseReturnValue:
    """The messages after number `na`, as list items, with the next question behind them; 204 when there is nothing new."""
    who = actor()
    conversation = queries.one(who, conversation_id)
    own_id = conversation.school_id if side_of(who, conversation) == "school" else conversation.company_id
    after = number("na")
    people = queries.participants(conversation.id)
    shown = pages.messages(who, conversation, own_id, people, after)
    if not shown:
        return "", 204
    takes_part = any(p.user_id == who.user_id for p in people)
    return render_template(
        "conversations/_news.html", messages=shown, conversation_id=conversation.id, last_id=shown[-1]["id"], takes_part=takes_part
    )


def number(name: str) -> int:
    """A number from the address or the form; anything odd is 0."""
    raw = request.values.get(name, "")
    return min(int(raw), MAX_ID) if raw.isascii() and raw.isdigit() and len(raw) < 20 else 0


bp.add_app_template_filter(pages.initials, "initials")
