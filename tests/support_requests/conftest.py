"""An index of its own for every test, never behind."""

import pytest

from techfinder.discovery import engine as discovery_engine
from techfinder.discovery.engine import finder


@pytest.fixture(autouse=True)
def fresh_index(app, tmp_path, monkeypatch):
    monkeypatch.setattr(discovery_engine, "STALE_AFTER_S", 0.0)
    before = finder().directory
    finder().directory = tmp_path
    finder().forget()
    yield
    finder().forget()
    finder().directory = before
