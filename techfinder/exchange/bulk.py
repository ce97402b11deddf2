"""Many rows at once: inserted with their ids, updated where something differs, and the queue kept in step."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from techfinder.core.db import Model, db
from techfinder.moderation.models import Case

BATCH = 5_000  # rows in one statement's parameters; bounds the memory, not the transaction
IN_LIST = 500  # numbers in one IN


def insert_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert and return the new ids in the same order. Every row names the same columns."""
    ids: list[int] = []
    table: Any = model.__table__
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    for part in batches(rows):
        ids += db.session.connection().execute(statement, list(part)).scalars()
    return ids


def add_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose ids nobody asks for."""
    table: Any = model.__table__
    for part in batches(rows):
        db.session.connection().execute(insert(table), list(part))


def update_rows(model: type[Any], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Set columns of rows by id, each raising its version by one; all changes name the same columns."""
    if not changes:
        return
    table = model.__table__
    names = list(next(iter(changes.values())))
    statement = (
        update(table).where(table.c.id == bindparam("ident"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names} | {"version": table.c.version + 1})
    )  # fmt: skip
    rows = [{"ident": ident} | {f"new_{name}": values[name] for name in names} for ident, values in changes.items()]
    for part in batches(rows):
        db.session.connection().execute(statement, part)


def open_cases(kind: str, reason: str, things: Iterable[tuple[int, int | None, int]], at: datetime) -> None:
    """Put things (id, region, organisation) in "Te beoordelen", without a mail for each."""
    add_rows(
        Case,
        [
            {
                "kind": kind, "ref": ref, "open_key": f"{kind}:{ref}", "reason": reason, "region_id": region_id,
                "organisation_id": organisation_id, "opened_at": at,
            }
            for ref, region_id, organisation_id in things
        ],
    )  # fmt: skip


def close_cases(kind: str, ids: Iterable[int], at: datetime) -> None:
    """These are approved, by the administrator who said --publish."""
    keys = [f"{kind}:{ref}" for ref in ids]
    for part in batches(keys, IN_LIST):
        waiting = list(db.session.scalars(select(Case.id).where(Case.open_key.in_(part))))
        update_rows(Case, {i: {"open_key": None, "decided_at": at, "decision": "approved"} for i in waiting})


def batches(rows: Sequence[Any], size: int = BATCH) -> Iterable[Sequence[Any]]:
    """The rows in portions."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
