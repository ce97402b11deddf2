"""Alembic's environment, through Flask-Migrate: one set of migrations for SQLite and PostgreSQL."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text

from techfinder.core.db import UtcDateTime

LOCK = 7_461_001  # any number of our own: two machines that start together migrate one after the other


def render_item(kind: str, item: Any, _autogenerate_context: Any) -> str | bool:
    """Our own column types are written as what they are in the database, so that migrations stand on their own."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Bring the database up to date inside one transaction."""
    db = current_app.extensions["migrate"].db
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"select pg_advisory_lock({LOCK})"))
            connection.commit()
        context.configure(
            connection=connection, target_metadata=db.metadata, render_item=render_item, render_as_batch=True,
            compare_type=True, transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
