"""Every route, asked by everybody: the answers stand in answers.txt, written by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from techfinder.core.db import db
from techfinder.discovery.engine import finder
from tests import factories
from tests.matrix import world as worlds

TABLE = Path(__file__).with_name("answers.txt")
NOT_OURS = {"static"}  # files, served without a view


@dataclass(frozen=True)
class Row:
    """One line: `answers` by role."""

    method: str
    path: str
    answers: dict[str, str]
    form: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" | {self.form}" if self.form else "")


def read(text: str) -> list[Row]:
    """The table; a line with one answer means everybody."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    roles = lines[0].split()
    rows = []
    for line in lines[1:]:
        cells, _bar, form = line.partition(" | ")
        method, path, *answers = cells.split()
        assert len(answers) in (1, len(roles)), line
        rows.append(Row(method, path, dict(zip(roles, answers * (len(roles) if len(answers) == 1 else 1), strict=True)), form.strip()))
    return rows


ROWS = read(TABLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def connection(app: Flask) -> Iterator[Connection]:
    """One outer transaction for the world; every question is asked inside a savepoint of it."""
    connection = db.engine.connect()
    outer = connection.begin()
    session_class = db.session.session_factory.class_  # type: ignore[attr-defined]
    original, kw = session_class.get_bind, dict(db.session.session_factory.kw)
    session_class.get_bind = lambda self, *a, **k: connection
    db.session.remove()
    db.session.configure(join_transaction_mode="create_savepoint")
    yield connection
    db.session.remove()
    session_class.get_bind = original
    db.session.session_factory.kw.clear()
    db.session.session_factory.kw.update(kw)
    outer.rollback()
    connection.close()


@pytest.fixture(autouse=True)
def savepoint() -> None:
    """Not the one of other tests: here the outer transaction lives as long as the world."""


@pytest.fixture(scope="module")
def world(app: Flask, connection: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[worlds.World]:
    """Built once, with an index of its own."""
    before = finder().directory
    finder().directory = tmp_path_factory.mktemp("index")
    finder().forget()
    built = worlds.build()
    db.session.remove()
    yield built
    finder().forget()
    finder().directory = before


def name_of(answer: Any) -> str:
    """The table's word for an answer."""
    if answer.status_code in (302, 303):
        where = urlsplit(answer.headers["Location"]).path
        return {"/account/inloggen": "in", "/account/inloggen/code": "code"}.get(where, "on")
    return "ok" if answer.status_code == 200 else str(answer.status_code)


def filled(text: str, names: dict[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: str(names[m[1]]), text)


def ask(client: FlaskClient, row: Row, world: worlds.World, role: str) -> str:
    """One cell: this role asks this, and everything it changed is undone by the caller."""
    who = worlds.person(world, role)
    if who is not None:
        factories.sign_in(client, who, role in world.strong)
    db.session.remove()
    form = parse_qsl(filled(row.form, world.names), keep_blank_values=True)
    data: dict[str, list[str]] = {}
    for key, value in form:
        data.setdefault(key, []).append(value)
    with client:
        return name_of(client.open(filled(row.path, world.names), method=row.method, data=data or None))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_the_answer_of_the_table(app: Flask, connection: Connection, world: worlds.World, row: Row) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    given = {}
    for role in row.answers:
        nested = connection.begin_nested()
        try:
            given[role] = ask(app.test_client(), row, world, role)
        finally:
            db.session.remove()
            nested.rollback()
    wrong = {role: f"{given[role]}, not {answer}" for role, answer in row.answers.items() if given[role] != answer}
    assert not wrong


def test_every_route_stands_in_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    told = set()
    for row in ROWS:
        rule, _values = adapter.match(urlsplit(re.sub(r"\{\w+\}", "1", row.path)).path, method=row.method, return_rule=True)
        told.add((rule.rule, row.method))
    known = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules() if rule.endpoint not in NOT_OURS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    assert not known - told
