"""The ground floor is tested on a file of its own: see tests/desk.py."""

from tests.desk import database, database_url, engine, migrated, office, shared_database

__all__ = ["database", "database_url", "engine", "migrated", "office", "shared_database"]
