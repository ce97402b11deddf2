"""Backup and restore: one file that either database can be restored from.

A gzipped tar with one JSON-lines member per table, read in one snapshot, and the files that people handed in. The index
is not in it: it is made again.
"""

import io
import json
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Engine, Table, func, insert, select, text, update
from sqlalchemy.orm import Session

from techfinder.core.changes import begin_another_log
from techfinder.core.clock import now
from techfinder.core.db import Base, db, reading, transaction

FORMAT = 1
BATCH = 1000
STORED = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}")
NOT_KEPT = {"attempt", "kept_post", "heartbeat"}  # limits, half-typed forms and heartbeats of another moment


class BackupError(Exception):
    """The file cannot be used, or the database is not empty; the text says which."""


def _tables() -> list[Table]:
    return [t for t in Base.metadata.sorted_tables if t.name not in NOT_KEPT]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"json": value} if isinstance(value, (dict, list)) else value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    if "moment" in plain:
        return datetime.fromisoformat(plain["moment"])
    return date.fromisoformat(plain["day"]) if "day" in plain else plain["json"]


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(data), int(now().timestamp())
    archive.addfile(info, io.BytesIO(data))


def revision(session: Session) -> str | None:
    """The migration that the database stands at."""
    try:
        return session.scalar(text("select version_num from alembic_version"))
    except Exception:
        session.rollback()
        return None


def backup(target: Path) -> int:
    """Write everything to `target` (which must not exist yet); returns the number of rows."""
    try:
        target.touch(mode=0o600, exist_ok=False)  # it holds everything that we know of people
    except FileExistsError:
        raise BackupError(f"{target} exists already.") from None
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        return _write(target)
    except BaseException as error:
        target.unlink(missing_ok=True)  # half a backup is none
        if isinstance(error, OSError):
            raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
        raise


def _write(target: Path) -> int:
    count = 0
    with reading() as session, tarfile.open(target, "w:gz") as archive:
        bind = session.get_bind()
        if isinstance(bind, Engine) and bind.dialect.name == "postgresql":  # one snapshot; SQLite's read is one anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        _add(archive, "about.json", json.dumps({"format": FORMAT, "revision": revision(session), "at": now().isoformat()}).encode())
        for table in _tables():
            with tempfile.TemporaryFile() as rows:
                for row in session.execute(select(table)).mappings():
                    rows.write(json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False).encode() + b"\n")
                    count += 1
                info = tarfile.TarInfo(f"tables/{table.name}.jsonl")
                info.size = rows.tell()
                rows.seek(0)
                archive.addfile(info, rows)
        files = Path(current_app.config["SETTINGS"].data_dir) / "files"
        if files.exists():
            archive.add(files, "files")
    return count


def _rows(archive: tarfile.TarFile, table: Table) -> Iterator[dict[str, Any]]:
    try:
        member = archive.extractfile(f"tables/{table.name}.jsonl")
    except KeyError:
        return
    for line in member or ():
        yield {k: _value(v) for k, v in json.loads(line).items() if k in table.c}


def _insert(table: Table, rows: Iterator[dict[str, Any]]) -> int:
    """Insert; columns that refer to the table itself are filled afterwards, when every row is there."""
    own = [c.name for c in table.c if any(fk.column.table is table for fk in c.foreign_keys)]
    count, later, batch = 0, [], []
    for row in rows:
        later += [(row["id"], name, row[name]) for name in own if row.get(name) is not None]
        batch.append({**row, **dict.fromkeys(own)})
        count += 1
        if len(batch) == BATCH:
            db.session.execute(insert(table), batch)
            batch = []
    if batch:
        db.session.execute(insert(table), batch)
    for ident, name, value in later:
        db.session.execute(update(table).where(table.c.id == ident).values({name: value}))
    return count


def restore(source: Path) -> int:
    """Fill an empty, migrated database from a backup of the same migration; returns the number of rows."""
    try:
        return _read(source)
    except (tarfile.TarError, EOFError, zlib.error, json.JSONDecodeError) as error:
        raise BackupError(f"{source} is no backup of ours, or it is damaged. Nothing was restored.") from error


def _about(archive: tarfile.TarFile) -> dict[str, Any]:
    try:
        member = archive.extractfile("about.json")
    except KeyError:
        return {}
    found = json.loads(member.read()) if member else {}
    return found if isinstance(found, dict) else {}


def _read(source: Path) -> int:
    with tarfile.open(source, "r:gz") as archive:
        about = _about(archive)
        if about.get("format") != FORMAT:
            raise BackupError(f"{source} is not a backup of this version.")
        with transaction() as session:
            if about["revision"] != revision(session):
                raise BackupError(f"First bring the database to the backup's migration: `flask db upgrade {about['revision']}`.")
            if session.scalar(select(func.count()).select_from(Base.metadata.tables["user"])):
                raise BackupError("The database is not empty.")
            for table in reversed(_tables()):
                session.execute(table.delete())
            count = sum(_insert(table, _rows(archive, table)) for table in _tables())
            begin_another_log()
            if session.get_bind().dialect.name == "postgresql":
                for table in _tables():
                    if "id" in table.c and table.c.id.autoincrement is True:
                        session.execute(text(
                            f"select setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                            f"coalesce((select max(id) from \"{table.name}\"), 0) + 1, false)"
                        ))  # fmt: skip
        _files(archive, Path(current_app.config["SETTINGS"].data_dir))
    return count


def _files(archive: tarfile.TarFile, data_dir: Path) -> None:
    """What people handed in, back where `files.path_of` looks for it; nothing else of an archive reaches the disk."""
    for member in archive.getmembers():
        content = archive.extractfile(member) if STORED.fullmatch(member.name) and member.isfile() else None
        if content is not None:
            target = data_dir / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "wb") as file:
                shutil.copyfileobj(content, file)
