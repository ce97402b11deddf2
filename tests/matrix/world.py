"""The world of the matrix: one school and one company in one region, and everybody who may come by."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from techfinder.accounts import tokens
from techfinder.accounts.models import StaffPost, User
from techfinder.conversations.models import Conversation, Message, Participant
from techfinder.core.clock import now
from techfinder.core.db import db, new_key, transaction
from techfinder.core.files import store_file
from techfinder.core.jobs import Job
from techfinder.moderation.models import Case
from techfinder.notifications.service import unsubscribe_url
from techfinder.organisations.models import Invitation, Membership, Organisation
from techfinder.regions.models import Network, Region
from tests import factories as make


@dataclass(frozen=True)
class World:
    """`people`: role → user id (None: nobody). `names`: what the table's {names} stand for."""

    people: dict[str, int | None]
    strong: frozenset[str]
    names: dict[str, object]


def build() -> World:
    """Make all of it, committed into the outer transaction."""
    country = make.region("Nederland")
    near = make.region("Peelland", country, "Helmond")
    far = make.region("Groningen", country, "Groningen")
    school, company = make.school(region_id=near.id), make.company(region_id=near.id)
    elsewhere = make.company(region_id=far.id, **make.GRONINGEN)
    newcomer = make.company(region_id=near.id, state="pending", offers_approved=0)
    people = _people(school, company, elsewhere, near, far)
    names: dict[str, object] = {
        "region": near.slug, "region_id": near.id, "company": company.id, "newcomer": newcomer.id,
        **_offers(company), **_requests(school, people["teacher"]),
    }  # fmt: skip
    names |= _talk(school, company, people, names)
    names |= _rows(people, company, near, names)
    names |= _links(people, school, company, names)
    ids = {role: user.id if user else None for role, user in people.items()}
    return World(ids, frozenset({"far", "near", "reader", "admin"}), names)


def _people(school: Organisation, company: Organisation, elsewhere: Organisation, near: Region, far: Region) -> dict[str, User | None]:
    return {
        "visitor": None,
        "teacher": make.member(school, "member"),
        "unvouched": make.member(school, "member", verified=False),
        "employee": make.member(company, "member"),
        "owner": make.member(company),
        "stranger": make.member(elsewhere),
        "far": make.coordinator(far),
        "near": make.coordinator(near),
        "reader": make.coordinator(near, "reader"),
        "admin": make.coordinator(near, "administrator"),
        "weak": make.coordinator(near),
        "blocked": make.member(company, blocked_at=make.AT),
    }


def _offers(company: Organisation) -> dict[str, object]:
    with transaction():
        stored = store_file(BytesIO(b"%PDF-1.4\n%%EOF\n"), "les.pdf", "material_file").id
    states = {"offer": "published", "other": "published", "draft": "draft", "handed_in": "submitted", "paused": "paused"}
    found: dict[str, object] = {}
    for name, state in {**states, "archived": "archived"}.items():
        out = None if name in ("draft", "handed_in") else make.AT
        found[name] = make.offer(company, state=state, published_at=out, material_file_id=stored).id
    return found


def _requests(school: Organisation, teacher: User | None) -> dict[str, object]:
    assert teacher is not None
    return {
        "request": make.support_request(school, teacher, where="at_school").id,
        "wish": make.support_request(school, teacher, state="draft", published_at=None).id,
        "guest": make.support_request(
            school, state="unconfirmed", guest_name="Noor", guest_email="noor@elders.example", guest_key=new_key(), published_at=None,
        ).id,
    }  # fmt: skip


def _talk(school: Organisation, company: Organisation, people: dict[str, User | None], names: dict[str, object]) -> dict[str, object]:
    """The teacher asked the company for the offer; the owner has not answered."""
    teacher, owner, at = people["teacher"], people["owner"], now()
    assert teacher and owner
    with transaction() as session:
        talk = Conversation(
            school_id=school.id, company_id=company.id, offer_id=names["offer"], support_request_id=names["request"],
            subject_key=f"{school.id}:{company.id}:{names['offer']}:{names['request']}", subject="Robots", started_by="school",
            started_at=at, asked_at=at, due_at=at + timedelta(days=7), last_message_at=at, message_count=1, region_id=school.region_id,
        )  # fmt: skip
        session.add(talk)
        session.flush()
        said = Message(
            conversation_id=talk.id, author_id=teacher.id, organisation_id=school.id, body="Komen jullie?", key="eerste",
            created_at=at, sent_at=at,
        )  # fmt: skip
        session.add_all([
            said, Participant(conversation_id=talk.id, user_id=teacher.id, organisation_id=school.id),
            Participant(conversation_id=talk.id, user_id=owner.id, organisation_id=company.id),
        ])  # fmt: skip
        session.flush()
        return {"conversation": talk.id, "message": said.id}


def _rows(people: dict[str, User | None], company: Organisation, near: Region, names: dict[str, object]) -> dict[str, object]:
    barred = make.user(blocked_at=make.AT)
    ids = {role: user.id for role, user in people.items() if user}
    with transaction() as session:
        job = Job(kind="mail.send", payload={}, created_at=now(), run_at=now(), set_aside=True)
        network = Network(name="Netwerk Peelland", slug="netwerk-peelland", kind="wt")
        case = Case(
            kind="offer", ref=names["handed_in"], open_key=f"offer:{names['handed_in']}", region_id=near.id, organisation_id=company.id,
            reason="first_offer", opened_at=make.AT,
        )  # fmt: skip
        session.add_all([job, network, case])
        session.flush()
        member = {m.user_id: m.id for m in session.query(Membership)}
        post = session.query(StaffPost).filter_by(user_id=ids["far"]).one()
        return {
            "job": job.id, "network": network.id, "network_slug": network.slug, "case": case.id, "person": ids["stranger"], "barred": barred.id, "post": post.id,
            "waits": member[ids["unvouched"]], "colleague": member[ids["employee"]],
        }  # fmt: skip


def _links(people: dict[str, User | None], school: Organisation, company: Organisation, names: dict[str, object]) -> dict[str, object]:
    """Mailed links that still work, of somebody who is in none of the columns."""
    someone, at = make.user("Noor Smit"), now()
    address, day = someone.email or "", timedelta(days=1)
    with transaction() as session:
        asked = Invitation(
            organisation_id=company.id, email="collega@elders.example", invited_by_id=people["owner"] and people["owner"].id,
            created_at=at, expires_at=at + day,
        )  # fmt: skip
        session.add(asked)
        session.flush()
        registration = {"what": "school", "person": "Noor", "school_id": school.id}
        return {
            "invitation": asked.id,
            "invitation_link": tokens.issue("invitation", asked.email, payload={"invitation": asked.id}, lifetime=day, at=at),
            "sign_in_link": tokens.issue("sign_in", address, user_id=someone.id, payload={"next": ""}, at=at),
            "reset_link": tokens.issue("reset_password", address, user_id=someone.id, at=at),
            "email_link": tokens.issue("change_email", "ander@elders.example", user_id=someone.id, at=at),
            "registration_link": tokens.issue("verify_email", "noor2@elders.example", payload=registration, lifetime=day, at=at),
            "request_link": tokens.issue(
                "confirm_request", "noor@elders.example", payload={"request_id": names["guest"], "locale": "nl"}, lifetime=day, at=at,
            ),
            "unsubscribe_link": unsubscribe_url(someone.id, "messages").rpartition("/")[2],
        }  # fmt: skip


def person(world: World, role: str) -> User | None:
    """The row of this role, read afresh."""
    ident = world.people[role]
    return db.session.get(User, ident) if ident else None
