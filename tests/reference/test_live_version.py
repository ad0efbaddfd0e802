"""A new version of the catalog under traffic: no request is dropped, and every process takes it at its instant."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.reference.importing import import_files
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from tests import city
from tests.house import Answer, Gateway, gateways

SECONDS_AHEAD = 3


def catalog(ceiling_yuan: str) -> list[dict[str, Any]]:
    rows = city.catalog()
    rows[0]["ceiling_tertiary_yuan"] = ceiling_yuan
    return rows


def bill(number: int) -> dict[str, Any]:
    item = city.line(0, catalog_code="001102000050000", quantity="1", unit_price_yuan="20.00", amount_fen=2000)
    return city.bill(number % city.WORKERS, f"V{number}", items=[item])


async def keep_sending(gateway: Gateway, first: int, until: datetime) -> list[Answer]:
    answers = []
    while datetime.now(UTC) < until:
        answers.append(await gateway.submit(bill(first + len(answers)), f"m{first + len(answers)}"))
    return answers


async def test_a_new_catalog_takes_effect_at_its_instant_in_every_process(database_dsn: str, tmp_path: Path) -> None:
    """Each bill is decided by the version in force at its own instant, whichever process takes it; all are answered."""
    secrets = tmp_path / "secrets.json"
    await city.found(database_dsn, secrets, catalog=catalog("20.00"))
    async with gateways(database_dsn, tmp_path, 2) as (one, other):
        effective_at = datetime.now(UTC) + timedelta(seconds=SECONDS_AHEAD)
        connection = await connect(database_dsn, application_name="tests")
        await import_files(connection, {"catalog": city.sheet(catalog("15.00"))}, load_or_create(secrets), effective_at)
        await connection.close()
        until = effective_at + timedelta(seconds=2)
        answers = await asyncio.gather(keep_sending(one, 0, until), keep_sending(other, 100_000, until))

    by_process = []
    for answered in answers:
        assert all(answer.status == 200 for answer in answered)
        kinds = Counter()
        for answer in answered:
            later = datetime.fromisoformat(answer.json["settled_at"]) >= effective_at
            assert answer.json["sums"]["fund_fen"] == (1500 if later else 2000)
            kinds[later] += 1
        by_process.append(kinds)
    assert all(kinds[False] and kinds[True] for kinds in by_process), by_process
