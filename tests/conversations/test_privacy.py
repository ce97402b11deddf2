"""Everyone can take out and erase what is theirs; the other side keeps what was said, without the name."""

from techfinder.accounts import privacy as accounts
from techfinder.accounts.models import User
from techfinder.conversations import privacy, queries
from techfinder.core.db import db, transaction
from tests import factories as f
from tests.conversations.world import AT, bodies


def test_an_export_holds_the_own_messages_and_not_those_of_others(world):
    ident = world.ask(body="Van mij")
    world.reply(world.engineer, ident, "Van jou")
    found = accounts.export(world.teacher.id)["conversations"]
    assert [m["text"] for m in found["messages"]] == ["Van mij"] and len(found["takes_part_in"]) == 1


def test_after_erasing_the_text_stays_and_the_name_goes(world):
    ident = world.ask(body="Van mij")
    with transaction():
        accounts.erase(db.session.get(User, world.teacher.id), AT)
    rows = queries.messages(f.actor_of(world.engineer), ident)
    assert [(m.body, name, organisation) for m, name, organisation in rows] == [("Van mij", "", "De Kleine Beer")]
    assert world.teacher.id not in [w.user_id for w in queries.participants(ident)]
    assert privacy.export(world.teacher.id) == {"messages": [], "takes_part_in": []}


def test_what_still_waited_is_erased_and_never_sent(world):
    world.request = f.support_request(world.school, world.newcomer)
    ident = world.ask(world.newcomer, body="Nog niet weg")
    with transaction():
        accounts.erase(db.session.get(User, world.newcomer.id), AT)
    assert bodies(world.teacher, ident) == []
