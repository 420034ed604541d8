"""The rows of a PostgreSQL database as text, searched for clients: what is stored must be sealed."""

from collections.abc import AsyncIterator

import asyncpg

from bench.canaries import Leak, found_in


async def in_database(url: str) -> AsyncIterator[Leak]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for (table,) in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            for row in await connection.fetch(f'SELECT * FROM "{table}"'):
                for leak in found_in(f"table {table}", repr(dict(row))):
                    yield leak
    finally:
        await connection.close()
