"""When the last person leaves an organisation, nothing of it stays out that nobody would answer."""

from techfinder.accounts.service.erase import erase_account
from techfinder.core.db import db, transaction
from techfinder.offers.models import Offer
from techfinder.organisations import service as organisations
from techfinder.support_requests.models import SupportRequest
from tests import factories as f


def test_a_company_that_everybody_left_is_not_asked_any_more(app, client):
    company = f.company()
    first, last = f.member(company), f.member(company)
    online, waiting = f.offer(company), f.offer(company, state="submitted", published_at=None)
    with transaction():
        organisations.leave(f.actor_of(first), company.id)
    assert db.session.get(Offer, online.id).state == "published"
    with transaction():
        organisations.leave(f.actor_of(last), company.id)
    assert db.session.get(Offer, online.id).state == "paused"
    assert db.session.get(Offer, waiting.id).state == "draft"
    assert client.get(f"/aanbod/{online.id}").status_code == 404


def test_the_request_of_an_erased_teacher_looks_for_nobody(app):
    school = f.school()
    teacher = f.member(school)
    request = f.support_request(school, teacher)
    with transaction():
        erase_account(f.actor_of(teacher), teacher.email, f.AT)
    assert db.session.get(SupportRequest, request.id).state == "withdrawn"
