"""From draft to public and back, through the service."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from techfinder.core.audit import AuditEntry
from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken, Stale
from techfinder.core.jobs import Job
from techfinder.core.permissions import ANYBODY
from techfinder.offers import rules, service
from techfinder.offers.events import OfferPublished, OfferSubmitted
from techfinder.offers.models import STATES, Offer
from techfinder.offers.policy import visible_offers
from techfinder.offers.service import publish
from techfinder.organisations.models import Organisation
from tests import factories

HERE = service.PointInput("5701 AB", radius_km=20)
CONTENT = {
    "kind": "guest_lesson", "title": "Solderen", "summary": "Een les solderen.", "activity": "Leerlingen maken een lampje.",
    "levels": 0b11000000, "duration_minutes": 60, "max_pupils": 30, "cost_cents": 0,
}  # fmt: skip


def member_of(company):
    return factories.actor_of(factories.member(company))


def ready_draft(actor, company, **changes):
    with transaction():
        offer = service.create(actor, company.id)
        service.save_draft(actor, offer.id, {**CONTENT, **changes}, [HERE])
        return offer.id


def act(step, actor, ident, *args, **kwargs):
    with transaction():
        result = step(actor, ident, *args, **kwargs)
        return result.id if isinstance(result, Offer) else None


def state(ident):
    db.session.expire_all()
    found = db.session.get(Offer, ident)
    return found.state if found else None


def public(ident):
    return db.session.scalar(visible_offers(ANYBODY).with_only_columns(Offer.id).where(Offer.id == ident)) is not None


def mails():
    return [j.payload for j in db.session.scalars(select(Job).order_by(Job.id)) if "subject" in j.payload]


def test_the_first_offer_of_a_company_waits_and_the_second_is_public_at_once(app, monkeypatch):
    area = factories.region("Nederland")
    company = factories.company(offers_approved=0, region_id=area.id)
    actor, coordinator = member_of(company), factories.actor_of(factories.coordinator(area))
    heard = []
    monkeypatch.setattr(publish, "emit", heard.append)
    first = ready_draft(actor, company)
    act(service.submit, actor, first)
    assert state(first) == "submitted" and not public(first)
    act(service.decide_offer, coordinator, first, "approve")
    assert public(first) and db.session.get(Organisation, company.id).offers_approved == 1
    second = ready_draft(actor, company, title="Boren")
    act(service.submit, actor, second)
    assert public(second)
    assert heard == [OfferSubmitted(first), OfferPublished(first), OfferPublished(second)]


def test_a_public_offer_stays_as_it_is_until_its_working_copy_goes_out(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company, title="Oud", places_per_year=10, places_left=3)
    copy = act(service.edit_published, actor, offer.id)
    assert act(service.edit_published, actor, offer.id) == copy, "one working copy, not two"
    act(service.save_draft, actor, copy, {"title": "Nieuw", "places_per_year": 12}, [HERE])
    assert public(offer.id) and not public(copy) and db.session.get(Offer, offer.id).title == "Oud"
    assert act(service.submit, actor, copy) == offer.id
    after = db.session.get(Offer, offer.id)
    assert (after.title, after.places_left, state(copy)) == ("Nieuw", 5, None)


def test_a_thrown_away_working_copy_leaves_the_public_version(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company)
    copy = act(service.edit_published, actor, offer.id)
    act(service.delete_draft, actor, copy)
    assert state(copy) is None and public(offer.id)


def test_a_returned_offer_mails_the_reason_and_goes_past_the_coordinator_again(app):
    area = factories.region()
    company = factories.company(region_id=area.id)
    actor, coordinator = member_of(company), factories.actor_of(factories.coordinator(area))
    offer = factories.offer(company, author_id=actor.user_id)
    with pytest.raises(RuleBroken, match="offer.reason"):
        act(service.decide_offer, coordinator, offer.id, "return", "  ")
    act(service.decide_offer, coordinator, offer.id, "return", "Noem ook de prijs.")
    assert state(offer.id) == "returned"
    mail = mails()[-1]
    assert mail["to"] == actor.email and "Noem ook de prijs." in str(mail)
    act(service.submit, actor, offer.id)
    assert state(offer.id) == "submitted", "trusted or not: what was sent back is looked at again"


def test_nothing_goes_out_while_something_is_missing(app):
    company = factories.company()
    actor = member_of(company)
    ident = ready_draft(actor, company, activity="", duration_minutes=None)
    with pytest.raises(RuleBroken, match="offer.not_ready"):
        act(service.submit, actor, ident)
    db.session.rollback()
    assert state(ident) == "draft"


def test_gaps_follow_the_kind(app):
    offer = Offer(kind="material", title="t", summary="s", activity="a", levels=1, cost_cents=0, points=[])
    assert [g.field for g in rules.gaps(offer)] == ["material_url"]
    offer.kind = "guest_lesson"
    assert [g.field for g in rules.gaps(offer)] == ["duration_minutes", "max_pupils", "points"]
    offer.kind = "teacher_placement"
    assert [g.field for g in rules.gaps(offer)] == ["points"], "a teacher has to know where to go"


def test_what_is_over_does_not_go_out(app):
    company = factories.company()
    actor = member_of(company)
    ident = ready_draft(actor, company, period_until=date(2026, 9, 30))
    with transaction(), pytest.raises(RuleBroken, match="offer.not_ready"):
        service.submit(actor, ident, at=datetime(2026, 10, 1, 12, tzinfo=UTC))
    with transaction():
        service.submit(actor, ident, at=datetime(2026, 9, 30, 12, tzinfo=UTC))


def test_pause_resume_archive_and_restore(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company)
    for step, after, seen in (
        (service.pause, "paused", False), (service.resume, "published", True), (service.archive, "archived", False),
        (service.restore, "draft", False),
    ):  # fmt: skip
        act(step, actor, offer.id)
        assert (state(offer.id), public(offer.id)) == (after, seen)
    with pytest.raises(RuleBroken, match="offer.state"):
        act(service.resume, actor, offer.id)


def test_archiving_throws_the_working_copy_away(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company)
    copy = act(service.edit_published, actor, offer.id)
    act(service.archive, actor, offer.id)
    assert state(copy) is None


def test_a_copy_is_a_draft_with_the_same_text_and_places(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company, title="Solderen", contact_email="a@b.example")
    copy = act(service.copy, actor, offer.id)
    from_copy = db.session.get(Offer, copy)
    assert (from_copy.state, from_copy.title, from_copy.published_at) == ("draft", "Solderen", None)
    assert public(offer.id)


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_the_copy_of_what_a_coordinator_sent_back_waits_for_the_coordinator_too(app, decision):
    area = factories.region()
    company = factories.company(region_id=area.id, offers_approved=5)
    actor, coordinator = member_of(company), factories.actor_of(factories.coordinator(area))
    offer = factories.offer(company, author_id=actor.user_id)
    act(service.decide_offer, coordinator, offer.id, decision, "Dit is reclame.")
    copy = act(service.copy, actor, act(service.copy, actor, offer.id))
    act(service.submit, actor, copy)
    assert state(copy) == "submitted" and not public(copy)
    act(service.decide_offer, coordinator, copy, "approve")
    assert public(copy) and db.session.get(Offer, copy).state_reason == ""


def test_others_learn_nothing_of_a_draft_and_may_not_touch_what_is_public(app):
    company = factories.company()
    draft, shown = factories.offer(company, state="draft"), factories.offer(company)
    stranger = member_of(factories.company())
    for step in (service.submit, service.archive, service.copy, service.delete_draft, service.edit_published):
        with pytest.raises(NotVisible):
            act(step, stranger, draft.id)
        with pytest.raises(NotAllowed):
            act(step, stranger, shown.id)


def test_somebody_who_only_says_to_work_there_sees_and_changes_nothing(app):
    company = factories.company()
    factories.member(company)
    draft = factories.offer(company, state="draft")
    claims = factories.actor_of(factories.member(company, role="member", verified=False))
    with pytest.raises(NotVisible):
        act(service.save_draft, claims, draft.id, {"title": "Van mij"})


def test_a_coordinator_elsewhere_decides_nothing(app):
    country = factories.region()
    here, there = factories.region(parent=country), factories.region(parent=country)
    company = factories.company(region_id=here.id, offers_approved=0)
    offer = factories.offer(company, state="submitted")
    with pytest.raises(NotVisible):
        act(service.decide_offer, factories.actor_of(factories.coordinator(there)), offer.id, "approve")
    act(service.decide_offer, factories.actor_of(factories.coordinator(country)), offer.id, "approve")
    assert public(offer.id)


def test_a_blocked_company_puts_nothing_on_the_site(app):
    company = factories.company()
    actor = member_of(company)
    ident = ready_draft(actor, company)
    with transaction():
        db.session.get(Organisation, company.id).state = "blocked"
    with pytest.raises(RuleBroken, match="offer.company_closed"):
        act(service.submit, actor, ident)


def test_a_personal_place_is_kept_as_the_middle_of_its_municipality(app):
    company = factories.company()
    actor = member_of(company)
    with transaction():
        offer = service.create(actor, company.id)
        service.save_draft(actor, offer.id, {}, [
            service.PointInput("5709 AB", personal=True), service.PointInput("5701 AA", personal=True), service.PointInput("5709 AB"),
        ])  # fmt: skip
        points = [(p.lat, p.lon) for p in offer.points]
    assert points[0] == points[1] != points[2]


def test_an_older_form_does_not_overwrite_a_newer_text(app):
    company = factories.company()
    actor = member_of(company)
    ident = ready_draft(actor, company)
    with transaction():
        version = service.save_draft(actor, ident, {"title": "Van Anna"}, version=None).version
    with pytest.raises(Stale):
        act(service.save_draft, actor, ident, {"title": "Van Ben"}, version=version - 1)
    assert act(service.save_draft, actor, ident, {"title": "Van Anna"}, version=version - 1) == ident, "the same is no conflict"
    db.session.expire_all()
    assert db.session.get(Offer, ident).title == "Van Anna"


def test_a_form_may_overtake_what_it_saved_itself_while_typing(app):
    company = factories.company()
    actor = member_of(company)
    ident = ready_draft(actor, company)
    version = db.session.get(Offer, ident).version
    act(service.save_draft, actor, ident, {"title": "Half"}, version=version, key="een", typing=True)
    assert act(service.save_draft, actor, ident, {"title": "Heel"}, version=version, key="een") == ident
    with pytest.raises(Stale):  # and a late one of those does not undo it
        act(service.save_draft, actor, ident, {"title": "Half"}, version=version, key="een", typing=True)


def test_everything_is_in_the_audit_log(app):
    company = factories.company()
    actor, offer = member_of(company), factories.offer(company)
    act(service.pause, actor, offer.id)
    act(service.archive, actor, offer.id)
    found = db.session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "offer", AuditEntry.ref == offer.id)).all()
    assert found == ["offer.pause", "offer.archive"]


def test_every_state_has_its_way_on():
    assert {before for before, _ in rules.TRANSITIONS} == set(STATES) == {*rules.TRANSITIONS.values()}
