"""A start prepares only what is not prepared; in doubt it prepares."""

import re

import pytest
import sqlalchemy as sa

from techfinder.core.newest import VERSIONS, is_prepared, newest_version


@pytest.fixture
def url(tmp_path):
    """A database that holds what `is_prepared` looks at."""
    found = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with sa.create_engine(found).begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(sa.text("CREATE TABLE change_counter (id INTEGER, no INTEGER)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": newest_version()})
        connection.execute(sa.text("INSERT INTO change_counter VALUES (1, 7)"))
    return found


def test_the_newest_migration_is_the_one_nothing_builds_on():
    assert newest_version() == max(re.match(r"\d+", path.name)[0] for path in VERSIONS.glob("0*.py"))


def test_a_site_that_is_up_to_date_is_left_alone(url):
    assert is_prepared(url)


@pytest.mark.parametrize("change", [
    "UPDATE alembic_version SET version_num = '0001'", "DELETE FROM alembic_version", "DROP TABLE alembic_version",
    "UPDATE change_counter SET no = 0", "DELETE FROM change_counter",
])  # fmt: skip
def test_an_old_an_empty_or_a_strange_database_is_prepared(url, change):
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text(change))
    assert not is_prepared(url)


def test_asking_makes_no_database(tmp_path):
    assert not is_prepared(f"sqlite:///{tmp_path / 'none.sqlite3'}") and not list(tmp_path.iterdir())
    assert not is_prepared("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_two_last_migrations_are_none(tmp_path):
    for own, below in (("a", None), ("b", "a"), ("c", "a")):
        (tmp_path / f"{own}.py").write_text(f"revision = {own!r}\ndown_revision = {below!r}\n")
    assert newest_version(tmp_path) is None
