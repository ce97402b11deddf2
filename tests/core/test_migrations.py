"""Migrations equal models, on whichever database the tests run."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from techfinder.app import create_app
from techfinder.core.db import db
from tests.conftest import TEST_URL, _own_database, make_settings


def test_migrations_equal_models_and_can_be_undone(worker: str, tmp_path: Path):
    application = create_app(make_settings(_own_database(f"{worker}_migrations", tmp_path), tmp_path))
    with application.app_context():
        upgrade()
        with db.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)
        assert found == []
        downgrade(revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
        db.session.remove()
        db.engine.dispose()
    assert TEST_URL or (tmp_path / "test.sqlite3").exists()
