"""The desk's rules are tested on a desk of their own: see tests/desk.py."""

from tests.desk import office

__all__ = ["office"]
