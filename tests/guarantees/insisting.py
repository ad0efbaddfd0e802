"""A caller as a good HIS is: it sends the same message again, anywhere, until it has an answer."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from gateway.store.database import connect
from tests import city
from tests.house import Answer, Gateway, gateways

UNANSWERED = {429, 503}
"""Not taken in: the same message may be sent again."""
TRIES_MAX = 400


@asynccontextmanager
async def founded(
    dsn: str, folder: Path, *, environ: dict[str, str] | None = None, **changed: list[dict[str, Any]]
) -> AsyncIterator[list[Gateway]]:
    """Found the city and start two gateway processes on it, ready for many messages at once."""
    await city.found(dsn, folder / "secrets.json", **changed)
    async with gateways(dsn, folder, 2, **(environ or {})) as two:
        for gateway in two:
            await gateway.session()
        yield two


async def insist(
    two: Sequence[Gateway], method: str, path: str, body: Any = None, *, first: int = 0, **headers: Any
) -> Answer:
    """Send a message until it is answered, at one gateway and then the other, whatever breaks underway."""
    for attempt in range(TRIES_MAX):
        gateway = two[(first + attempt) % len(two)]
        try:
            answer = await gateway.ask(method, path, body, **headers)
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(random.uniform(0.01, 0.05))
            continue
        if answer.status not in UNANSWERED:
            return answer
        await asyncio.sleep(random.uniform(0.02, 0.1))
    raise AssertionError(f"{method} {path} got no answer in {TRIES_MAX} tries")


async def submit(
    two: Sequence[Gateway], bill: dict[str, Any], message_id: str, *, first: int = 0, provider: str = city.HOSPITAL
) -> Answer:
    """Submit a bill until it is answered."""
    return await insist(two, "POST", "/v1/bills", bill, first=first, message_id=message_id, provider=provider)


async def cancel(
    two: Sequence[Gateway], settlement_id: str, message_id: str, *, first: int = 0, provider: str = city.HOSPITAL
) -> Answer:
    """Cancel a settlement until it is answered."""
    path = f"/v1/settlements/{settlement_id}/cancel"
    return await insist(two, "POST", path, first=first, message_id=message_id, provider=provider)


async def reverse(
    two: Sequence[Gateway], original: str, message_id: str, *, first: int = 0, provider: str = city.HOSPITAL
) -> Answer:
    """Reverse a message until it is answered."""
    named = {"original_message_id": original}
    return await insist(two, "POST", "/v1/reversals", named, first=first, message_id=message_id, provider=provider)


async def rows(dsn: str, sql: str, *arguments: object) -> list[Any]:
    """Return what a database says."""
    connection = await connect(dsn, application_name="tests")
    try:
        return await connection.fetch(sql, *arguments)
    finally:
        await connection.close()


async def value(dsn: str, sql: str, *arguments: object) -> Any:
    """Return the one thing a database says."""
    return (await rows(dsn, sql, *arguments))[0][0]
