"""Whatever stands in a field, a page answers: never 500. A small, fixed sample of fields × values; every route takes part."""

import random
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from sqlalchemy import Connection

from techfinder.core import web
from techfinder.core.db import db
from tests import factories
from tests.matrix import world as worlds
from tests.matrix.test_matrix import ROWS, Row, connection, filled, savepoint, world

__all__ = ["connection", "savepoint", "world"]  # its fixtures
NASTY = (
    "\0", "a\0b", "9" * 25, "9" * 5000, "2147483648", "-1", "nan", "1e309", "9999-12-31", "0001-01-01", "²", "٣", "%", "%(x)s", "'",
    '"><script>', "a\r\nBcc: x@y.nl", "x" * 300, "x" * 70_000, f"a@{'b' * 300}.nl", "region:²", "region:" + "9" * 30, "\u202e", "[",
)  # fmt: skip
ASKED = ("q", "postcode", "afstand", "van", "tot", "pagina", "na", "next", "offer", "request", "bedrijf", "aanbod", "id", "soort", "regio", "nummer")
POSTED = (
    "version", "organisation_id", "school_id", "pick", "email", "name", "person", "title", "description", "levels", "pupils", "period_from",
    "max_travel_km", "budget", "duration_minutes", "cost_cents", "points-0-where", "points-0-radius_km", "themes", "reason", "note",
    "decision", "body", "key", "code", "scope", "until", "parent_id", "slug", "offer", "side", "weights", "next", "locale", "user_id",
    "website", "kvk", "postcode", "max_open_requests", "contact_email", "material_url", "tot", "role", "decline", "typed", "new_password",
)  # fmt: skip
BEST = ("teacher", "owner", "near", "admin", "visitor")  # who gets furthest
PER_ROUTE = 2


def asked(row: Row, names: dict[str, object], chance: random.Random) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(path, form): one field of the route's own form spoilt, or fields that other forms have added."""
    path, _, query = filled(row.path, names).partition("?")
    args, form = parse_qsl(query), parse_qsl(filled(row.form, names), keep_blank_values=True)
    for _n in range(PER_ROUTE):
        spoilt = {k: chance.choice(NASTY) for k in chance.sample(POSTED, 12)} | dict(form)
        if form:
            spoilt[chance.choice(form)[0]] = chance.choice(NASTY)
        more = [(k, chance.choice(NASTY)[:900]) for k in chance.sample(ASKED, 4)]
        yield f"{path}?{urlencode(args + more if row.method == 'GET' else args)}", {k: [v] for k, v in spoilt.items()}
    if "{" in row.path:
        yield re.sub(r"\{\w+\}", "9" * 20, row.path), dict.fromkeys(("a",), ["b"])


def test_whatever_is_typed_no_page_fails(
    app: Flask, connection: Connection, world: worlds.World, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    chance, failed = random.Random(11), []
    monkeypatch.setattr(web.log, "exception", lambda *_a, **_k: None)
    for row in ROWS:
        role = next((r for r in BEST if row.answers[r] in ("ok", "on", "422", "409")), None)
        for path, form in asked(row, world.names, chance) if role and row.path != "/readyz" else ():
            nested, client = connection.begin_nested(), app.test_client()
            try:
                if who := worlds.person(world, role or ""):
                    factories.sign_in(client, who, role in world.strong)
                db.session.remove()
                with client:
                    status = client.open(path, method=row.method, data=form if row.method == "POST" else None).status_code
                if status >= 500:
                    failed.append((role, row.method, path[:200], {k: v[0][:30] for k, v in form.items()}))
            finally:
                db.session.remove()
                nested.rollback()
    assert not failed, f"{len(failed)}: {failed[:3]}"
