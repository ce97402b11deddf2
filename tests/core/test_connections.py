"""Connections that the server closed are replaced before anybody asks on them."""

from contextlib import ExitStack

import pytest
from sqlalchemy import text

from techfinder.core.db import db

pytestmark = pytest.mark.real_commits
OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def test_a_server_that_was_restarted_costs_nobody_an_error(app):
    with app.app_context(), ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(db.engine.connect()).execute(text("SELECT 1"))
        stack.close()  # three connections wait in the pool
        with db.engine.connect() as one:
            if db.engine.dialect.name == "postgresql":
                assert all(one.scalars(text(OTHERS)))
        for _ in range(3):
            assert stack.enter_context(db.engine.connect()).scalar(text("SELECT 1")) == 1


def test_what_the_server_has_planned_outlives_a_rollback(app):
    """Else every conflict makes this connection's next hundred statements twice as dear."""
    with app.app_context(), db.engine.connect() as one:
        if db.engine.dialect.name == "postgresql":
            for _ in range(3):
                one.execute(text("SELECT 42"))
            one.execute(text("CREATE TEMPORARY TABLE undone (n integer)"))
            one.rollback()
            assert one.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 42'")) == 1
            assert one.scalar(text("SELECT to_regclass('undone')")) is None
            assert one.scalar(text("SELECT current_setting('plan_cache_mode')")) == "force_generic_plan"
