"""The ground floor is tested on a database of its own: see tests/engines.py."""

import pytest

from tests.desk import office

__all__ = ["office"]


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Transactions, keys and files know of no practice, and these tests count whatever is there."""
    return empty_database_url
