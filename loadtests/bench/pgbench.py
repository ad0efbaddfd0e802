"""Plain PostgreSQL for comparison, by pgbench: one bill a database transaction, no HTTP, no crypto, no adjudication.

`one_by_one` writes what performance.md calls so: random keys, 26 rows. `like_for_like` writes the very rows and bytes
that one of our bills left, under ordered keys, into copies of our own tables.
"""

import asyncio
import random
import re
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from loadtests.stack import StackFailed, postgres_programs

HERE = Path(__file__).parent
CLIENTS = 32
RANDOM_UUID = "lpad(to_hex(:a::bigint), 32, '0')::uuid"
TABLES = ("visit", "item_sheet", "settlement", "posting", "message", "bill_key")
"""What one SubmitBill leaves."""
ORDERED = "(lpad(to_hex(:n::bigint), 16, '0') || lpad(to_hex(:client_id::bigint), 16, '0'))::uuid"
KEYS = {
    "worker_id": "'W' || lpad(:w::text, 6, '0')",
    "visit_id": ORDERED,
    "settlement_id": ORDERED,
    "message_id": "'M' || :n::text || '-' || :client_id::text",
    "visit_no": "'V' || :n::text || '-' || :client_id::text",
    "bill_no": "'B' || :n::text || '-' || :client_id::text",
}
"""What is another bill's, by column; everything else stays as the sampled bill left it."""


async def one_by_one(dsn: str, seconds: int) -> float:
    """Return bills/s of the reference."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute((HERE / "one_by_one.schema.sql").read_text())
        return await _pgbench(dsn, _one_by_one_script(), seconds)
    finally:
        await connection.execute("DROP SCHEMA one_by_one CASCADE")
        await connection.close()


def _one_by_one_script() -> str:
    noise = random.Random(1)
    body = noise.randbytes(2000).hex() + b'{"code":'.hex() * 512
    lines = ",".join(f"({RANDOM_UUID},{number},'C{number:05d}',1,12345,12000,1)" for number in range(1, 21))
    postings = ",".join(
        f"({RANDOM_UUID},'account{side}',{fen})" for side, fen in enumerate((100_000, -100_000, 20_000, -20_000))
    )
    text = (HERE / "one_by_one.pgbench.sql").read_text()
    return text.format(lines=lines, postings=postings, digest="aa" * 32, signature="bb" * 64, body=body)


async def like_for_like(dsn: str, seconds: int) -> float:
    """Return bills/s of plain inserts of what our bills write; the database must hold at least one of ours."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP SCHEMA IF EXISTS like_for_like CASCADE; CREATE SCHEMA like_for_like")
        for table in TABLES:
            await connection.execute(f"CREATE TABLE like_for_like.{table} (LIKE public.{table} INCLUDING ALL)")
        inserts = [statement for table in TABLES for statement in await _inserts(connection, table)]
        script = (HERE / "like_for_like.pgbench.sql").read_text().format(inserts="\n".join(inserts))
        return await _pgbench(dsn, script, seconds, "-D", "n=0")
    finally:
        await connection.execute("DROP SCHEMA like_for_like CASCADE")
        await connection.close()


class Sampled(Struct, frozen=True, kw_only=True):
    """A bill of ours that was really settled."""

    settlement_id: UUID
    visit_id: UUID


async def sampled_bill(connection: "asyncpg.Connection[Any]") -> Sampled:
    """Return the newest settled bill; raises StackFailed where there is none."""
    found = await connection.fetchrow((HERE / "sampled_bill.sql").read_text())
    if found is None:
        raise StackFailed("the database holds no bill of ours to take as a sample: settle one first")
    return Sampled(settlement_id=found["settlement_id"], visit_id=found["visit_id"])


async def columns_of(connection: "asyncpg.Connection[Any]", table: str) -> list[dict[str, str]]:
    """Return name and type of a table's columns, in order."""
    rows = await connection.fetch((HERE / "columns.sql").read_text(), f"public.{table}")
    return [dict(row) for row in rows]


async def _inserts(connection: "asyncpg.Connection[Any]", table: str) -> list[str]:
    """Return a statement for each row of a sampled bill in one table."""
    columns = await columns_of(connection, table)
    sample = await sampled_bill(connection)
    texts = ", ".join(f"{column['name']}::text AS {column['name']}" for column in columns)
    by, named = ("settlement_id", sample.settlement_id)
    if table in {"visit", "item_sheet", "bill_key"}:
        by, named = ("visit_id", sample.visit_id)
    rows = await connection.fetch(f"SELECT {texts} FROM public.{table} WHERE {by} = $1", named)  # noqa: S608 our own names
    return [_insert(table, columns, dict(row)) for row in rows]


def _insert(table: str, columns: list[dict[str, str]], row: dict[str, str | None]) -> str:
    values = [_value(table, column["name"], column["type"], row) for column in columns]
    return f"INSERT INTO like_for_like.{table} VALUES ({', '.join(values)});"  # noqa: S608 our own names


def _value(table: str, name: str, kind: str, row: dict[str, str | None]) -> str:
    if table == "bill_key" and name == "key":
        return KEYS["visit_no"] if row["kind"] == "visit" else f"{KEYS['visit_no']} || E'\\n' || {KEYS['bill_no']}"
    text = row[name]
    if text is None:
        return "NULL"
    if name in KEYS and not kind.endswith("[]"):
        return KEYS[name]
    quoted = text.replace("'", "''").replace(":", "' || chr(58) || '")  # pgbench takes :word for a variable
    return f"('{quoted}')::{kind}"


async def _pgbench(dsn: str, script: str, seconds: int, *more: str) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        words = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-M", "prepared", *more, "-f", file.name, dsn)
        process = await asyncio.create_subprocess_exec(
            str(postgres_programs() / "pgbench"), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
    found = re.search(rb"tps = ([0-9.]+)", out)
    if found is None or process.returncode:
        raise StackFailed(f"pgbench: {err.decode(errors='replace').strip()[-800:]}")
    return float(found[1])
