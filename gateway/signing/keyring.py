"""The signing keys of all processes: kept sealed in the database, the newest one signs, all of them are published."""

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg
import structlog
from msgspec import Struct

from gateway.signing.keys import SigningKey, jwks
from gateway.store.queries import sql
from gateway.store.sealing import Seals

log = structlog.get_logger()

POLL_SECONDS = 5.0

Session: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"


class KeptKey(Struct, frozen=True, kw_only=True):
    """A key as the database keeps it."""

    kid: str
    public_jwk: dict[str, str]
    created_at: datetime
    private_sealed: bytes


async def kept_keys(connection: Session) -> list[KeptKey]:
    """Return all keys, the newest first."""
    return [
        KeptKey(
            kid=row["kid"],
            public_jwk=json.loads(row["public_jwk"]),
            created_at=row["created_at"],
            private_sealed=row["private_sealed"],
        )
        for row in await connection.fetch(sql("signing_keys"))
    ]


async def add_key(connection: Session, seals: Seals) -> SigningKey:
    """Make a key; every gateway process signs with it within a few seconds."""
    key = SigningKey.generate()
    sealed = seals.seal(key.pkcs8(), bound(key.kid))
    await connection.execute(sql("add_signing_key"), key.kid, json.dumps(key.public_jwk()), sealed)
    return key


async def ensure_key(connection: Session, seals: Seals) -> None:
    """Make the first key of a database that has none."""
    async with connection.transaction():
        await connection.execute(sql("first_key_lock"))
        if not await kept_keys(connection):
            await add_key(connection, seals)


def bound(kid: str) -> bytes:
    """Return what a sealed private key is bound to."""
    return f"signing-key:{kid}".encode()


class Keyring:
    """The keys as this process knows them; follows the table."""

    def __init__(self, pool: "asyncpg.Pool[Any]", seals: Seals) -> None:
        """Take what to read from and what opens the keys."""
        self._pool = pool
        self._seals = seals
        self._kid = ""
        self._current: SigningKey | None = None
        self._published = b'{"keys":[]}'
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the keys and follow the table from now on."""
        await self.refresh()
        self._task = asyncio.create_task(self._follow(), name="keyring")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> None:
        """Take over what the table says."""
        async with self._pool.acquire() as connection:
            keys = await kept_keys(connection)
        newest = keys[0]
        if newest.kid != self._kid:
            self._current = SigningKey.from_pkcs8(self._seals.unseal(newest.private_sealed, bound(newest.kid)))
            self._kid = newest.kid
        self._published = jwks([key.public_jwk for key in keys])

    def current(self) -> SigningKey:
        """Return the key that signs now."""
        assert self._current is not None, "Keyring.start() comes first"
        return self._current

    def jwks(self) -> bytes:
        """Return all public keys as a JSON Web Key Set."""
        return self._published

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.refresh()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("keyring_refresh_failed", error=type(error).__name__)
