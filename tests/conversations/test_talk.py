"""Asking, answering, "even niet", closing: the states, and nothing twice."""

from datetime import timedelta

import pytest

from techfinder.conversations import queries, rules, service
from techfinder.core.db import transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken
from tests import factories as f
from tests.conversations.world import AT, bodies, conversation, count_messages, mails


def test_an_answer_ends_the_waiting(world):
    ident = world.ask()
    assert conversation(ident).state == "waiting" and conversation(ident).due_at > AT
    world.reply(world.engineer, ident, at=AT + timedelta(days=1))
    row = conversation(ident)
    assert (row.state, row.due_at, row.first_reply_at) == ("open", None, AT + timedelta(days=1))


def test_a_form_that_is_sent_twice_sends_one_message(world):
    ident = world.ask()
    assert world.ask() == ident
    assert world.reply(world.engineer, ident) == world.reply(world.engineer, ident)
    assert bodies(world.teacher, ident) == ["Komen jullie langs?", "Ja, graag!"]
    assert len(mails()) == 2


def test_asking_again_about_the_same_writes_into_the_same_conversation(world):
    ident = world.ask()
    assert world.ask(key="k2", body="Lukt het al?") == ident
    assert conversation(ident).state == "waiting" and count_messages() == 2


def test_a_company_that_puts_itself_forward_for_what_it_was_asked_has_answered(world):
    ident = world.ask()
    assert world.propose() == ident
    assert conversation(ident).state == "open"


def test_even_niet_is_one_step_and_a_second_press_changes_nothing(world):
    ident = world.ask()
    world.decline(world.engineer, ident)
    world.decline(world.engineer, ident)
    assert conversation(ident).state == "declined" and count_messages() == 2
    assert len(mails("conversations/declined")) == 1


def test_after_even_niet_a_message_opens_the_conversation_again(world):
    ident = world.ask()
    world.decline(world.engineer, ident)
    world.reply(world.teacher, ident, "En in mei?")
    assert conversation(ident).state == "open"


def test_a_question_that_was_closed_and_is_asked_again_waits_again(world):
    ident = world.ask()
    with transaction():
        service.close(f.actor_of(world.teacher), ident, "c1", at=AT)
    assert conversation(ident).state == "closed"
    world.reply(world.teacher, ident, "Toch graag!")
    assert conversation(ident).state == "waiting" and conversation(ident).due_at is not None


@pytest.mark.parametrize(("body", "code"), [("  \n ", "conversation.empty"), ("x" * 5001, "conversation.long")])
def test_a_message_has_text_and_is_not_a_book(world, body, code):
    with pytest.raises(RuleBroken, match=code):
        world.ask(body=body)


def test_a_vague_request_reaches_nobody(world):
    vague = f.support_request(world.school, world.teacher, pupils=None)
    with pytest.raises(RuleBroken, match="incomplete"):
        world.ask(request=vague)


def test_an_offer_that_went_offline_cannot_be_asked_for(world):
    gone = f.offer(world.company, state="paused")
    with pytest.raises(RuleBroken, match="offer_gone"):
        world.ask(offer=gone)


def test_an_offer_without_places_this_year_cannot_be_asked_for(world):
    with pytest.raises(RuleBroken, match="offer_full"):
        world.ask(offer=f.offer(world.company, places_per_year=4, places_left=0))


def test_nobody_asks_with_the_request_of_another_school(world):
    with pytest.raises(NotVisible):
        world.ask(world.teacher, request=world.other_request())


def test_a_company_member_for_whom_nobody_vouched_cannot_put_the_company_forward(world):
    stranger = f.member(world.company, role="member", verified=False)
    with pytest.raises(NotAllowed):
        world.propose(stranger)


def test_a_new_organisation_begins_few_conversations_on_a_day(world):
    school = f.school(created_at=AT - timedelta(days=1))
    teacher = f.member(school)
    limit = rules.FIRST_MESSAGES_A_DAY["new"]
    for n in range(limit + 1):
        company = f.company()
        offer, request = f.offer(company), f.support_request(school, teacher)
        if n == limit:
            with pytest.raises(RuleBroken, match="limit"):
                world.ask(teacher, offer=offer, request=request)
            world.ask(teacher, offer=offer, request=request, at=AT + timedelta(days=1))
        else:
            world.ask(teacher, offer=offer, request=request)


def test_reading_is_counted_for_each_person_and_never_backwards(world):
    ident = world.ask()
    first = world.reply(world.engineer, ident)
    second = world.reply(world.engineer, ident, "Nog iets.", "r2")
    me = f.actor_of(world.teacher)
    assert queries.unread_count(me) == 2 and queries.unread_count(f.actor_of(world.engineer)) == 0
    for number, left in ((first, 1), (second, 0), (first, 0)):
        with transaction():
            service.mark_read(me, ident, number)
        assert queries.unread_count(me) == left
    with transaction():
        service.mark_read(me, ident, second + 1000)
    world.reply(world.engineer, ident, "En nog iets.", "r3")
    assert queries.unread_count(me) == 1
