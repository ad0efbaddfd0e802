"""An audit of a database's books by plain SQL, sharing nothing with the house that wrote them."""

import re
from pathlib import Path
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
FAULTS_PER_QUESTION_MAX = 100
"""Rows told of one question; past it a last line says how many more there are."""


def read_questions(file: str) -> list[tuple[str, str]]:
    """Return pairs of a fault's name and the query that returns its rows."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    return re.findall(r"^-- fault: (.+)\n([^;]+;)", text, re.MULTILINE)


QUESTIONS = read_questions("books.sql")


async def ask(connection: Connection, questions: list[tuple[str, str]]) -> list[str]:
    """Return every fault that questions find, as "what is wrong: which row"."""
    faults: list[str] = []
    for fault, sql in questions:
        wrong = [str(row["wrong"]) for row in await connection.fetch(sql)]
        faults += [f"{fault}: {row}" for row in wrong[:FAULTS_PER_QUESTION_MAX]]
        if len(wrong) > FAULTS_PER_QUESTION_MAX:
            faults.append(f"{fault}: and {len(wrong) - FAULTS_PER_QUESTION_MAX} more")
    return faults


async def audit(connection: Connection) -> list[str]:
    """Return every fault of the books; [] where they are right."""
    return await ask(connection, QUESTIONS)


async def connect(dsn: str) -> Connection:
    """Return a session for long questions; the caller closes it."""
    settings = {"application_name": "audit", "timezone": "UTC", "statement_timeout": "600s", "work_mem": "256MB"}
    connection: Connection = await asyncpg.connect(dsn, timeout=10, server_settings=settings)
    return connection


async def faults_in(dsn: str) -> list[str]:
    """Return every fault of a database's books, all seen at one instant."""
    connection = await connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await audit(connection)
    finally:
        await connection.close()
