"""What a connection to PostgreSQL is for us: few statements, asked all day, each planned once.

Imported when the settings name such a database: psycopg takes a while to load.
"""

import select
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

PREPARED = 400  # statements that a connection remembers; the longest day asks some 250
ROWS = (ExecStatus.TUPLES_OK, ExecStatus.SINGLE_TUPLE)


class Cursor(psycopg.Cursor[Any]):
    """Says what its columns are in plain tuples, which are made in a fraction of the time of psycopg's own."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or result.status not in ROWS:
            return None
        encoding = self.connection.info.encoding
        return [
            ((result.fname(n) or b"").decode(encoding), result.ftype(n), None, None, None, None, None)
            for n in range(result.nfields)
        ]


class Connection(psycopg.Connection[Any]):
    """Keeps what the server has planned when a transaction is rolled back.

    psycopg forgets all of it then, for tables that were made in that transaction; no table is made while we serve.
    """

    def rollback(self) -> None:
        with self.lock:
            if self.pgconn.transaction_status == TransactionStatus.IDLE:
                return
            result = self.pgconn.exec_(b"ROLLBACK")
            if result.status != ExecStatus.COMMAND_OK:
                raise psycopg.OperationalError(result.get_error_message())


@event.listens_for(Engine, "do_connect")
def _connected(dialect: Dialect, _record: Any, args: Any, options: Any) -> Connection | None:
    """A plan holds for all values: no index of ours is for some of them only."""
    if dialect.name != "postgresql":
        return None  # the dialect's own way
    connection = Connection.connect(*args, **options, autocommit=True, cursor_factory=Cursor, prepare_threshold=2)
    connection.prepared_max = PREPARED
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.autocommit = False
    return connection


@event.listens_for(Session, "after_begin")
def _reads_need_no_transaction(session: Session, _transaction: Any, connection: Any) -> None:
    """Each statement sees what is committed by then, in a transaction or not; without one, reading a page asks the server
    two things less. A snapshot that somebody chose (`isolation_level`) stays."""
    if connection.dialect.name == "postgresql" and not connection.in_nested_transaction():
        whole = session.info.get("writing") or session.info.get("whole")
        alone = not whole and "isolation_level" not in connection.get_execution_options()
        raw = connection.connection.dbapi_connection
        if raw.autocommit != alone:
            raw.autocommit = alone


@event.listens_for(Pool, "checkin")
def _as_it_was(connection: Any, _record: Any) -> None:
    if isinstance(connection, Connection) and not connection.closed and connection.autocommit:
        connection.autocommit = False


@event.listens_for(Pool, "checkout")
def _leave_broken_connections(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that went away has closed its end: an idle connection with something to read is replaced, without asking it."""
    if isinstance(connection, Connection) and (connection.closed or _something_to_read(connection.fileno())):
        raise DisconnectionError("the server closed this connection")


def _something_to_read(socket: int) -> bool:
    ready = select.poll()
    ready.register(socket, select.POLLIN)
    return bool(ready.poll(0))
