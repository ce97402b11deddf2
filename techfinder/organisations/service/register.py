"""Registering: as a company, at a school that is in the list, or with a school that is not.

Somebody without an account first proves the address: `ask_confirmation` mails a link and keeps what was typed with it;
`complete_registration` does the rest. Before that nothing of it can be seen by anybody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from techfinder.accounts import tokens
from techfinder.accounts.models import User
from techfinder.accounts.rules import normal_email
from techfinder.accounts.service import ensure_user
from techfinder.core.audit import audit
from techfinder.core.changes import log_change
from techfinder.core.clock import now
from techfinder.core.db import db, locked
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken
from techfinder.core.events import emit
from techfinder.core.permissions import Actor
from techfinder.organisations import emails
from techfinder.organisations.domains import colleague_vouches, website_vouches
from techfinder.organisations.events import MemberUnverified, OrganisationSubmitted
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.queries import membership_of, owners, verified_users
from techfinder.organisations.refine import ask_to_refine
from techfinder.organisations.rules import Location, check_sector, kvk_number, location
from techfinder.organisations.school_search import name_key
from techfinder.organisations.service.known import known_company, namesake
from techfinder.organisations.service.placing import put
from techfinder.organisations.service.vouching import has_owner, vouch
from techfinder.reference.levels import mask, school_preset

PURPOSE, LIFETIME = "verify_email", timedelta(hours=24)
USUAL_TYPE = {"po": "basisschool", "so": "(V)SO", "vo": "VBO/MAVO/HAVO/VWO"}


@dataclass(frozen=True)
class Registration:
    """What somebody typed: exactly one of a company, a listed school (`school_id`) or a new school.

    Of a company that seems to stand here already: `join_id`, the person asks for a place there; `other`, it is another one.
    """

    what: Literal["company", "school", "new_school"]
    person: str = ""
    name: str = ""
    postcode: str = ""
    kvk: str = ""
    sector: str = ""
    school_id: int | None = None
    job_title: str = ""
    join_id: int | None = None
    other: bool = False


def refusals(registration: Registration) -> list[RuleBroken]:
    """All that can be said against a new company or school before the address is proven: a form shows it at once.

    One sentence a field; empty for a school of the list, see `check`.
    """
    found: dict[str | None, RuleBroken] = {}
    for rule in _rules_for(registration):
        try:
            rule()
        except RuleBroken as error:
            found.setdefault(error.field, error)
    return list(found.values())


def _rules_for(registration: Registration) -> Iterator[Callable[[], object]]:
    if registration.what == "school":
        return
    yield lambda: _refuse_nameless(registration.name)
    yield lambda: location(registration.postcode)
    if registration.what == "company":
        yield lambda: _refuse_known_kvk(kvk_number(registration.kvk))
    else:
        yield lambda: check_sector(registration.sector)
        yield lambda: _refuse_known_school(registration.name, location(registration.postcode).postcode)


def check(registration: Registration) -> None:
    """Refuse what can be refused before the address is proven. Raises `RuleBroken`; `NotVisible` for a school nobody can join."""
    if registration.what == "school":
        _joinable(registration.school_id)
    for error in refusals(registration):
        raise error


def ask_confirmation(registration: Registration, email: str, locale: str = "nl", at: datetime | None = None) -> None:
    """Mail the link that proves the address and finishes the registration. Answers the same whether an account exists."""
    check(registration)
    address = normal_email(email)
    raw = tokens.issue(PURPOSE, address, payload=asdict(registration), lifetime=LIFETIME, at=at)
    joins = registration.join_id is not None
    emails.confirm_registration(address, registration.person, locale, raw, shown_name(registration), joins=joins)


def shown_name(registration: Registration) -> str:
    """The organisation's own name where it stands here already, else as it was typed."""
    if registration.what == "school":
        return _joinable(registration.school_id).name
    known = known_company(registration.name, registration.postcode, registration.kvk) if registration.join_id else None
    return known.name if known is not None and known.id == registration.join_id else registration.name


def registration_of(payload: Mapping[str, object]) -> Registration:
    """What the link's token kept; the token of another package's use of this purpose raises `TokenRefused`."""
    if payload.get("what") not in ("company", "school", "new_school"):
        raise tokens.TokenRefused(PURPOSE)
    return Registration(**payload)  # type: ignore[arg-type]


def complete_registration(raw: str, locale: str = "nl", at: datetime | None = None) -> tuple[User, int]:
    """Use the mailed link: (the account, the organisation's id). Raises `TokenRefused` or `RuleBroken`; then nothing happened."""
    at = at or now()
    token = tokens.redeem(raw, PURPOSE, at)
    registration = registration_of(token.payload)
    user = ensure_user(token.email, registration.person, locale, at)
    if user.blocked_at is not None:
        raise tokens.TokenRefused(PURPOSE)
    user.email_verified_at = user.email_verified_at or at
    actor = Actor(user.id, user.name, user.email or "", user.locale)
    return user, carry_out(actor, registration, at)


def carry_out(actor: Actor, registration: Registration, at: datetime | None = None) -> int:
    """Do what the registration says, for somebody whose address is proven; the organisation's id."""
    if registration.what == "company" and registration.join_id is not None:
        return ask_to_join(actor, registration, at=at).organisation_id
    if registration.what == "company":
        return register_company(
            actor, name=registration.name, postcode=registration.postcode, kvk=registration.kvk, other=registration.other, at=at
        ).id
    if registration.what == "new_school":
        return add_school(
            actor, name=registration.name, postcode=registration.postcode, sector=registration.sector,
            job_title=registration.job_title, at=at,
        ).id  # fmt: skip
    return join(actor, registration.school_id or 0, job_title=registration.job_title, at=at).organisation_id


def register_company(
    actor: Actor, *, name: str, postcode: str, kvk: str = "", other: bool = False, at: datetime | None = None
) -> Organisation:
    """A new company with the actor as its owner; it waits for a coordinator.

    A company that stands here already but has nobody (known by this KvK number, or by this name at this postcode) is claimed
    instead; then the person waits, not the company. Where somebody works already, a second company of that name is made only
    when the person says that it is an `other` one: raises `RuleBroken` ("organisation.known").
    """
    at, number, where = at or now(), kvk_number(kvk), location(postcode)
    known = db.session.scalars(select(Organisation).where(Organisation.kvk == number)).one_or_none() if number else None
    known = known or namesake(name, number, where)
    if known is not None:
        return _claim(actor, known, at)
    if not other and namesake(name, number, where, claimed=True) is not None:
        raise RuleBroken("organisation.known", "name")
    row = Organisation(kind="company", state="pending", state_at=at, created_at=at, name=name.strip()[:200], kvk=number)
    return _found(actor, row, where, verified=True, job_title="", at=at)


def add_school(
    actor: Actor, *, name: str, postcode: str, sector: str, job_title: str = "", at: datetime | None = None
) -> Organisation:
    """A school that is not in the register's list. School and founder wait for the coordinator together."""
    at, where = at or now(), location(postcode)
    check_sector(sector)
    _refuse_known_school(name, where.postcode)
    row = Organisation(
        kind="school", state="pending", state_at=at, created_at=at, name=name.strip()[:200], sector=sector,
        levels=usual_levels(sector),
    )
    return _found(actor, row, where, verified=False, job_title=job_title, at=at)


def usual_levels(sector: str) -> int:
    """The levels of most schools of a sector, until the school says its own."""
    return mask(["mbo"]) if sector == "mbo" else school_preset(USUAL_TYPE[sector])


def _found(
    actor: Actor, row: Organisation, where: Location, *, verified: bool, job_title: str, at: datetime
) -> Organisation:
    row.name_key = name_key(row.name)
    put(row, where)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # two at once: the constraint has the last word
        raise RuleBroken("organisation.kvk_taken", "kvk") from error
    ask_to_refine(row)
    db.session.add(
        Membership(
            user_id=_user_id(actor), organisation_id=row.id, role="owner", job_title=job_title.strip()[:80], created_at=at,
            verified_at=at if verified else None, verified_by="owner" if verified else "",
        )
    )
    db.session.flush()
    audit(actor, "organisation.registered", "organisation", row.id, scope_id=row.region_id, at=at, kind_of=row.kind)
    log_change("organisation", row.id)
    emit(OrganisationSubmitted(row.id))
    return row


def ask_to_join(actor: Actor, registration: Registration, *, at: datetime | None = None) -> Membership:
    """A place at the company that the registration is about, which an owner or the coordinator still has to confirm.

    Raises `NotVisible` for any other company: who does not know its name and place, or its number, learns nothing.
    """
    known = known_company(registration.name, registration.postcode, registration.kvk)
    if known is None or known.id != registration.join_id:
        raise NotVisible()
    return _take_seat(actor, locked(Organisation, known.id), "", at or now())


def _claim(actor: Actor, known: Organisation, at: datetime) -> Organisation:
    row = locked(Organisation, known.id)
    if row.claimed or row.state != "approved":
        raise RuleBroken("organisation.kvk_taken", "kvk")
    if membership_of(_user_id(actor), row.id) is None:
        member = Membership(user_id=_user_id(actor), organisation_id=row.id, role="member", created_at=at)
        _sit(actor, row, member, at)
    return row


def join(actor: Actor, organisation_id: int, *, job_title: str = "", at: datetime | None = None) -> Membership:
    """The actor's place at a school of the list.

    Verified at once when the address belongs to the school's website or to a verified colleague's domain; else the
    coordinator is told, and only the first messages wait. Who has a place already keeps it.
    """
    at = at or now()
    return _take_seat(actor, locked(Organisation, _joinable(organisation_id).id), job_title, at)


def _take_seat(actor: Actor, row: Organisation, job_title: str, at: datetime) -> Membership:
    existing = membership_of(_user_id(actor), row.id)
    if existing is not None:
        if existing.refused_at is not None:
            raise RuleBroken("membership.refused")
        return existing
    member = Membership(
        user_id=_user_id(actor), organisation_id=row.id, role="member", job_title=job_title.strip()[:80], created_at=at
    )
    _sit(actor, row, member, at)
    return member


def _sit(actor: Actor, row: Organisation, member: Membership, at: datetime) -> None:
    db.session.add(member)
    db.session.flush()
    audit(actor, "member.joined", "organisation", row.id, scope_id=row.region_id, at=at, membership=member.id)
    if row.kind == "school" and website_vouches(actor.email, row.website):
        vouch(row, member, "domain", at)
    elif row.kind == "school" and colleague_vouches(actor.email, [u.email or "" for u in verified_users(row.id)]):
        vouch(row, member, "colleague", at)
    else:
        emit(MemberUnverified(member.id))
        if has_owner(row.id):
            emails.member_waits(owners(row.id), row, actor.name)


def _joinable(organisation_id: int | None) -> Organisation:
    row = db.session.get(Organisation, organisation_id) if organisation_id else None
    if row is None or row.state != "approved" or row.closed_at is not None:
        raise NotVisible()
    if row.kind != "school":
        raise RuleBroken("membership.closed")
    return row


def _user_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed()
    return actor.user_id


def _refuse_nameless(name: str) -> None:
    if not name_key(name):
        raise RuleBroken("organisation.name_needed", "name")


def _refuse_known_kvk(number: str | None) -> None:
    """A number of a company that is out. Where people work, the person is asked whether to join them: see `known_company`."""
    taken = select(Organisation.id).where(
        Organisation.kvk == number, Organisation.claimed, Organisation.state.in_(("rejected", "blocked"))
    )
    if number and db.session.scalar(taken):
        raise RuleBroken("organisation.kvk_taken", "kvk")


def _refuse_known_school(name: str, postcode: str | None) -> None:
    same = select(func.count()).where(
        Organisation.kind == "school", Organisation.name_key == name_key(name), Organisation.postcode == postcode
    )
    if db.session.scalar(same):
        raise RuleBroken("organisation.school_exists", "name")
