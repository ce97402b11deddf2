"""Whether a company that somebody types stands here already, so that it does not come in twice."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from techfinder.core.db import db
from techfinder.organisations.models import Organisation
from techfinder.organisations.rules import Location, kvk_number, location
from techfinder.organisations.school_search import name_key


@dataclass(frozen=True)
class Known:
    """A company where people work already: all that somebody who types its name or number reads of it."""

    id: int
    name: str
    place: str
    by_number: bool


def known_company(name: str, postcode: str, kvk: str) -> Known | None:
    """The company that this seems to be, by its KvK number, else by name and four digits of postcode."""
    number = kvk_number(kvk)
    row = db.session.scalars(_where_people_work().where(Organisation.kvk == number)).one_or_none() if number else None
    by_number = row is not None
    row = row or namesake(name, number, location(postcode), claimed=True)
    return Known(row.id, row.name, row.place, by_number) if row is not None else None


_FORMS = ("bv", "b v", "nv", "n v", "vof", "v o f")  # as `name_key` writes them


def spellings(name: str) -> list[str]:
    """The keys of a company's name with and without its legal form: "Hout en Zo" is "Hout en Zo B.V."."""
    key = name_key(name)
    bare = next((key.removesuffix(f" {form}") for form in _FORMS if key.endswith(f" {form}")), key)
    return [bare, *(f"{bare} {form}" for form in _FORMS)]


def namesake(name: str, number: str | None, where: Location, claimed: bool = False) -> Organisation | None:
    """A company of this name and four digits of postcode, unless its KvK number is another one: without anybody, or `claimed`."""
    found = (_where_people_work() if claimed else _without_anybody()).where(
        Organisation.name_key.in_(spellings(name)), Organisation.postcode.startswith((where.postcode or "-")[:4])
    )
    if number:
        found = found.where(Organisation.kvk.is_(None))
    return db.session.scalars(found.order_by(Organisation.id).limit(1)).one_or_none()


def _where_people_work() -> Select[Organisation]:
    return select(Organisation).where(
        Organisation.kind == "company", Organisation.claimed, Organisation.state.in_(("approved", "pending", "returned"))
    )


def _without_anybody() -> Select[Organisation]:
    return select(Organisation).where(
        Organisation.kind == "company", Organisation.state == "approved", Organisation.claimed.is_(False)
    )
