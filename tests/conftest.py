"""One database per worker, one outer transaction per test: what a test commits is a savepoint that goes away.

`TEST_DATABASE_URL` names a PostgreSQL server's database to be used as the base name; without it SQLite is used.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

import config
from techfinder.app import create_app
from techfinder.core.db import db
from techfinder.discovery import engine as discovery_engine
from techfinder.discovery.engine import finder

TEST_URL = os.environ.get("TEST_DATABASE_URL", "")


def _own_database(worker: str, folder: Path) -> str:
    """A fresh, empty database for this worker."""
    if not TEST_URL:
        return f"sqlite:///{folder / 'test.sqlite3'}"
    url = sa.make_url(config.normal_database_url(TEST_URL))
    name = f"{url.database}_{worker}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'drop database if exists "{name}" with (force)'))
        connection.execute(sa.text(f'create database "{name}"'))
    admin.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what asks for a database, this one's tables (`app`) or one of its own (`worker`); the rest ran already."""
    if not TEST_URL:
        return
    asking = [i for i in items if {"app", "worker"} & set(getattr(i, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[i for i in items if i not in asking])
    items[:] = asking


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The xdist worker's name, or "main"."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


def make_settings(database_url: str, data_dir: Path, **changes: Any) -> config.Settings:
    """Settings for tests: development, own folder, mail as files."""
    env = {
        "SECRET_KEY": "test-key-test-key-test-key-test-key-0123456789", "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir), "BASE_URL": "http://localhost", "LOG_LEVEL": "ERROR",
        "METRICS_TOKEN": "metrics-token-for-tests",
    }
    return config.load({**env, **{k.upper(): str(v) for k, v in changes.items()}})


@pytest.fixture(scope="session")
def app(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a database with all tables."""
    folder = tmp_path_factory.mktemp("data")
    application = create_app(make_settings(_own_database(worker, folder), folder))
    application.config["TESTING"] = True
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


@contextmanager
def bound_to(connection: Connection) -> Iterator[None]:
    """Every session works inside this connection's transaction; what it commits is a savepoint."""
    session_class = db.session.session_factory.class_  # type: ignore[attr-defined]
    original_bind = session_class.get_bind
    session_class.get_bind = lambda self, *a, **k: connection
    original_kw = dict(db.session.session_factory.kw)
    db.session.remove()
    db.session.configure(join_transaction_mode="create_savepoint")
    try:
        yield
    finally:
        db.session.remove()
        session_class.get_bind = original_bind
        db.session.session_factory.kw.clear()
        db.session.session_factory.kw.update(original_kw)


@pytest.fixture(autouse=True)
def savepoint(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test runs inside one outer transaction that is rolled back, unless it asks for real commits."""
    if "app" not in request.fixturenames or request.node.get_closest_marker("real_commits"):
        yield
        return
    application = request.getfixturevalue("app")
    with application.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        try:
            with bound_to(connection):
                yield
        finally:
            outer.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; posts carry no token because tests switch its check off (core tests it)."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def fresh_index(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An index of its own for this test, never behind."""
    monkeypatch.setattr(discovery_engine, "STALE_AFTER_S", 0.0)
    before = finder().directory
    finder().directory = tmp_path
    finder().forget()
    yield
    finder().forget()
    finder().directory = before
