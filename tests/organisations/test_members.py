"""Collega's: inviting, vouching, roles, leaving, and what of it is kept about a person."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from techfinder.accounts.models import User
from techfinder.accounts.tokens import TokenRefused
from techfinder.core import events
from techfinder.core.clock import now
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken
from techfinder.organisations import privacy, service
from techfinder.organisations.events import MemberRefused, MemberVerified
from techfinder.organisations.models import Invitation, Membership, Organisation
from techfinder.organisations.queries import seats_for
from techfinder.organisations.views import members as views
from tests import factories
from tests.accounts.mails import link_in, mails

pytestmark = pytest.mark.usefixtures("app")
NEW = "nieuw@school.example"


@pytest.fixture
def heard(monkeypatch):
    """The events that were emitted."""
    seen = []
    for kind in (MemberVerified, MemberRefused):
        monkeypatch.setitem(events._handlers, kind, [seen.append])
    return seen


@pytest.fixture
def school():
    return factories.school()


@pytest.fixture
def owner(school):
    return factories.member(school, name="Olga Owens")


def place_of(person):
    db.session.expire_all()
    return db.session.scalars(select(Membership).where(Membership.user_id == person.id)).one_or_none()


def collegas(school):
    return f"/organisaties/{school.id}/collegas"


def test_an_invited_colleague_is_in_with_one_click_and_vouched_for(client, school, owner, heard):
    factories.sign_in(client, owner)
    assert client.post(collegas(school), data={"email": "Nieuw@School.example", "role": "member"}).status_code == 302
    assert NEW in client.get(collegas(school)).text
    mail = mails(NEW)[-1]
    assert "Olga Owens" in mail["subject"]
    other = client.application.test_client()
    assert school.name in other.get(link_in(mail)).text and db.session.scalar(select(User.id).where(User.email == NEW)) is None
    assert other.post(link_in(mail), data={"name": ""}).status_code == 422
    assert other.post(link_in(mail), data={"name": "Nina Nieuw"}).status_code == 302
    person = db.session.scalars(select(User).where(User.email == NEW)).one()
    member = place_of(person)
    assert (member.verified_by, member.role, person.name) == ("colleague", "member", "Nina Nieuw")
    assert heard == [MemberVerified(member.id)] and db.session.scalars(select(Invitation)).all() == []
    assert other.post(link_in(mail), data={"name": "x"}).status_code == 410
    text = other.get(collegas(school)).text
    assert "Nina Nieuw" in text and "Maak beheerder" not in text and "beheerder" in text


def test_an_invitation_ends_when_it_is_withdrawn_or_fourteen_days_old(client, school, owner):
    actor = factories.actor_of(owner)
    with transaction():
        first = service.invite(actor, school.id, NEW).id
    link = link_in(mails(NEW)[-1])
    raw = link.rsplit("/", 1)[1]
    with transaction(), pytest.raises(TokenRefused):
        service.accept_invitation(raw, "Nina", at=now() + timedelta(days=14, minutes=1))
    factories.sign_in(client, owner)
    assert client.post(f"/organisaties/uitnodigingen/{first}/intrekken").status_code == 302
    assert client.application.test_client().get(link).status_code == 410


def test_asking_again_sends_a_new_link_and_a_member_is_not_asked(school, owner):
    actor = factories.actor_of(owner)
    with transaction():
        assert service.invite(actor, school.id, NEW).id == service.invite(actor, school.id, NEW).id
    with transaction(), pytest.raises(RuleBroken, match="colleague_already"):
        service.invite(actor, school.id, owner.email)
    with transaction(), pytest.raises(RuleBroken, match="email_invalid"):
        service.invite(actor, school.id, "geen adres")


def test_members_invite_members_but_only_owners_invite_owners(school, owner):
    member = factories.actor_of(factories.member(school, role="member"))
    stranger, waiting = factories.actor_of(factories.user()), factories.actor_of(factories.member(school, role="member", verified=False))
    with transaction():
        service.invite(member, school.id, NEW)
        with pytest.raises(NotAllowed):
            service.invite(member, school.id, "baas@school.example", "owner")
        for outsider in (stranger, waiting):
            with pytest.raises(NotVisible):
                service.invite(outsider, school.id, "x@school.example")


def test_an_owner_says_who_is_a_colleague(client, school, owner, heard):
    friend, stranger = (factories.member(school, role="member", verified=False, name=n) for n in ("Frits Friend", "Sjef Stranger"))
    factories.sign_in(client, owner)
    text = client.get(collegas(school)).text
    assert "Frits Friend" in text and "Ja, dit is een collega" in text
    client.post(f"/organisaties/collegas/{place_of(friend).id}/bevestigen")
    client.post(f"/organisaties/collegas/{place_of(stranger).id}/weigeren")
    assert place_of(friend).verified_by == "owner" and place_of(stranger).refused_at
    assert heard == [MemberVerified(place_of(friend).id), MemberRefused(place_of(stranger).id)]
    assert mails(friend.email, "organisations/member_verified") and mails(stranger.email, "organisations/member_refused")
    assert seats_for(stranger.id) == () and seats_for(friend.id)[0].verified
    with transaction(), pytest.raises(RuleBroken, match="membership.refused"):
        service.join(factories.actor_of(stranger), school.id)


def test_a_coordinator_vouches_and_the_first_one_becomes_owner():
    region = factories.region()
    school = factories.school(region_id=region.id, claimed=False)
    person = factories.member(school, role="member", verified=False)
    judge, member = factories.actor_of(factories.coordinator(region)), place_of(person).id
    with transaction():
        service.verify_member(judge, member)
    assert (place_of(person).verified_by, place_of(person).role) == ("coordinator", "owner")
    assert db.session.get(Organisation, school.id).claimed


def test_a_member_cannot_vouch_and_an_outsider_sees_nothing(client, school, owner):
    waiting = place_of(factories.member(school, role="member", verified=False)).id
    for person, error in ((factories.member(school, role="member"), NotAllowed), (factories.user(), NotVisible)):
        actor = factories.actor_of(person)
        for act in (service.verify_member, service.refuse_member, service.remove_member):
            with transaction(), pytest.raises(error):
                act(actor, waiting)


def test_the_last_owner_stays_while_others_stay(client, school, owner):
    colleague = factories.member(school, role="member")
    factories.sign_in(client, owner)
    answer = client.post(f"/organisaties/{school.id}/verlaten", headers={"Referer": "http://localhost" + collegas(school)})
    assert answer.status_code == 302 and "enige beheerder" in client.get(collegas(school)).text and place_of(owner)
    client.post(f"/organisaties/collegas/{place_of(colleague).id}/rol", data={"role": "owner"})
    assert place_of(colleague).role == "owner"
    assert client.post(f"/organisaties/{school.id}/verlaten").status_code == 302 and place_of(owner) is None
    actor = factories.actor_of(colleague)
    with transaction():
        service.leave(actor, school.id)
    assert not db.session.get(Organisation, school.id).claimed, "nobody is left: the next one begins anew"


def test_owners_take_colleagues_off(client, school, owner, heard):
    colleague, waiting = factories.member(school, role="member"), factories.member(school, role="member", verified=False)
    gone = place_of(waiting).id
    factories.sign_in(client, owner)
    for person in (colleague, waiting):
        assert client.post(f"/organisaties/collegas/{place_of(person).id}/verwijderen").status_code == 302
        assert place_of(person) is None
    assert heard == [MemberRefused(gone)], "what waited is never sent"


def test_a_teacher_with_two_schools_sees_both(client, school, owner):
    second = factories.school()
    with transaction():
        db.session.add(Membership(user_id=owner.id, organisation_id=second.id, created_at=now()))
    factories.sign_in(client, owner)
    text = client.get("/organisaties").text
    assert school.name in text and second.name in text


def test_export_holds_the_places_and_erasing_hands_over(school, owner):
    colleague = factories.member(school, role="member")
    assert [m["role"] for m in privacy.export(owner.id)["memberships"]] == ["owner"]
    with transaction():
        privacy.erase(owner.id, now())
    assert place_of(owner) is None and place_of(colleague).role == "owner" and privacy.export(owner.id) == {"memberships": []}


def test_who_waits_with_the_same_domain_need_not_wait_any_longer(school, owner, heard):
    first, second, other = (
        factories.member(school, role="member", verified=False, email=f"{name}@stichting{n}.example") for name, n in (("a", 1), ("b", 1), ("c", 2))
    )  # fmt: skip
    actor, place = factories.actor_of(owner), place_of(first).id
    with transaction():
        service.verify_member(actor, place)
    assert [place_of(p).verified_by for p in (first, second, other)] == ["owner", "colleague", ""]


def test_one_person_cannot_mail_the_whole_country(client, school, owner, monkeypatch):
    monkeypatch.setattr(views, "INVITATIONS_A_DAY", 2)
    factories.sign_in(client, owner)
    answers = [client.post(collegas(school), data={"email": f"x{n}@school.example", "role": "member"}) for n in range(3)]
    assert [a.status_code for a in answers] == [302, 302, 422] and "Morgen kun je verder" in answers[2].text


def test_the_list_of_colleagues_takes_as_many_queries_for_one_as_for_twenty(client, school, owner):
    factories.sign_in(client, owner)
    path = collegas(school)

    def queries():
        seen = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listener)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", listener)
        return len([s for s in seen if s.lstrip().upper().startswith("SELECT")])

    few = queries()
    for n in range(20):
        factories.member(school, role="member", verified=n % 2 == 0)
    assert queries() == few <= 6


def test_who_is_not_known_yet_gets_no_link_that_leads_nowhere_and_can_leave(client, school):
    person = factories.member(school, role="member", verified=False)
    factories.sign_in(client, person)
    page = client.get("/organisaties").text
    links = [a for a in re.findall(r'href="(/organisaties/[^"]*)"', page) if client.get(a).status_code == 404]
    assert links == [] and "wacht op controle" in page
    assert client.post(re.search(r'action="(/organisaties/\d+/verlaten)"', page).group(1)).status_code == 302
    assert place_of(person) is None
