"""Fills a database with settled bills: copies of one real bill under other numbers, spread over the city's workers.

The rows are made where they stay, by INSERT … SELECT: they cost neither a gateway nor the wire. Sums, lines and keys
are right; receipts and sealed columns are the sampled bill's, so only what a run itself sent can be audited.
"""

import asyncio
import time
from typing import Any

import asyncpg
from msgspec import Struct

from loadtests.bench.pgbench import TABLES, columns_of, sampled_bill
from loadtests.city import City

CHUNK_BILLS = 20_000
SESSIONS = 2
FILLED = "'F' || g::text"
UUID = "('0190f000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid"
KEYS = {"visit_id": UUID, "settlement_id": UUID, "message_id": FILLED, "visit_no": FILLED, "bill_no": FILLED}


class Filled(Struct, frozen=True, kw_only=True):
    """What filling took."""

    bills: int
    seconds: float
    database_bytes: int


async def fill(dsn: str, city: City, bills: int) -> Filled:
    """Add so many settled bills; the database must hold at least one that was really settled. Raises StackFailed."""
    began = time.perf_counter()
    chunks = asyncio.Queue[range]()
    for first in range(0, bills, CHUNK_BILLS):
        chunks.put_nowait(range(first, min(first + CHUNK_BILLS, bills)))
    await asyncio.gather(*(_filler(dsn, city, chunks) for _ in range(SESSIONS)))
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("VACUUM ANALYZE", timeout=3600)
        size = await connection.fetchval("SELECT pg_database_size(current_database())")
    finally:
        await connection.close()
    return Filled(bills=bills, seconds=round(time.perf_counter() - began, 1), database_bytes=size)


async def _filler(dsn: str, city: City, chunks: asyncio.Queue[range]) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "off"})
    try:
        sample = await sampled_bill(connection)
        statements = [await _statement(connection, table, city) for table in TABLES]
        while not chunks.empty():
            chunk = chunks.get_nowait()
            for table, statement in zip(TABLES, statements, strict=True):
                named = sample.visit_id if table in {"visit", "item_sheet", "bill_key"} else sample.settlement_id
                await connection.execute(statement, chunk.start, chunk.stop - 1, named, timeout=600)
            print(f"  filled to {chunk.stop:,}", flush=True)
    finally:
        await connection.close()


async def _statement(connection: "asyncpg.Connection[Any]", table: str, city: City) -> str:
    worker = f"'W' || lpad((g * 7919 % {city.workers})::text, 6, '0')"
    keys = KEYS | {"worker_id": worker}
    columns = [column["name"] for column in await columns_of(connection, table)]
    values = ", ".join(_value(table, name, keys) for name in columns)
    by = "visit_id" if table in {"visit", "item_sheet", "bill_key"} else "settlement_id"
    return (
        f"INSERT INTO public.{table} SELECT {values} FROM generate_series($1::bigint, $2::bigint) AS g"  # noqa: S608 our own names
        f" CROSS JOIN (SELECT * FROM public.{table} WHERE {by} = $3) AS s"
    )


def _value(table: str, name: str, keys: dict[str, str]) -> str:
    if table == "bill_key" and name == "key":
        return f"CASE s.kind WHEN 'visit' THEN {FILLED} ELSE {FILLED} || E'\\n' || {FILLED} END"
    if table == "bill_key" and name == "settlement_id":
        return f"CASE WHEN s.settlement_id IS NOT NULL THEN {UUID} END"
    if name == "settlement_ids":
        return f"array_fill({UUID}, ARRAY[cardinality(s.settlement_ids)])"
    return keys.get(name, f"s.{name}")
