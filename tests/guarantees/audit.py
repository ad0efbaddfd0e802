"""An audit of a database's books by plain SQL, sharing nothing with the house that wrote them."""

import re
from pathlib import Path

from gateway.store.database import Connection, connect

QUESTIONS = re.findall(
    r"^-- fault: (.+)\n([^;]+;)", Path(__file__).with_name("audit.sql").read_text(encoding="utf-8"), re.MULTILINE
)
"""Pairs of a fault's name and the query that returns its rows."""


async def audit(connection: Connection) -> list[str]:
    """Return every fault of the books, as "what is wrong: which row"; [] where they are right."""
    return [f"{fault}: {row['wrong']}" for fault, sql in QUESTIONS for row in await connection.fetch(sql)]


async def faults_in(dsn: str) -> list[str]:
    """Return every fault of a database's books, all seen at one instant."""
    connection = await connect(dsn, application_name="tests")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await audit(connection)
    finally:
        await connection.close()
