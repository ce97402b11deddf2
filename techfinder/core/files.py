"""Files that people hand in: kept in the data folder under their hash, described by a row."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.clock import now
from techfinder.core.db import HasId, Model, db, new_key
from techfinder.core.errors import RuleBroken

MAX_BYTES = 10_000_000
SIGNATURES = {"pdf": b"%PDF-", "png": b"\x89PNG", "jpg": b"\xff\xd8\xff"}
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class StoredFile(HasId, Model):
    """`sha256` names the bytes on disk; two rows may share them."""

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    created_at: Mapped[datetime]


def path_of(sha256: str) -> Path:
    """Where the bytes lie."""
    return Path(current_app.config["SETTINGS"].data_dir) / "files" / sha256[:2] / sha256


def store_file(stream: BinaryIO, name: str, field: str) -> StoredFile:
    """Keep a PDF, PNG or JPEG of at most 10 MB; judged by its bytes, not its name. Inside a transaction.

    Raises `RuleBroken` ("file.too_large", "file.type") for the form field it came from.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise RuleBroken("file.too_large", field)
    kind = next((k for k, start in SIGNATURES.items() if data.startswith(start)), None)
    if kind is None:
        raise RuleBroken("file.type", field)
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(new_key())
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    stem = "".join(c for c in Path(name).stem if c.isalnum() or c in " -_")[:100].strip() or "bestand"
    row = StoredFile(sha256=digest, name=f"{stem}.{kind}", media_type=TYPES[kind], size=len(data), created_at=now())
    db.session.add(row)
    db.session.flush()
    return row
