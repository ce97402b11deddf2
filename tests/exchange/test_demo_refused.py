"""The demo goes over nothing but its own, and to production only when asked for."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from techfinder.accounts.models import User
from techfinder.core.db import db
from techfinder.exchange.demo_load import DemoRefused, Loaded, load
from techfinder.organisations.models import Organisation
from tests import factories


def organisations() -> int:
    return db.session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_data_of_others_is_never_touched(app: Flask) -> None:
    factories.school()
    with pytest.raises(DemoRefused):
        load()
    assert load(if_empty=True) == Loaded()
    assert organisations() == 1


def test_somebody_with_an_account_is_data_of_others(app: Flask) -> None:
    factories.user()
    with pytest.raises(DemoRefused):
        load()
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_production_wants_to_be_asked(app: Flask) -> None:
    with pytest.raises(DemoRefused):
        load(allowed=False)
    assert load(if_empty=True, allowed=False) == Loaded()
    assert organisations() == 0
