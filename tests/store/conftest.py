"""The ground floor is tested on a database of its own: see tests/engines.py."""

from tests.desk import office

__all__ = ["office"]
