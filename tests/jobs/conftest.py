"""Jobs on a real desk, with stand-ins for Slack, mail and SMS that a test can break."""

from tests.desk import office

__all__ = ["office"]
