"""The database session, its one transaction per use case, and the few differences between SQLite and PostgreSQL.

No other module but `postgres.py` knows which of the two is underneath. Reads need nothing; writes happen inside `transaction()`:
a flush outside it raises, so a forgotten transaction shows at once and not as a lost row.
"""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, CursorResult, DateTime, Executable, Integer, MetaData, bindparam, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry, relationship
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from techfinder.core.errors import NotVisible, Stale
from techfinder.core.turns import Turn

BUSY_TIMEOUT_MS = 30_000
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment in, an aware UTC moment out, on both databases. A naive value is a mistake and raises."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CONSTRAINT_NAMES = {  # fixed, so that migrations can name them on both databases
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share: constraint names, and moments that are always aware."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime()})


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class HasId:
    """A surrogate key that both databases number by themselves."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, sort_order=-10)


def relation(*args: Any, **kwargs: Any) -> Any:
    """A relationship that raises when a query forgot to load it: lists count their queries."""
    kwargs.setdefault("lazy", "raise")
    return relationship(*args, **kwargs)


_writing: ContextVar[Turn | None] = ContextVar("writing", default=None)
_before_commit: list[Callable[[Session], None]] = []
M = TypeVar("M", bound=Any)


def before_commit(hook: Callable[[Session], None]) -> Callable[[Session], None]:
    """Run `hook(session)` as the last thing inside every transaction; for the change log's numbering only."""
    _before_commit.append(hook)
    return hook


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case, all or nothing. Ends the read snapshot, begins IMMEDIATE on SQLite, does not nest.

    What was read before it is read again inside it; what it wrote can be shown after it without another query.

    Raises `Stale` when a versioned row was changed by somebody else in the meantime.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() does not nest: one use case, one transaction")
    session.rollback()
    session.expire_all()  # what an earlier transaction of this session wrote may be old by now
    turn = Turn()
    token = _writing.set(turn)
    session.info["writing"] = True
    try:
        yield session
        session.flush()
        for hook in _before_commit:
            hook(session)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale() from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
        session.info.pop("changes", None)
        session.info.pop("held", None)
        _writing.reset(token)
        turn.give_back()


@contextmanager
def reading(snapshot: bool = True) -> Iterator[Session]:
    """A session of its own, for long reads that must not touch the request's objects; with a snapshot of its own, unless it
    does not matter that a later statement sees more than an earlier one."""
    session: Session = db.session.session_factory()
    session.info["whole"] = snapshot
    token = _writing.set(None)
    try:
        yield session
    finally:
        session.close()
        _writing.reset(token)


def end_read() -> None:
    """Close the read snapshot, so that the next read sees what others have committed since."""
    db.session.rollback()
    db.session.expire_all()


def plain(statement: Executable, **values: Any) -> CursorResult[Any]:
    """Execute a statement of columns that was made once, past the ORM, which would take three times as long.

    Statements that every page or every message asks are made once, as a constant with `bindparam`: making one takes longer
    than asking it. A write needs a transaction, as everywhere.
    """
    session = db.session()
    if not (session.info.get("writing") or getattr(statement, "is_select", False)):
        raise RuntimeError("a write outside transaction()")
    return session.connection().execute(statement, values)


_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@cache
def inserting(model: Any, dialect: str = "") -> Any:
    """INSERT into the model's table; with a dialect's name one that can say `on_conflict_do_update`."""
    return _INSERTS.get(dialect, insert)(model.__table__)


def add_row(model: Any, **values: Any) -> None:
    """A row that this transaction does not read again, such as a line of a log: without the session's bookkeeping."""
    plain(inserting(model), **values)


@lru_cache(maxsize=200)
def _locking(model: Any, options: tuple[Any, ...], among: Any) -> Any:
    rows: Any = select(model) if among is None else among
    wanted = rows.where(model.__mapper__.primary_key[0] == bindparam("locked_id"))
    return wanted.with_for_update(of=model, key_share=True).options(*options)


def locked(model: type[M], ident: Any, *options: Any, among: Any = None, **values: Any) -> M:
    """The row, freshly read and locked until the transaction ends. Raises `NotVisible` when it is not there.

    `among`: a select of the rows that may be seen, made once, and `values` for its parameters; the row must be one of them.
    A second call in one transaction reads nothing: nobody else can have changed the row, and what we changed stays.
    """
    session = db.session()
    held: dict[Any, Any] = session.info.setdefault("held", {}) if session.info.get("writing") else {}
    known = held.get((model, ident, bool(options)))
    if among is None and known is not None and known in session:
        return known  # type: ignore[no-any-return]
    row = session.execute(
        _locking(cast(Any, model), options, among), {"locked_id": ident, **values}, execution_options={"populate_existing": True}
    ).unique().scalar_one_or_none()
    if row is None:
        raise NotVisible()
    held[(model, ident, bool(options))] = held[(model, ident, False)] = row
    return row  # type: ignore[no-any-return]


def expect_version(row: Any, version: int | None) -> None:
    """Raise `Stale` when the form was made from an older version of this row."""
    if version is not None and row.version != version:
        raise Stale()


def new_key() -> str:
    """A random identifier for idempotent posts and public tokens that need no secrecy."""
    return uuid.uuid4().hex


@event.listens_for(Session, "before_flush")
def _flush_needs_a_transaction(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info.get("writing") and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a write outside transaction()")


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
        "cache_size=-4000",  # KiB for each connection; the machine keeps the rest once for all processes
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    turn = _writing.get()
    if turn is not None:
        turn.take(connection.engine.url.database)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if turn is not None else "BEGIN")
