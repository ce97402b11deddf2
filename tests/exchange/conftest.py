"""Every test of this package has an index of its own."""

import pytest


@pytest.fixture(autouse=True)
def _own_index(fresh_index):
    """See `tests/conftest.py`."""
