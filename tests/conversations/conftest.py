"""A school and a company with something to talk about."""

import pytest

from tests.conversations.world import World


@pytest.fixture
def world(app):
    return World()
