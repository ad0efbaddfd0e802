"""One bill through every door: the same decision to the fen and to the digest, and known by its key at another."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gateway.dialects.finding import in_tree
from gateway.store.database import Connection, connect
from tests import city
from tests.conftest import _database
from tests.house import Answer, Gateway, gateways
from tests.one_bill.bills import bill
from tests.one_bill.senders import SENDERS, Bill, Sent, by_native

pytestmark = pytest.mark.asyncio(loop_scope="module")
BILLS = 500
AT_ONCE = 24
PROFILES = {"jiangsu_injury": "sign_in=off", "national": "sign_in=off", "legacy_caret": "sign_in=off"}
PROVIDERS = {name: f"H3211000{number:04d}" for number, name in enumerate(SENDERS, start=101)}
DIGEST = "SELECT encode(decision_sha256, 'hex'), fund_fen FROM settlement WHERE provider_code = $1 AND bill_no = $2"


def token(provider: str) -> str:
    return f"token-of-{provider}-0123456789abcdef0123456789abcdef"


def providers() -> list[dict[str, Any]]:
    """A hospital for each dialect, alike but for its name."""
    return [
        city.providers()[0]
        | {
            "code": code,
            "dialect": name,
            "profile": PROFILES.get(name, ""),
            "token_sha256": hashlib.sha256(token(code).encode()).hexdigest(),
            "agreement_no": f"AG-{code}",
        }
        for name, code in PROVIDERS.items()
    ]


class Street:
    """A gateway with a hospital for each dialect, and a look at its books."""

    def __init__(self, gateway: Gateway, connection: Connection) -> None:
        self.gateway = gateway
        self.connection = connection
        self._room, self._looking = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def say(self, sent: Sent, provider: str) -> Answer:
        headers = {name.title(): value for name, value in sent.headers.items()}
        return await self.gateway.ask("POST", sent.path, sent.body, provider=token(provider), **headers)

    async def settle(self, one: Bill, dialect: str) -> tuple[str, int] | str:
        """Send a bill at a dialect's door; return its decision's digest and the fund's fen, or what was answered."""
        provider = PROVIDERS[dialect]
        async with self._room:
            for sent in SENDERS[dialect](one, provider):
                answer = await self.say(sent, provider)
        async with self._looking:
            found = await self.connection.fetchrow(DIGEST, provider, one["bill"]["bill_no"])
        return (found[0], found[1]) if found else answer.body.decode(errors="replace")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=providers())
        connection = await connect(dsn, application_name="tests")
        try:
            async with gateways(dsn, folder) as (gateway,):
                yield Street(gateway, connection)
        finally:
            await connection.close()


async def test_every_dialect_has_a_sender() -> None:
    """A dialect that settles bills is among them."""
    assert {found.name for found in in_tree()} == set(SENDERS)


async def test_one_bill_is_one_decision_at_every_door(street: Street) -> None:
    """Five hundred bills, each sent whole at each door: one digest of the decision, and one share of the fund."""
    bills = [bill(seed) for seed in range(BILLS)]
    differing, funds = [], 0
    every = await asyncio.gather(*(street.settle(one, dialect) for one in bills for dialect in SENDERS))
    for number, one in enumerate(bills):
        said = dict(zip(SENDERS, every[number * len(SENDERS) :], strict=False))
        if len(set(said.values())) != 1 or isinstance(said["native"], str):
            differing.append((one["bill"]["bill_no"], said))
        else:
            funds += 0 < said["native"][1] < one["bill"]["charged_fen"]

    assert differing == []
    assert funds > BILLS / 4, "hardly a bill was cut: the test would show little"


@pytest.mark.parametrize("dialect", [name for name in SENDERS if name != "native"])
async def test_a_settled_bill_is_known_at_another_door(street: Street, dialect: str) -> None:
    """Settled in the provider's own dialect, then sent natively under a new id: refused by its key; and the reverse."""
    provider = PROVIDERS[dialect]
    first, second = bill(10_000), bill(10_001)
    assert not isinstance(await street.settle(first, dialect), str)
    (again,) = by_native(first, provider)
    told = await street.say(again, provider)
    (natively,) = by_native(second, provider)
    settled = await street.say(natively, provider)
    for sent in SENDERS[dialect](second, provider):
        refused = await street.say(sent, provider)

    assert (told.status, told.json["code"]) == (409, "bill.already_settled")
    assert settled.status == 200
    assert await street.connection.fetchval("SELECT count(*) FROM settlement WHERE provider_code = $1", provider) >= 2
    assert refused.headers.get("Settlement-Receipt") is None
