"""Jobs on a real desk, with stand-ins for Slack, mail and SMS that a test can break."""

from tests.desk import database, database_url, engine, migrated, office, shared_database

__all__ = ["database", "database_url", "engine", "migrated", "office", "shared_database"]
