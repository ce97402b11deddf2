"""Registering through the pages, up to the signed-in browser."""

import re

import pytest
from sqlalchemy import func, select

from techfinder.core import events
from techfinder.core.db import db, transaction
from techfinder.core.errors import RuleBroken
from techfinder.organisations.events import MemberUnverified, OrganisationSubmitted
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.service import join, register_company, verify_member
from tests import factories
from tests.accounts.mails import link_in, mails
from tests.accounts.test_sign_in import without_nonces

pytestmark = pytest.mark.usefixtures("app")
COMPANY, SCHOOL = "/account/registreren/bedrijf", "/account/registreren/school"
TYPED = {"name": "Brandaris Robotica", "postcode": "5701 AB", "kvk": "12345678", "person": "Noor Smit", "email": "noor@brandaris.example"}


@pytest.fixture
def heard(monkeypatch):
    """The events that were emitted."""
    seen = []
    for kind in (OrganisationSubmitted, MemberUnverified):
        monkeypatch.setitem(events._handlers, kind, [seen.append])
    return seen


def count(model=Organisation):
    return db.session.scalar(select(func.count()).select_from(model))


def named(name):
    db.session.expire_all()
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def signed_in(client):
    with client.session_transaction() as session:
        return int(session["_user_id"].partition(".")[0]) if "_user_id" in session else None


def test_a_company_registers_in_two_steps_and_waits_for_the_coordinator(client, heard):
    region = factories.region(municipality="Helmond")
    answer = client.post(COMPANY, data=TYPED)
    assert answer.status_code == 200 and "noor@brandaris.example" in answer.text
    assert count() == 0, "nothing is there before the address is proven"
    link = link_in(mails("noor@brandaris.example")[-1])
    assert "Brandaris Robotica" in client.get(link).text and count() == 0
    assert client.post(link).status_code == 302
    row = named("Brandaris Robotica")
    assert (row.state, row.place, row.province, row.region_id, row.kvk) == ("pending", "Helmond", "Noord-Brabant", region.id, "12345678")
    member = db.session.scalars(select(Membership)).one()
    assert member.user_id == signed_in(client) and member.role == "owner"
    assert heard == [OrganisationSubmitted(row.id)]
    assert "meestal binnen 2 schooldagen" in client.get(f"/organisaties/{row.id}").text
    assert client.application.test_client().get(f"/organisaties/{row.id}").status_code == 404


def test_everything_typed_stays_when_something_is_wrong(client):
    answer = client.post(COMPANY, data={**TYPED, "postcode": "0000", "kvk": "12"})
    assert answer.status_code == 422 and "5701 AB" in answer.text
    for typed in ("Brandaris Robotica", "noor@brandaris.example", "Noor Smit"):
        assert typed in answer.text


def test_all_that_is_wrong_in_a_step_is_said_at_once(client):
    factories.company(kvk="12345678", state="rejected")
    for path, typed, said in (
        (COMPANY, {"postcode": "1199 ZZ", "kvk": "12", "email": "noor@"}, ("Vul de naam in", "1199 ZZ kennen we niet", "8 cijfers", "Vul je naam in", "geen volledig mailadres")),
        (COMPANY, {"postcode": "", "kvk": "1234 5678", "email": "noor"}, ("5701 AB", "KvK-nummer staat al", "geen volledig mailadres")),
        (SCHOOL, {"mode": "add", "name": "De Ster", "postcode": "57", "email": "noor"}, ("5701 AB", "Kies wat voor school", "Vul je naam in", "geen volledig mailadres")),
    ):  # fmt: skip
        answer = client.post(path, data=typed)
        assert answer.status_code == 422
        summary = re.search(r'class="tf-summary".*?</ul>', answer.text, re.DOTALL).group(0)
        assert [sentence for sentence in said if summary.count(sentence) != 1] == []
        assert sorted(said, key=summary.index) == list(said), "in the order of the page"


def test_a_link_works_once(client):
    client.post(COMPANY, data=TYPED)
    link = link_in(mails(TYPED["email"])[-1])
    client.post(link)
    assert client.post(link).status_code == 410 and count() == 1


def test_a_known_kvk_number_makes_no_second_company_at_once_nor_at_the_link(client):
    client.post(COMPANY, data=TYPED)
    first = link_in(mails(TYPED["email"])[-1])
    client.post(COMPANY, data={**TYPED, "email": "piet@brandaris.example"})
    second = link_in(mails("piet@brandaris.example")[-1])
    assert client.post(first).status_code == 302
    late = client.application.test_client().post(second)
    assert late.status_code == 422 and "Vraag of je mee mag doen" in late.text and "piet@brandaris.example" in late.text
    assert count() == 1
    early = client.application.test_client().post(COMPANY, data={**TYPED, "email": "jo@brandaris.example", "anders": "1"})
    assert "Vraag of je mee mag doen" in early.text and "Nee, wij zijn een ander" not in early.text
    assert TYPED["email"] not in early.text and not mails("jo@brandaris.example")
    with transaction():
        named("Brandaris Robotica").state = "rejected"
    refused = client.application.test_client().post(COMPANY, data={**TYPED, "email": "jo@brandaris.example"})
    assert refused.status_code == 422 and "KvK-nummer staat al" in refused.text


def test_a_colleague_asks_to_join_the_company_that_is_there_and_an_owner_says_yes(client, heard):
    row = factories.company(name="Hout en Zo", name_key="hout en zo")
    owner = factories.member(row, role="owner", email="olga@hout.example")
    typed = {"name": "Hout en zo B.V.", "postcode": "5701 XB", "person": "Ria", "email": "ria@hout.example"}
    page = client.post(COMPANY, data=typed)
    assert "Werk je bij dit bedrijf?" in page.text and "olga@hout.example" not in page.text and not mails("ria@hout.example")
    assert client.post(COMPANY, data={**typed, "mee": row.id}).status_code == 200
    asked = mails("ria@hout.example")[-1]
    assert "mee mag doen bij Hout en Zo." in asked["text"] and "meteen beginnen" not in asked["text"] + asked["html"]
    assert "Bevestig en vraag of je mee mag doen" in client.get(link_in(asked)).text
    answer = client.post(link_in(asked), follow_redirects=True)
    assert "Een collega daar of de coördinator kijkt of je er werkt" in answer.text and count() == 1
    newcomer = db.session.scalars(select(Membership).where(Membership.id != 0, Membership.user_id != owner.id)).one()
    assert (newcomer.organisation_id, newcomer.role, newcomer.verified_at) == (row.id, "member", None) and heard == [MemberUnverified(newcomer.id)]
    assert len(mails("olga@hout.example")) == 1
    with transaction():
        verify_member(factories.actor_of(owner), newcomer.id)
    assert db.session.get(Membership, newcomer.id).verified_by == "owner"
    assert "aanbod plaatsen" in mails("ria@hout.example")[-1]["text"] and "berichten" not in mails("ria@hout.example")[-1]["text"]


def test_another_company_of_the_same_name_says_so_and_a_guess_joins_nothing(client):
    row, else_ = factories.company(name="Hout en Zo", name_key="hout en zo"), factories.company(name="Metaal", name_key="metaal")
    typed = {"name": "Hout en zo", "postcode": "5701 XB"}
    factories.sign_in(client, factories.user())
    assert client.post(COMPANY, data={**typed, "mee": else_.id}).text.count("Werk je bij dit bedrijf?") == 1
    unlike = client.post(COMPANY, data={"name": "Iets anders", "postcode": "5701 XB", "mee": else_.id})
    assert unlike.status_code == 422 and not count(Membership)
    assert client.post(COMPANY, data={**typed, "anders": "1"}).status_code == 302 and count() == 3
    assert [m.organisation_id for m in db.session.scalars(select(Membership))] not in ([row.id], [else_.id])


def test_a_signed_in_person_registers_a_company_without_mail(client):
    person = factories.user()
    factories.sign_in(client, person)
    page = client.get(COMPANY)
    assert 'name="email"' not in page.text
    assert client.post(COMPANY, data={"name": "Windlab", "postcode": "9711", "kvk": ""}).status_code == 302
    row = named("Windlab")
    assert row.place == "Groningen" and row.kvk is None and row.holiday_region == ""


def test_an_unknown_postcode_is_no_dead_end_when_the_place_stands_behind_it(client):
    factories.sign_in(client, factories.user())
    answer = client.post(COMPANY, data={"name": "Windlab", "postcode": "1199 ZZ"})
    assert answer.status_code == 422 and "1199 ZZ kennen we niet" in answer.text
    assert client.post(COMPANY, data={"name": "Windlab", "postcode": "1199 ZZ Helmond"}).status_code == 302
    assert named("Windlab").municipality == "Helmond"


def test_a_teacher_finds_the_school_and_the_domain_of_its_website_vouches(client, heard):
    school = factories.school(name="De Kleine Beer", name_key="de kleine beer", website="https://www.kleinebeer.example", claimed=False)
    found = client.post(SCHOOL, data={"q": "kleine beer helmond", "zoek": "1"})
    assert found.status_code == 200 and "De Kleine Beer, Helmond" in found.text
    client.post(SCHOOL, data={"q": "kleine beer helmond", "pick": school.id, "person": "Marieke", "email": "m.jansen@kleinebeer.example"})
    client.post(link_in(mails("m.jansen@kleinebeer.example")[-1]))
    member = db.session.scalars(select(Membership)).one()
    assert member.verified_at is not None and member.verified_by == "domain" and member.role == "owner"
    assert named("De Kleine Beer").claimed and heard == []


def test_a_teacher_with_a_private_address_works_on_while_first_messages_wait(client, heard):
    school = factories.school(website="www.gmail.com")
    client.post(SCHOOL, data={"q": "school", "school_id": school.id, "person": "Marieke", "email": "marieke@gmail.com"})
    client.post(link_in(mails("marieke@gmail.com")[-1]))
    member = db.session.scalars(select(Membership)).one()
    assert member.verified_at is None and heard == [MemberUnverified(member.id)]
    assert "eerste berichten wachten op de coördinator, meestal binnen 2 schooldagen" in client.get(f"/organisaties/{school.id}").text


def test_a_verified_colleagues_domain_vouches_but_not_a_shared_one():
    school = factories.school()
    factories.member(school, email="anna@stichting.example")
    factories.member(school, email="bob@gmail.com")
    from_domain, from_gmail = factories.user(email="c@stichting.example"), factories.user(email="d@gmail.com")
    with transaction():
        verified = [join_as(person, school).verified_by for person in (from_domain, from_gmail)]
    assert verified == ["colleague", ""]


def join_as(person, school):
    return join(factories.actor_of(person), school.id)


def test_a_school_that_is_not_in_the_list_is_added_and_waits(client, heard):
    page = client.post(SCHOOL, data={"q": "De Nieuwe Ster", "ontbreekt": "1", "person": "Marieke"})
    assert page.status_code == 200 and 'value="De Nieuwe Ster"' in page.text and 'value="Marieke"' in page.text
    typed = {"mode": "add", "name": "De Nieuwe Ster", "postcode": "5701 AB", "sector": "po", "person": "Marieke", "email": "m@ster.example"}
    assert client.post(SCHOOL, data={**typed, "sector": ""}).status_code == 422
    client.post(SCHOOL, data=typed)
    client.post(link_in(mails("m@ster.example")[-1]))
    row = named("De Nieuwe Ster")
    assert row.state == "pending" and row.levels and row.holiday_region == "zuid" and heard == [OrganisationSubmitted(row.id)]
    again = client.application.test_client().post(SCHOOL, data={**typed, "email": "x@ster.example"})
    assert again.status_code == 422 and "Zoek die school in de lijst" in again.text


def test_no_school_chosen_is_said_at_the_field(client):
    answer = client.post(SCHOOL, data={"q": "", "person": "Marieke", "email": "m@ster.example"})
    assert answer.status_code == 422 and "Zoek je school" in answer.text


def test_the_answer_does_not_tell_whether_an_account_exists(client):
    person = factories.user(name="Noor")
    known = client.post(COMPANY, data={**TYPED, "email": person.email})
    unknown = client.post(COMPANY, data={**TYPED, "email": "niemand@nergens.example"})
    assert without_nonces(known.text).replace(person.email, "…") == without_nonces(unknown.text).replace("niemand@nergens.example", "…")


def test_mailed_links_cannot_be_asked_without_end(client):
    answers = [client.post(COMPANY, data=TYPED).status_code for _ in range(7)]
    assert answers[:5] == [200] * 5 and answers[5:] == [422] * 2


def test_an_unclaimed_company_is_claimed_by_its_number_and_the_person_waits(heard):
    row = factories.company(kvk="87654321", claimed=False, source="import")
    person = factories.user()
    with transaction():
        assert register_company(factories.actor_of(person), name="Anders", postcode="5701", kvk="8765 4321").id == row.id
    member = db.session.scalars(select(Membership)).one()
    assert member.role == "member" and member.verified_at is None and heard == [MemberUnverified(member.id)]
    with transaction(), pytest.raises(RuleBroken, match="kvk_shape"):
        register_company(factories.actor_of(person), name="Anders", postcode="5701", kvk="1234")


def test_what_a_new_school_must_say_is_not_called_optional(client):
    page = client.post(SCHOOL, data={"ontbreekt": "1"}).text
    assert page.count("(niet verplicht)") == 1 and client.post(SCHOOL, data={"mode": "add"}).text.count("(niet verplicht)") == 1  # the job


def test_an_unclaimed_company_is_claimed_by_its_name_at_its_postcode_too(client):
    row = factories.company(name="Hout en Zo", name_key="hout en zo", kvk=None, claimed=False, source="import")
    elsewhere = factories.company(name="Metaal", name_key="metaal", postcode="1012 AB", claimed=False, source="import")
    other = factories.company(name="Glas", name_key="glas", kvk="11112222", claimed=False, source="import")
    person = factories.actor_of(factories.user())
    with transaction():
        assert register_company(person, name="Hout en zo", postcode="5701 XB", kvk="12345678").id == row.id
        assert register_company(person, name="Metaal", postcode="5701 AB").id != elsewhere.id
        assert register_company(person, name="Glas", postcode="5701 AB", kvk="12345678").id != other.id


def test_who_claims_a_company_reads_that_somebody_looks_first(client):
    factories.company(name="Hout en Zo", name_key="hout en zo", claimed=False, source="import")
    client.post(COMPANY, data={"name": "Hout en Zo", "postcode": "5701 AB", "person": "Ria", "email": "ria@hout.example"})
    answer = client.post(link_in(mails("ria@hout.example")[-1]), follow_redirects=True)
    assert "Hout en Zo staat al op Techfinder" in answer.text and "Plaats aanbod" not in answer.text
    for path in ("/aanbod/nieuw", "/mijn-aanbod"):
        page = client.get(path).text
        assert "bevestigen dat je bij Hout en Zo werkt" in page and "Je hoort nog niet bij een bedrijf" not in page


def test_enter_in_a_field_sends_the_form_when_the_school_was_chosen_while_typing(client):
    school = factories.school()
    typed = {"q": school.name, "school_id": school.id, "person": "Marieke", "email": "m@ster.example", "zoek": "1"}
    assert "Kijk in je mail" in client.post(SCHOOL, data=typed).text
    assert "Kijk in je mail" not in client.post(SCHOOL, data={**typed, "school_id": ""}).text
