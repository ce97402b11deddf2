"""Nothing that was typed is lost: a post that could not be taken (session expired, page too old) is kept and offered again.

The typed fields are stored for a day under a random key that only this browser's session holds; the page shows them and
sends them once more with a fresh token.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import request, session, url_for
from sqlalchemy import JSON, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from techfinder.core.clock import now
from techfinder.core.db import HasId, Model, db, new_key, transaction
from techfinder.core.periodic import periodic
from techfinder.core.throttle import count_attempt

KEEP = timedelta(hours=24)
SECRET_FIELDS = {"csrf_token", "password", "new_password", "current_password", "code", "token"}
MAX_CHARACTERS = 60_000
AN_HOUR = 200  # posts kept from one internet address, which a whole school may share; nobody fills the database


class KeptPost(HasId, Model):
    """Fields of a form whose post could not be taken."""

    key: Mapped[str] = mapped_column(String(32), unique=True)
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)


def is_secret(name: str) -> bool:
    """A field that is never stored, also when its form has a prefix ("nieuw-new_password")."""
    return name.rpartition("-")[2] in SECRET_FIELDS


def keep_post() -> str | None:
    """Store the current post and return the address where it can be sent again; None when there is nothing to keep."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if not is_secret(k) and isinstance(v, str)]
    if not any(v.strip() for _, v in fields) or sum(len(v) for _, v in fields) > MAX_CHARACTERS:
        return None
    key = new_key()
    with transaction():
        if count_attempt("kept", request.remote_addr or "", timedelta(hours=1), now()) > AN_HOUR:
            return None
        db.session.add(KeptPost(key=key, path=request.full_path.rstrip("?")[:500], fields=fields, at=now()))
    session["kept"] = [*session.get("kept", []), key][-5:]
    return url_for("core.resume", key=key)


def kept_post(key: str) -> KeptPost | None:
    """The stored post, if this browser made it."""
    if key not in session.get("kept", []):
        return None
    return db.session.query(KeptPost).filter(KeptPost.key == key, KeptPost.at > now() - KEEP).one_or_none()


def last_kept(name: str) -> KeptPost | None:
    """The post that this browser kept last, if the button called `name` sent it: to fill in the form with it later."""
    post = kept_post(session["kept"][-1]) if session.get("kept") else None
    return post if post is not None and name in dict(post.fields) else None


@periodic("kept_posts.clean", timedelta(hours=6))
def _clean(at: datetime) -> None:
    db.session.execute(delete(KeptPost).where(KeptPost.at < at - KEEP))
