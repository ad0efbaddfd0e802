"""A receipt from a running gateway, checked offline by the command that a hospital would use."""

import asyncio
import sys
from pathlib import Path

import aiohttp
import pytest

from gateway.signing.errors import SignatureError
from gateway.signing.keys import read_jwks
from gateway.signing.receipts import verify_receipt
from tests import city
from tests.house import gateways

ROOT = Path(__file__).parent.parent.parent


async def verify(folder: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from gateway.cli import main; main()", "verify"),
        *(str(folder / "receipt.jws"), "--jwks", str(folder / "jwks.json")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def test_a_receipt_is_checked_offline_and_any_changed_byte_refuses_it(database_dsn: str, tmp_path: Path) -> None:
    """The receipt of the endpoint is the one of the header; `gateway verify` accepts it, and no altered copy."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        settled = await gateway.submit(city.bill(0, "V1"), "m1")
        receipt = await gateway.ask("GET", f"/v1/settlements/{settled.json['settlement_id']}/receipt")
        async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/.well-known/jwks.json") as answer:
            jwks = await answer.read()
    (tmp_path / "jwks.json").write_bytes(jwks)
    (tmp_path / "receipt.jws").write_bytes(receipt.body)

    assert receipt.body.decode() == settled.headers["Settlement-Receipt"]
    assert await verify(tmp_path) == 0
    for place in range(len(receipt.body)):
        altered = bytearray(receipt.body)
        altered[place] ^= 1
        with pytest.raises(SignatureError):
            verify_receipt(altered.decode(), read_jwks(jwks))
    (tmp_path / "receipt.jws").write_bytes(altered)
    assert await verify(tmp_path) == 1
