"""A real gateway with an MLLP port, on a city with a hospital that speaks HL7 v2."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from gateway.signing.keys import read_jwks
from tests import city
from tests.hl7.sample import FACILITY
from tests.house import Gateway, gateways
from tests.mllp.line import Line

TOKEN = f"token-of-{FACILITY}-0123456789abcdef0123456789abcdef"
OTHER_HL7 = "H32110000007"
LOCAL = "mllp.peers=127.0.0.0/8"


def provider(code: str, profile: str) -> dict[str, Any]:
    return {
        **city.PLACE,
        "code": code,
        "name": "示例HL7医院",
        "kind": "hospital",
        "dialect": "hl7_v2",
        "profile": profile,
        "token_sha256": hashlib.sha256(f"token-of-{code}-0123456789abcdef0123456789abcdef".encode()).hexdigest(),
        "valid_from": "2020-01-01",
        "level": "tertiary",
        "agreement_no": f"AG{code[-2:]}",
        "state": "in_force",
    }


class Standing:
    """A gateway and its two doors."""

    def __init__(self, gateway: Gateway, mllp_port: int) -> None:
        self.gateway = gateway
        self.mllp_port = mllp_port
        self._lines: list[Line] = []

    async def keys(self) -> Any:
        address = f"{self.gateway.url}/.well-known/jwks.json"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return read_jwks(await answer.read())

    async def line(self, tls: Any = None) -> Line:
        self._lines.append(await Line.to(self.mllp_port, await self.keys(), tls))
        return self._lines[-1]

    async def close(self) -> None:
        for line in self._lines:
            await line.close()


async def mllp_port_of(gateway: Gateway) -> int:
    assert gateway.process.stdout is not None
    told = await gateway.process.stdout.readline()
    assert told.startswith(b"listening for MLLP on port "), told
    return int(told.split()[-1])


@asynccontextmanager
async def standing(
    dsn: str, folder: Path, *, workers: int = 1, profile: str = LOCAL, is_founded: bool = False, **environ: str
) -> AsyncIterator[Standing]:
    if not is_founded:
        providers = [*city.providers(), provider(FACILITY, profile), provider(OTHER_HL7, "mllp.peers=192.0.2.1")]
        await city.found(dsn, folder / "secrets.json", providers=providers)
    async with gateways(dsn, folder, workers=workers, GATEWAY_MLLP="0", **environ) as (gateway,):
        stands = Standing(gateway, await mllp_port_of(gateway))
        try:
            yield stands
        finally:
            await stands.close()
