"""What a provider's row says of its dialect holds from its instant on, for that provider alone."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.reference.importing import import_files
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from tests import city
from tests.house import Gateway, gateways

BESIDE = "H32110000009"
"""A second hospital that speaks the same dialect."""
TOKEN = "token-of-the-second-hospital-0123456789abcdef"
LEAD = timedelta(seconds=3)


def rows(**changed: Any) -> list[dict[str, Any]]:
    """The city's providers and the second hospital; what is changed is changed for the first one."""
    first = next(row for row in city.providers() if row["code"] == city.JIANGSU)
    others = [row for row in city.providers() if row["code"] != city.JIANGSU]
    own = {"code": BESIDE, "agreement_no": "AG09", "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}
    beside = first | own
    return [*others, first | changed, beside]


async def later(dsn: str, folder: Path, begins: datetime, **changed: Any) -> None:
    """Announce other rows for an instant."""
    connection = await connect(dsn, application_name="tests")
    try:
        sheets = {"providers": city.sheet(rows(**changed))}
        await import_files(connection, sheets, load_or_create(folder / "secrets.json"), begins)
    finally:
        await connection.close()


async def says(gateway: Gateway, message: int, hospital: str = city.JIANGSU, token: str = city.JIANGSU) -> str:
    """Return what a hospital is told to a message that no operator has signed in for."""
    body = {
        "infno": "1101",
        "msgid": f"{hospital}20261102{message:010d}",
        "fixmedins_code": hospital,
        "input": {"psn_no": city.worker_id(1)},
    }
    answer = await gateway.ask("POST", f"/in/{hospital}", body, provider=token)
    return str(answer.json["err_msg"] or answer.json["output"]["psn_no"])


async def test_a_changed_profile_takes_effect_at_its_instant(database_dsn: str, tmp_path: Path) -> None:
    """A running gateway goes by the old settings until the instant and by the new ones from it on."""
    await city.found(database_dsn, tmp_path / "secrets.json", providers=rows())
    async with gateways(database_dsn, tmp_path) as (gateway,):
        begins = datetime.now(UTC) + LEAD
        await later(database_dsn, tmp_path, begins, profile="sign_in=off")

        before = await says(gateway, 1)
        was_early = datetime.now(UTC) < begins
        await asyncio.sleep((begins - datetime.now(UTC)).total_seconds() + 0.2)
        after = await says(gateway, 2)
        beside = await says(gateway, 3, BESIDE, TOKEN)

        assert was_early
        assert "未签到" in before
        assert after == city.worker_id(1)
        assert "未签到" in beside


async def test_a_row_names_the_version_of_its_dialect(database_dsn: str, tmp_path: Path) -> None:
    """A version that is not here is told with its number; the others speak on."""
    await city.found(database_dsn, tmp_path / "secrets.json", providers=rows(dialect_version=7))
    async with gateways(database_dsn, tmp_path) as (gateway,):
        answer = await gateway.ask("POST", f"/in/{city.JIANGSU}", {}, provider=city.JIANGSU)
        native = await gateway.ask("POST", "/v1/persons/verify", {"worker_id": city.worker_id(1)})

        assert answer.status == 422
        assert b"jiangsu_injury 7" in answer.body
        assert native.status == 200
