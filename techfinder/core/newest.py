"""Whether a start has something to prepare, found out without loading the application, which takes seconds."""

import re
from pathlib import Path

import sqlalchemy as sa

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def newest_version(folder: Path = VERSIONS) -> str | None:
    """The migration that no other one builds on; None when that is not one."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    own = {found[1] for text in texts if (found := re.search(r"^revision = ['\"](\w+)['\"]", text, re.MULTILINE))}
    below = {found[1] for text in texts if (found := re.search(r"^down_revision = ['\"](\w+)['\"]", text, re.MULTILINE))}
    last = own - below
    return last.pop() if len(last) == 1 else None


def is_prepared(database_url: str, folder: Path = VERSIONS) -> bool:
    """Whether the database has the newest tables and something in them. When in doubt it is not: preparing twice harms nothing."""
    engine = sa.create_engine(database_url, poolclass=sa.pool.NullPool)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return False
    try:
        with engine.connect() as connection:
            versions = list(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))
            changes = connection.scalar(sa.text("SELECT max(no) FROM change_counter"))
    except sa.exc.SQLAlchemyError:
        return False
    return versions == [newest_version(folder)] and bool(changes)
